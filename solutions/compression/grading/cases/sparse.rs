//! Task `sparse`: sparse products.

use super::prelude::*;

cases! { task "sparse", client Client;
    /// The stored values are in their places, and everything else is 0.
    csr_matrix_holds_its_values;
}

fn csr_matrix_holds_its_values(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let value = draw.real(1.0, 2.0) as f32;
    let dense = code.csr(3, vec![0, 1, 1, 3], vec![2, 0, 1], Floats(vec![value, 3.5, -4.25]))?;
    let expected = vec![0.0, 0.0, value, 0.0, 0.0, 0.0, 3.5, -4.25, 0.0];
    check::equal("shape and elements", &elements(&dense), &(vec![3, 3], expected))
}
