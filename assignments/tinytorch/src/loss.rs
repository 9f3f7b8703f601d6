//! Loss functions: one number that says how wrong a model is.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use pulp::NullaryFnOnce;

use crate::ops::from_elements;
use crate::ops::rows::{dispatch, elements, log_sum_exp, softmax};
use crate::{Result, Tensor, TensorError};

/// The mean over the rows of `-ln(p)`, where `p` is the probability that the
/// softmax of the row's logits gives to the correct class.
///
/// # Shapes
/// Logits `[..., C]` and, for each row in order, a class below `C`. The result
/// has shape `[]`.
///
/// # Errors
/// When the logits have no axis or no row, when the number of targets is not
/// the number of rows, or when a target is not below `C`.
///
/// # Cost
/// Softmax, logarithm and mean in one pass. The probabilities are not kept: the
/// backward pass computes them again.
///
/// ```
/// use tinytorch::{Tensor, loss::cross_entropy};
///
/// let logits = Tensor::zeros(&[2, 4]).requires_grad();
/// let loss = cross_entropy(&logits, &[0, 3])?;
/// assert!((loss.get(&[])? - 4.0_f32.ln()).abs() < 1e-6);
/// let gradient = loss.backward()?.get(&logits).unwrap().to_vec();
/// assert_eq!(gradient[..4], [-0.375, 0.125, 0.125, 0.125]);
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
pub fn cross_entropy(logits: &Tensor, targets: &[usize]) -> Result<Tensor> {
    let targets: Vec<_> = targets.iter().copied().map(Some).collect();
    mean_over_targets("cross_entropy", logits, targets)
}

/// Like [`cross_entropy`], over the rows that have a target. The other rows do
/// not count, and their gradient is 0.
///
/// # Errors
/// Like [`cross_entropy`], and when no row has a target.
pub fn cross_entropy_where(logits: &Tensor, targets: &[Option<usize>]) -> Result<Tensor> {
    mean_over_targets("cross_entropy_where", logits, targets.to_vec())
}

/// The mean squared difference.
///
/// # Shapes
/// Both shapes must be equal: `[n, 1]` and `[n]` would broadcast to `n * n`
/// differences, which is never intended. The result has shape `[]`.
///
/// # Errors
/// When the shapes differ or there is no element.
pub fn mse(left: &Tensor, right: &Tensor) -> Result<Tensor> {
    if left.shape() != right.shape() {
        let reason = "both must have the same shape".to_string();
        return Err(TensorError::mismatch("mse", left.shape(), right.shape(), reason));
    }
    if left.is_empty() {
        let reason = "the mean of no element is not a number".to_string();
        return Err(TensorError::shape("mse", left.shape(), reason));
    }
    let difference = left.detach().sub(&right.detach())?;
    let mean = difference.mul(&difference)?.mean();
    Ok(Tensor::scalar(mean).record([left, right], |needs| {
        Box::new(move |grad| {
            let factor = 2.0 * grad.sum() / difference.len() as f32;
            Ok(vec![
                needs[0].then(|| difference.mul_scalar(factor)),
                needs[1].then(|| difference.mul_scalar(-factor)),
            ])
        })
    }))
}

fn mean_over_targets(
    op: &'static str,
    logits: &Tensor,
    targets: Vec<Option<usize>>,
) -> Result<Tensor> {
    let classes = check(op, logits, &targets)?;
    let counted = targets.iter().flatten().count() as f64;
    let total = dispatch(LossTotal { logits: &elements(logits), classes, targets: &targets });
    Ok(Tensor::scalar((total / counted) as f32).record([logits], |_| {
        let logits = logits.detach();
        Box::new(move |grad| {
            let scale = (f64::from(grad.sum()) / counted) as f32;
            let mut out = vec![0.0; logits.len()];
            let x = &elements(&logits);
            let targets = &targets[..];
            dispatch(LossGradient { logits: x, classes, targets, scale, out: &mut out });
            Ok(vec![Some(from_elements(out, logits.shape()))])
        })
    }))
}

/// The sum of the losses of all rows that have a target, in f64.
struct LossTotal<'a> {
    logits: &'a [f32],
    classes: usize,
    targets: &'a [Option<usize>],
}

impl NullaryFnOnce for LossTotal<'_> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let mut total = 0.0;
        for (row, target) in self.logits.chunks_exact(self.classes).zip(self.targets) {
            if let Some(class) = *target {
                let (top, log_sum) = log_sum_exp(row);
                total += f64::from(top - row[class]) + f64::from(log_sum);
            }
        }
        total
    }
}

/// `scale * (softmax - 1 at the target)` for each row that has a target.
struct LossGradient<'a> {
    logits: &'a [f32],
    classes: usize,
    targets: &'a [Option<usize>],
    scale: f32,
    out: &'a mut [f32],
}

impl NullaryFnOnce for LossGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let rows = self.logits.chunks_exact(self.classes);
        let rows = rows.zip(self.out.chunks_exact_mut(self.classes));
        for ((row, out), target) in rows.zip(self.targets) {
            let Some(class) = *target else { continue };
            softmax(row, 1.0, out);
            out[class] -= 1.0;
            for out in out {
                *out *= self.scale;
            }
        }
    }
}

/// Checks the arguments and returns the number of classes.
fn check(op: &'static str, logits: &Tensor, targets: &[Option<usize>]) -> Result<usize> {
    let wrong = |reason| Err(TensorError::shape(op, logits.shape(), reason));
    let Some((&classes, leading)) = logits.shape().split_last() else {
        return wrong("the logits need at least 1 axis, [..., C]".to_string());
    };
    let rows: usize = leading.iter().product();
    if rows != targets.len() {
        return wrong(format!("{rows} rows of logits, but {} targets", targets.len()));
    }
    if targets.iter().all(Option::is_none) {
        return wrong("no row has a target, so there is no mean".to_string());
    }
    let invalid = |target: &Option<usize>| target.is_some_and(|class| class >= classes);
    if let Some(row) = targets.iter().position(invalid) {
        let class = targets[row].unwrap_or_default();
        let reason = format!("target {class} of row {row} is not below the {classes} classes");
        return Err(TensorError::value(op, logits.shape(), reason));
    }
    Ok(classes)
}
