//! Task `distill`: distillation.

use super::prelude::*;

cases! { task "distill", client Client;
    /// A student who says the same has nothing to learn.
    soft_loss_of_equal_logits_is_zero;
}

fn soft_loss_of_equal_logits_is_zero(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let shape = [draw.int(2..=5), draw.int(3..=9)];
    let logits = rows(&shape, normals(draw, shape[0] * shape[1]));
    let (loss, _, _) = code.soft_loss(logits.clone(), logits, 3.0)?;
    let (_, loss) = elements(&loss);
    check::equal("the number of elements", &loss.len(), &1)?;
    check::equal("whether the loss is 0", &(loss[0].abs() < 1e-5), &true)
}
