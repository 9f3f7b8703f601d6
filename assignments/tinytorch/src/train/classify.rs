//! The loss and the score of a classifier.

use super::{DataLoader, Dataset, LabelledBatch, Score};
use crate::{Layer, Result, Tensor, loss};

/// The mean cross-entropy of a batch: the training loss of a classifier.
///
/// ```
/// use tinytorch::models::Mlp;
/// use tinytorch::train::{Adam, DataLoader, Labelled, Trainer, classifier_loss, classifier_score};
/// use tinytorch::{Rng, Tensor};
///
/// // Above or below the diagonal?
/// let mut rng = Rng::new(1);
/// let points = Tensor::rand_uniform(&[200, 2], 0.0, 1.0, &mut rng);
/// let label = |point: &[f32]| usize::from(point[1] > point[0]);
/// let labels = points.to_vec().chunks(2).map(label).collect();
/// let data = DataLoader::new(Labelled::new(&points, labels)?, 20)?.shuffled(2);
///
/// let mut model = Mlp::new(&[2, 8, 2], &mut rng)?;
/// let mut trainer = Trainer::new(Adam::new(0.02)).epochs(20);
/// trainer.fit(&mut model, &data, classifier_loss)?;
/// assert!(classifier_score(&model, &data)?.accuracy > Some(0.95));
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
///
/// # Shapes
/// The model gives `[b, classes]` for `b` inputs.
///
/// # Errors
/// When the model does not accept the inputs, or a label is not one of its classes.
pub fn classifier_loss<M: Layer + ?Sized>(model: &M, batch: &LabelledBatch) -> Result<Tensor> {
    loss::cross_entropy(&model.forward(&batch.inputs)?, &batch.labels)
}

/// The mean cross-entropy and the share of correct answers over all batches. Pass it to
/// [`fit_validated`](super::Trainer::fit_validated) or call it directly (inside
/// [`no_grad`](crate::autograd::no_grad) if the model is tracked).
///
/// # Errors
/// Like [`classifier_loss`].
pub fn classifier_score<M, D>(model: &M, data: &DataLoader<D>) -> Result<Score>
where
    M: Layer + ?Sized,
    D: Dataset<Batch = LabelledBatch>,
{
    let mut loss = 0.0;
    let mut right = 0;
    let mut examples = 0;
    for batch in data.batches(0) {
        let LabelledBatch { inputs, labels } = batch?;
        let logits = model.forward(&inputs)?;
        let mean = loss::cross_entropy(&logits, &labels)?.to_vec()[0];
        loss += f64::from(mean) * labels.len() as f64;
        right += correct(&logits, &labels)?;
        examples += labels.len();
    }
    let share = |x: f64| x / examples as f64;
    Ok(Score { loss: share(loss), accuracy: Some(share(right as f64)) })
}

/// The number of rows whose largest element is at the label.
fn correct(logits: &Tensor, labels: &[usize]) -> Result<usize> {
    let best = logits.argmax_axis(1)?;
    Ok(best.iter().zip(labels).filter(|(best, label)| best == label).count())
}
