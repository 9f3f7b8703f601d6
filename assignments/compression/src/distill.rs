//! Task `distill`: a small model learns from a large one.

use crate::Result;
use tinytorch::train::Labelled;
use tinytorch::{Layer, Tensor};

/// How to distill. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distillation {
    /// What logits are divided by before the softmax: above 1, the small probabilities of wrong classes show.
    pub temperature: f64,
    /// The share of the teacher in the loss, 0 to 1; the labels have the rest.
    pub alpha: f64,
    /// Passes over the data, at least 1.
    pub epochs: usize,
    /// Examples in a batch.
    pub batch_size: usize,
    /// The peak of the learning rate, which rises over the first 5 % of the steps and then falls to a twentieth along a cosine.
    pub learning_rate: f64,
    /// Shuffles the data.
    pub seed: u64,
}

/// `T^2 KL(teacher || student)`, the mean over the batch, with the softmax of logits divided by the temperature `T`. The
/// gradient goes to the student alone.
///
/// # Shapes
/// Both `[b, classes]`; the result has one element.
///
/// # Errors
/// [`ShapeMismatch`](crate::CompressionError::ShapeMismatch) of `soft_loss`, student first;
/// [`BadValue`](crate::CompressionError::BadValue) of `soft_loss` for a temperature that is not above 0 and finite, and for logits
/// that have not two axes.
///
/// Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015).
pub fn soft_loss(student: &Tensor, teacher: &Tensor, temperature: f64) -> Result<Tensor> {
    let _ = (&student, &teacher, &temperature); // Not used yet: goes with the todo!.
    todo!("logarithms of softmax, for both")
}

/// `(1 - alpha) cross entropy + alpha` [`soft_loss`], the mean over the batch.
///
/// # Shapes
/// Both logits `[b, classes]`, and `b` labels; the result has one element.
///
/// # Errors
/// Those of [`soft_loss`]; [`BadValue`](crate::CompressionError::BadValue) of `distillation_loss` if `alpha` is not between 0 and
/// 1; those of the foundation's cross entropy.
pub fn distillation_loss(
    student: &Tensor,
    teacher: &Tensor,
    labels: &[usize],
    how: Distillation,
) -> Result<Tensor> {
    let _ = (&student, &teacher, &labels, &how); // Not used yet: goes with the todo!.
    todo!("both parts")
}

/// Trains `student` on data and on what `teacher` says of the same inputs; the teacher does not change. The optimizer is Adam
/// with decay rates 0.9 and 0.99; gradients are clipped to norm 1.
///
/// # Errors
/// Those of [`distillation_loss`]; [`BadValue`](crate::CompressionError::BadValue) of `distill` for 0 epochs; those of the
/// foundation's training.
///
/// # Cost
/// That of training the student, and one forward pass of the teacher over the data.
pub fn distill<S: Layer, T: Layer>(
    student: &mut S,
    teacher: &T,
    data: &Labelled,
    how: Distillation,
) -> Result<()> {
    let _ = (&student, &teacher, &data, &how); // Not used yet: goes with the todo!.
    todo!("the teacher's logits once, then batches of inputs, labels and logits")
}
