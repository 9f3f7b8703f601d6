//! Task `compressor`: a model within a budget.

use super::prelude::*;

cases! { task "compressor", client Client;
    /// A pattern counts zeros, outputs without weights and inputs that nothing looks at.
    pattern_counts_zeros;
}

fn pattern_counts_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let value = draw.real(1.0, 2.0) as f32;
    let weight = rows(&[3, 2], vec![value, 0.0, 0.0, 0.0, -value, 0.0]);
    let (pattern, dead, unused) = code.pattern(weight)?;
    check::equal(
        "the pattern",
        &(pattern.sparsity, pattern.longest_run, dead, unused),
        &(4.0 / 6.0, 3, 1, 1),
    )
}
