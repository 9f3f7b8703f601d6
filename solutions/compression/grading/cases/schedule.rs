//! Task `schedule`: the sparsity over time.

use super::prelude::*;
use crate::oracle::optimizer;

cases! { task "schedule", client Client;
    /// The sparsity is exactly the initial one before the beginning, and exactly the target from the end on.
    schedule_has_two_constant_ends;
    /// Between them the sparsity follows the cubic.
    schedule_is_a_cubic;
    /// A schedule may begin and end at the same step.
    schedule_may_be_a_single_step;
    /// Masks are made at the beginning, every so many steps, and at the end, whether it is among these or not.
    schedule_prunes_at_its_end;
    /// Sparsities that do not exist or fall, an end before the beginning and every `0` steps are refused.
    schedule_refuses;
}

fn drawn_schedule(draw: &mut Draw) -> SparsitySchedule {
    let begin = draw.int(2..=20) as u64;
    let initial = draw.real(0.0, 0.3);
    SparsitySchedule {
        initial,
        target: draw.real(0.5, 0.95),
        begin,
        end: begin + draw.int(10..=60) as u64,
        every: draw.int(2..=9) as u64,
    }
}

fn schedule_has_two_constant_ends(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (begin, end) = (draw.int(3..=9) as u64, draw.int(20..=40) as u64);
    let of = SparsitySchedule { initial: 0.125, target: 0.75, begin, end, every: 4 };
    let answers = code.schedule(of, vec![0, begin - 1, begin, end, end + 50, 1 << 40])?;
    let sparsities: Vec<f64> = answers.iter().map(|(sparsity, _)| *sparsity).collect();
    let expected = vec![0.125, 0.125, 0.125, 0.75, 0.75, 0.75];
    check::equal("the sparsities at both ends and beyond", &sparsities, &expected)
}

pub fn schedule_is_a_cubic(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let of = drawn_schedule(draw);
        let steps: Vec<u64> = (of.begin..=of.end).collect();
        let expected: Vec<f64> = steps.iter().map(|step| optimizer::sparsity(of, *step)).collect();
        let answers = code.schedule(of, steps)?;
        let got: Vec<f64> = answers.iter().map(|(sparsity, _)| *sparsity).collect();
        check::all_close("the sparsity of each step", &got, &expected, 0.0, 1e-12)?;
    }
    Ok(())
}

fn schedule_may_be_a_single_step(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let at = draw.int(1..=9) as u64;
    let target = draw.real(0.5, 0.9);
    let of = SparsitySchedule { initial: 0.0, target, begin: at, end: at, every: 3 };
    let answers = code.schedule(of, vec![at - 1, at, at + 3])?;
    let expected = vec![(0.0, false), (target, true), (target, false)];
    check::equal("sparsity, and whether masks are made", &answers, &expected)
}

pub fn schedule_prunes_at_its_end(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..6 {
        let of = drawn_schedule(draw);
        let steps: Vec<u64> = (0..of.end + 20).collect();
        let expected: Vec<bool> =
            steps.iter().map(|step| optimizer::prunes_at(of, *step)).collect();
        let answers = code.schedule(of, steps)?;
        let got: Vec<bool> = answers.iter().map(|(_, prunes)| *prunes).collect();
        check::equal("the steps at which masks are made", &got, &expected)?;
    }
    Ok(())
}

fn schedule_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let good = drawn_schedule(draw);
    let bad = [
        SparsitySchedule { initial: -0.1, ..good },
        SparsitySchedule { initial: f64::NAN, ..good },
        SparsitySchedule { target: 1.1, ..good },
        SparsitySchedule { target: f64::NAN, ..good },
        SparsitySchedule { initial: 0.9, target: 0.6, ..good },
        SparsitySchedule { end: good.begin - 1, ..good },
        SparsitySchedule { every: 0, ..good },
    ];
    for of in bad {
        let result = code.schedule(of, vec![0]);
        refuses("this schedule should be refused", result, "BadValue", "SparsitySchedule")?;
    }
    let still = SparsitySchedule { initial: 0.5, target: 0.5, ..good };
    let answers = code.schedule(still, vec![good.begin])?;
    check::equal("a schedule may stay where it is", &answers, &vec![(0.5, true)])
}
