//! Task `schedule`: gradual pruning.

use super::prelude::*;

cases! { task "schedule", client Client;
    /// The sparsity is the initial one before the beginning and the target from the end on.
    schedule_has_two_constant_ends;
}

fn schedule_has_two_constant_ends(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (begin, end) = (draw.int(3..=9) as u64, draw.int(20..=40) as u64);
    let of = SparsitySchedule { initial: 0.125, target: 0.75, begin, end, every: 4 };
    let answers = code.schedule(of, vec![0, begin - 1, end, end + 50])?;
    let sparsities: Vec<f64> = answers.iter().map(|(sparsity, _)| *sparsity).collect();
    check::equal("the sparsities before and after", &sparsities, &vec![0.125, 0.125, 0.75, 0.75])
}
