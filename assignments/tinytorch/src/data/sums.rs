//! Sums in batches, and the loss, score and initial position vectors of a GPT that learns them.

use super::addition::{self, PROBLEM_LEN, Part};
use super::stream;
use crate::models::Gpt;
use crate::train::{DataLoader, Dataset, Score};
use crate::{Result, Rng, Tensor, TensorError, loss};

/// Standard deviation of each of the two parts of an initial position vector, chosen on the
/// validation part.
const POSITION_DEVIATION: f32 = 0.35;

/// Problems per row in the optional short rows at the start of a training.
const SHORT_PROBLEMS: usize = 2;

/// Endless rows of random problems: each epoch has new ones.
///
/// The contents of a row depend only on the seed, the epoch and the row's number.
///
/// ```
/// use tinytorch::data::{addition::Part, sums::Sums};
/// use tinytorch::train::Dataset;
///
/// let sums = Sums::new(1000, 256, Part::Train, 7);
/// let batch = sums.batch(&[0, 999], 3)?;
/// assert_eq!((batch.ids.len(), batch.ids[0].len()), (2, 256));
/// assert_eq!(batch.targets.len(), 2 * 256);
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sums {
    rows: usize,
    tokens: usize,
    part: Part,
    seed: u64,
    short_epochs: usize,
}

/// Rows of ids, and the next id after each where that is part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumBatch {
    /// `B` rows of `T` ids.
    pub ids: Vec<Vec<usize>>,
    /// `B * T` targets, row by row: see [`Row`](addition::Row).
    pub targets: Vec<Option<usize>>,
}

impl Sums {
    /// `rows` rows of `tokens` ids per epoch.
    pub fn new(rows: usize, tokens: usize, part: Part, seed: u64) -> Self {
        Self { rows, tokens, part, seed, short_epochs: 0 }
    }

    /// In the first epochs, replaces each row by several short ones of two problems, with about as
    /// many ids in total. A model learns the structure of a sum much sooner from short rows.
    ///
    /// Source: the idea of a curriculum, Bengio et al. (2009).
    #[must_use]
    pub fn short_at_first(self, epochs: usize) -> Self {
        Self { short_epochs: epochs, ..self }
    }
}

impl Dataset for Sums {
    type Batch = SumBatch;

    fn len(&self) -> usize {
        self.rows
    }

    fn batch(&self, indices: &[usize], epoch: usize) -> Result<SumBatch> {
        let short = SHORT_PROBLEMS * PROBLEM_LEN;
        let is_short = epoch < self.short_epochs && short < self.tokens;
        let (rows, tokens) = if is_short { (self.tokens / short, short) } else { (1, self.tokens) };
        let mut batch = SumBatch { ids: Vec::new(), targets: Vec::new() };
        for &index in indices {
            let mut rng = stream(self.seed, epoch as u64, index as u64);
            for _ in 0..rows {
                let row = addition::row(tokens, self.part, &mut rng);
                batch.ids.push(row.ids);
                batch.targets.extend(row.targets);
            }
        }
        Ok(batch)
    }
}

/// The mean cross-entropy of the answers' characters.
///
/// # Errors
/// When the model has another vocabulary or its maximum length is too short.
pub fn sums_loss(gpt: &Gpt, batch: &SumBatch) -> Result<Tensor> {
    loss::cross_entropy_where(&gpt.forward_ids(&batch.ids)?, &batch.targets)
}

/// The mean loss, and as accuracy the share of answers whose characters are all correct. Answers
/// that are cut off at the end of a row do not count.
///
/// The model gets the correct characters before each one that it predicts. It answers correctly
/// under this condition exactly when it does so generating on its own.
///
/// # Errors
/// Like [`sums_loss`].
pub fn sums_score(gpt: &Gpt, data: &DataLoader<Sums>) -> Result<Score> {
    let mut loss = 0.0;
    let mut batches = 0;
    let mut right = 0;
    let mut answers = 0;
    for batch in data.batches(0) {
        let batch = batch?;
        let logits = gpt.forward_ids(&batch.ids)?;
        loss += f64::from(loss::cross_entropy_where(&logits, &batch.targets)?.get(&[])?);
        batches += 1;
        let (more_right, more) = whole_answers(&logits.argmax_axis(2)?, &batch.targets);
        right += more_right;
        answers += more;
    }
    let share = |part: f64, all: usize| part / all as f64;
    let accuracy = (answers > 0).then(|| share(right as f64, answers));
    Ok(Score { loss: share(loss, batches), accuracy })
}

/// The number of correct answers and of complete answers.
fn whole_answers(best: &[usize], targets: &[Option<usize>]) -> (usize, usize) {
    let end = addition::VOCABULARY.len() - 1;
    let mut right = 0;
    let mut answers = 0;
    let mut is_right = true;
    for (best, target) in best.iter().zip(targets) {
        match target {
            None => is_right = true,
            Some(target) => {
                is_right &= best == target;
                if *target == end {
                    answers += 1;
                    right += usize::from(is_right);
                }
            }
        }
    }
    (right, answers)
}

/// An initial table of position vectors, `[positions, width]`: a random vector for the position
/// within a problem, plus one for the number of the problem.
///
/// A GPT learns its position vectors; this is only the starting point. From completely random
/// vectors it would have to learn one by one which positions correspond.
///
/// # Errors
/// When `positions` or `width` is 0.
pub fn position_vectors(positions: usize, width: usize, rng: &mut Rng) -> Result<Tensor> {
    if positions == 0 || width == 0 {
        let reason = format!("{positions} positions of width {width}: neither may be 0");
        return Err(TensorError::config("position vectors", reason));
    }
    let problems = positions.div_ceil(PROBLEM_LEN);
    let place = Tensor::randn(&[1, PROBLEM_LEN, width], POSITION_DEVIATION, rng);
    let problem = Tensor::randn(&[problems, 1, width], POSITION_DEVIATION, rng);
    let table = place.add(&problem)?.reshape(&[problems * PROBLEM_LEN, width])?;
    table.slice_axis(0, 0, positions)
}

#[cfg(test)]
mod tests {
    use super::whole_answers;

    /// `;` is 12. The first answer is wrong in its first digit only, the second is right, the third
    /// is cut off.
    #[test]
    fn one_wrong_digit_makes_an_answer_wrong() {
        let targets = [None, Some(3), Some(0), Some(12), None, Some(7), Some(12), None, Some(1)];
        let best = [5, 4, 0, 12, 5, 7, 12, 5, 1];
        assert_eq!(whole_answers(&best, &targets), (1, 2));
    }
}
