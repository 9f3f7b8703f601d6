//! Task `magnitude`: the largest weights are kept.

use super::prelude::*;
use crate::oracle::magnitude;

cases! { task "magnitude", client Client;
    /// Of numbers without ties, the least are pruned, exactly as many as asked for.
    magnitude_prunes_the_least;
}

fn magnitude_prunes_the_least(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..5 {
        let shape = [draw.int(2..=9), draw.int(2..=9)];
        let numbers = normals(draw, shape[0] * shape[1]);
        let sparsity = draw.real(0.1, 0.9);
        let count = (sparsity * numbers.len() as f64).round() as usize;
        let expected = magnitude::kept(&numbers, count);
        let (mask, _) = code.prune(rows(&shape, numbers), sparsity)?;
        check::equal("the mask should have the weight's shape", &mask.shape, &shape.to_vec())?;
        check::equal("the least magnitudes should be pruned", &mask.kept, &expected)?;
    }
    Ok(())
}
