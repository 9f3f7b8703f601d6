//! The recipe for each model. The numbers were chosen on the validation data.

use tinytorch::data::addition::{self, Part};
use tinytorch::data::augment::Augment;
use tinytorch::data::sums::{Sums, position_vectors, sums_loss, sums_score};
use tinytorch::data::{Augmented, digits};
use tinytorch::models::{Cnn, Gpt, Mlp};
use tinytorch::pretrained::{CNN_CONFIG, GPT_CONFIG, MLP_SIZES};
use tinytorch::train::{
    Adam, CosineSchedule, DataLoader, Labelled, Trainer, classifier_loss, classifier_score,
};
use tinytorch::{Layer, Result, Rng, Tensor, TensorError};

use crate::options::TrainOptions;
use crate::run::{self, TrainResult};

/// The inputs of a training, besides the code.
#[derive(Clone, Debug)]
pub struct TrainingRecipe {
    /// Determines the initial parameters, the order of the examples, the copies of
    /// images and the sums.
    pub seed: u64,
    pub epochs: usize,
    pub learning_rate: f64,
    /// The sizes of the model, for its file.
    pub config: String,
    /// The training data, for its file.
    pub data: String,
}

/// Rows of sums per epoch of the GPT: 100 steps.
const ROWS: usize = 800;

/// The number of initial epochs of the GPT with short rows.
const SHORT_EPOCHS: usize = 7;

impl TrainingRecipe {
    /// Adam with decoupled weight decay, a learning rate that rises and then falls,
    /// and clipped gradients.
    pub fn trainer(&self, steps_per_epoch: usize) -> Result<Trainer> {
        let steps = (self.epochs * steps_per_epoch) as u64;
        let schedule = CosineSchedule::new(self.learning_rate, steps)?
            .warmup(steps / 20)?
            .floor(self.learning_rate / 20.0);
        let adam =
            Adam::new(self.learning_rate).betas(0.9, 0.99).weight_decay(0.01).decay_matrices_only();
        Ok(Trainer::new(adam).epochs(self.epochs).schedule(schedule).clip_norm(1.0))
    }

    fn digits(seed: u64, epochs: usize, config: String) -> Self {
        let data = format!("digits {:016x}", digits::fingerprint());
        Self { seed, epochs, learning_rate: 2e-3, config, data }
    }
}

/// The MLP 784-128-64-10 on augmented copies of the digits.
pub fn mlp(options: &TrainOptions) -> TrainResult<()> {
    let epochs = if options.tiny { 1 } else { 100 };
    let recipe = TrainingRecipe::digits(1, epochs, format!("{MLP_SIZES:?}"));
    let (train, validation) = (digits::train()?, digits::validation()?);
    let train = Augmented::new(&train, augment(recipe.seed))?.flat();
    let validation = Labelled::new(&validation.flat()?, validation.labels)?;
    let model = Mlp::new(&MLP_SIZES, &mut Rng::new(recipe.seed))?;
    classifier(options, &recipe, model, train, validation)
}

/// The CNN on the same data.
pub fn cnn(options: &TrainOptions) -> TrainResult<()> {
    let epochs = if options.tiny { 1 } else { 40 };
    let recipe = TrainingRecipe::digits(2, epochs, format!("{CNN_CONFIG:?}"));
    let (train, validation) = (digits::train()?, digits::validation()?);
    let train = Augmented::new(&train, augment(recipe.seed))?;
    let validation = Labelled::new(&validation.images, validation.labels)?;
    let model = Cnn::new(CNN_CONFIG, &mut Rng::new(recipe.seed))?;
    classifier(options, &recipe, model, train, validation)
}

fn augment(seed: u64) -> Augment {
    Augment { seed, ..Augment::default() }
}

fn classifier<M: Layer>(
    options: &TrainOptions,
    recipe: &TrainingRecipe,
    model: M,
    train: Augmented,
    validation: Labelled,
) -> TrainResult<()> {
    let train = DataLoader::new(train, 64)?.shuffled(recipe.seed);
    let validation = DataLoader::new(validation, 256)?;
    let score = |model: &M| classifier_score(model, &validation);
    run::train(options, recipe, model, &train, classifier_loss, score)
}

/// The GPT on random sums.
pub fn gpt(options: &TrainOptions) -> TrainResult<()> {
    let (epochs, rows, short) = if options.tiny { (2, 16, 1) } else { (32, ROWS, SHORT_EPOCHS) };
    let recipe = TrainingRecipe {
        seed: 4,
        epochs,
        learning_rate: 3e-3,
        config: format!("{GPT_CONFIG:?}"),
        data: format!("sums of {} in rows of {}", addition::VOCABULARY, GPT_CONFIG.max_seq_len),
    };
    let tokens = GPT_CONFIG.max_seq_len;
    let train = Sums::new(rows, tokens, Part::Train, recipe.seed).short_at_first(short);
    let train = DataLoader::new(train, 8)?;
    // 16 rows of 19 complete problems each.
    let validation = DataLoader::new(Sums::new(16, tokens, Part::Validation, recipe.seed), 16)?;
    let score = |gpt: &Gpt| sums_score(gpt, &validation);
    run::train(options, &recipe, new_gpt(recipe.seed)?, &train, sums_loss, score)
}

/// Random parameters, and position vectors that encode where a problem begins.
fn new_gpt(seed: u64) -> Result<Gpt> {
    let mut rng = Rng::new(seed);
    let mut gpt = Gpt::new(GPT_CONFIG, &mut rng)?;
    let positions = position_vectors(GPT_CONFIG.max_seq_len, GPT_CONFIG.d_model, &mut rng)?;
    replace(&mut gpt, "pos_emb.weight", positions)?;
    let shape = gpt.token_embedding().weight().shape().to_vec();
    replace(&mut gpt, "tok_emb.weight", Tensor::randn(&shape, 0.5, &mut rng))?;
    Ok(gpt)
}

fn replace(model: &mut dyn Layer, name: &str, by: Tensor) -> Result<()> {
    let mut parameters = model.parameters_mut().into_iter();
    match parameters.find(|(known, _)| known == name) {
        Some((_, parameter)) => {
            *parameter = by;
            Ok(())
        }
        None => Err(TensorError::InvalidConfig {
            op: "train",
            reason: format!("the model has no parameter {name}"),
        }),
    }
}
