//! Task `codebook`: shared values.

use super::prelude::*;

cases! { task "codebook", client Client;
    /// A codebook with room for all numbers has exactly these.
    codebook_of_few_numbers_is_exact;
}

fn codebook_of_few_numbers_is_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut different = normals(draw, 4);
    let numbers: Vec<f32> = (0..20).map(|at| different[at % 4]).collect();
    different.sort_by(f32::total_cmp);
    let (values, _, _) = code.codebook(Floats(numbers), 2, 9, Floats(vec![]), None)?;
    check::equal("the values", &values.0, &different)
}
