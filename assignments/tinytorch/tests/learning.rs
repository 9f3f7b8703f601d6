//! Real training: small models learn a task that they could not do before.

use tinytorch::loss::cross_entropy_where;
use tinytorch::models::{Gpt, GptConfig, Mlp};
use tinytorch::train::{
    Adam, CosineSchedule, DataLoader, Dataset, Labelled, Score, Sgd, Trainer, classifier_loss,
    classifier_score,
};
use tinytorch::{Layer, Result, Rng, Tensor};

fn xor() -> DataLoader<Labelled> {
    let points = Tensor::from_vec(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], &[4, 2]).unwrap();
    DataLoader::new(Labelled::new(&points, vec![0, 1, 1, 0]).unwrap(), 4).unwrap()
}

#[test]
fn a_hidden_layer_learns_xor() {
    let mut model = Mlp::new(&[2, 8, 2], &mut Rng::new(1)).unwrap();
    let mut trainer = Trainer::new(Sgd::new(0.2).momentum(0.9)).epochs(200);
    trainer.fit(&mut model, &xor(), classifier_loss).unwrap();
    let score = classifier_score(&model, &xor()).unwrap();
    assert!(score.accuracy == Some(1.0) && score.loss < 0.05, "{score:?}");
}

#[test]
fn without_a_hidden_layer_xor_cannot_be_learned() {
    let mut model = Mlp::new(&[2, 2], &mut Rng::new(1)).unwrap();
    let mut trainer = Trainer::new(Sgd::new(0.2).momentum(0.9)).epochs(200);
    trainer.fit(&mut model, &xor(), classifier_loss).unwrap();
    let score = classifier_score(&model, &xor()).unwrap();
    assert!(score.loss > 0.69, "no line does better than guessing: {score:?}");
}

/// Rows of `d d d d | d d d`: the characters after the bar repeat those before
/// it.
struct CopyTask(Vec<[usize; HALF]>);

const HALF: usize = 4;
const BAR: usize = 6;

struct CopyBatch {
    ids: Tensor,
    targets: Vec<Option<usize>>,
}

impl CopyTask {
    fn new(n: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        Self((0..n).map(|_| [(); HALF].map(|()| rng.below(BAR))).collect())
    }
}

impl Dataset for CopyTask {
    type Batch = CopyBatch;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn batch(&self, indices: &[usize], _epoch: usize) -> Result<CopyBatch> {
        let (mut ids, mut targets) = (Vec::new(), Vec::new());
        for digits in indices.iter().map(|&i| self.0[i]) {
            let row = digits.into_iter().chain([BAR]).chain(digits.into_iter().take(HALF - 1));
            ids.extend(row.map(|id| id as f32));
            // There are no targets before the bar.
            targets.extend([None; HALF]);
            targets.extend(digits.map(Some));
        }
        let ids = Tensor::from_vec(ids, &[indices.len(), 2 * HALF])?;
        Ok(CopyBatch { ids, targets })
    }
}

fn copy_loss(model: &Gpt, batch: &CopyBatch) -> Result<Tensor> {
    cross_entropy_where(&model.forward(&batch.ids)?, &batch.targets)
}

/// The share of correct characters after the bar.
fn copied(model: &Gpt, data: &CopyTask) -> Result<Score> {
    let all: Vec<usize> = (0..data.len()).collect();
    let batch = data.batch(&all, 0)?;
    let logits = model.forward(&batch.ids)?;
    let best = logits.argmax_axis(2)?;
    let asked =
        batch.targets.iter().zip(best).filter_map(|(target, best)| Some((*target)? == best));
    let right = asked.filter(|right| *right).count() as f64;
    let loss = f64::from(cross_entropy_where(&logits, &batch.targets)?.to_vec()[0]);
    Ok(Score { loss, accuracy: Some(right / (HALF * data.len()) as f64) })
}

#[test]
fn a_gpt_of_one_block_learns_to_copy() {
    let config = GptConfig {
        vocab_size: BAR + 1,
        max_seq_len: 2 * HALF,
        d_model: 32,
        n_heads: 2,
        n_layers: 1,
    };
    let mut model = Gpt::new(config, &mut Rng::new(1)).unwrap();
    let unseen = CopyTask::new(100, 2);
    let before = copied(&model, &unseen).unwrap();
    assert!(before.accuracy < Some(0.4), "{before:?}");

    let data = DataLoader::new(CopyTask::new(400, 1), 40).unwrap().shuffled(1);
    let schedule = CosineSchedule::new(0.01, 300).unwrap().warmup(20).unwrap();
    let mut trainer = Trainer::new(Adam::new(0.01).weight_decay(0.01).decay_matrices_only())
        .epochs(30)
        .schedule(schedule)
        .clip_norm(1.0);
    let validate = |model: &Gpt| copied(model, &unseen);
    trainer.fit_validated(&mut model, &data, copy_loss, validate).unwrap();
    let after = trainer.history().last().unwrap().validation.unwrap();
    assert_eq!(after.accuracy, Some(1.0), "{after:?}");
}
