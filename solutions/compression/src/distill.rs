//! Task `distill`: a small model learns from a large one.

// BEGIN SOLUTION: -
use crate::CompressionError;
use tinytorch::autograd::no_grad;
use tinytorch::train::{Adam, CosineSchedule, DataLoader, Dataset, LabelledBatch, Trainer};
use tinytorch::{TensorError, loss};
// END SOLUTION
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
    // BEGIN SOLUTION: logarithms of softmax, for both
    check_logits(student, teacher)?;
    if !(temperature > 0.0 && temperature.is_finite()) {
        let reason = format!("a temperature of {temperature}: use one above 0");
        return Err(CompressionError::value("soft_loss", reason));
    }
    let divided = (1.0 / temperature) as f32;
    let taught = teacher.detach().mul_scalar(divided).log_softmax(1)?;
    let learned = student.mul_scalar(divided).log_softmax(1)?;
    let divergence = taught.exp().mul(&taught.sub(&learned)?)?.sum_all();
    let batch = student.shape()[0] as f64;
    Ok(divergence.mul_scalar((temperature * temperature / batch) as f32))
    // END SOLUTION
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
    // BEGIN SOLUTION: both parts
    let Distillation { temperature, alpha, .. } = how;
    if !(0.0..=1.0).contains(&alpha) {
        let reason = format!("alpha is {alpha}: use 0 to 1");
        return Err(CompressionError::value("distillation_loss", reason));
    }
    let soft = soft_loss(student, teacher, temperature)?.mul_scalar(alpha as f32);
    let hard = loss::cross_entropy(student, labels)?.mul_scalar((1.0 - alpha) as f32);
    Ok(hard.add(&soft)?)
    // END SOLUTION
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
    // BEGIN SOLUTION: the teacher's logits once, then batches of inputs, labels and logits
    if how.epochs == 0 {
        return Err(CompressionError::value("distill", "0 epochs: use at least 1"));
    }
    let logits = no_grad(|| teacher.forward(data.inputs()))?.detach();
    let taught = Taught { data, logits: Labelled::new(&logits, data.labels().to_vec())? };
    let loader = DataLoader::new(taught, how.batch_size)?.shuffled(how.seed);
    let steps = (loader.batches_per_epoch() * how.epochs) as u64;
    let schedule = CosineSchedule::new(how.learning_rate, steps)?
        .warmup(steps / 20)?
        .floor(how.learning_rate / 20.0);
    let loss = |student: &S, batch: &TaughtBatch| {
        let logits = student.forward(&batch.examples.inputs)?;
        distillation_loss(&logits, &batch.logits, &batch.examples.labels, how).map_err(|error| {
            match error {
                CompressionError::Tensor(error) => error,
                error => TensorError::InvalidConfig { op: "distill", reason: error.to_string() },
            }
        })
    };
    let mut trainer = Trainer::new(Adam::new(how.learning_rate).betas(0.9, 0.99))
        .schedule(schedule)
        .clip_norm(1.0)
        .epochs(how.epochs);
    Ok(trainer.fit(student, &loader, loss)?)
    // END SOLUTION
}
// BEGIN SOLUTION: -

/// Examples, and what the teacher says of them.
struct Taught<'a> {
    data: &'a Labelled,
    logits: Labelled,
}

struct TaughtBatch {
    examples: LabelledBatch,
    logits: Tensor,
}

impl Dataset for Taught<'_> {
    type Batch = TaughtBatch;

    fn len(&self) -> usize {
        self.data.len()
    }

    fn batch(&self, indices: &[usize], epoch: usize) -> tinytorch::Result<TaughtBatch> {
        let logits = self.logits.batch(indices, epoch)?.inputs;
        Ok(TaughtBatch { examples: self.data.batch(indices, epoch)?, logits })
    }
}

fn check_logits(student: &Tensor, teacher: &Tensor) -> Result<()> {
    if student.shape() != teacher.shape() {
        let (left, right) = (student.shape().to_vec(), teacher.shape().to_vec());
        let reason = "student and teacher need the same batch and the same classes".to_owned();
        return Err(CompressionError::ShapeMismatch {
            operation: "soft_loss",
            left,
            right,
            reason,
        });
    }
    if student.ndim() != 2 {
        let reason = format!("logits {:?}: use [batch, classes]", student.shape());
        return Err(CompressionError::value("soft_loss", reason));
    }
    Ok(())
}
// END SOLUTION
