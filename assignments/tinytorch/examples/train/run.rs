//! Runs one training, from the recipe to the file.

use std::error::Error;
use std::fs;
use std::path::Path;

use tinytorch::checkpoint::{self, Checkpoint};
use tinytorch::train::{DataLoader, Dataset, Score, Trainer};
use tinytorch::{Layer, Result, Tensor};

use crate::curve;
use crate::options::TrainOptions;
use crate::progress::{StepLosses, TrainingBar};
use crate::recipes::TrainingRecipe;

/// Errors here are only shown in the terminal.
pub type TrainResult<T> = std::result::Result<T, Box<dyn Error>>;

/// Trains the model and writes it, or compares it with the existing file.
pub fn train<M: Layer, D: Dataset>(
    options: &TrainOptions,
    recipe: &TrainingRecipe,
    mut model: M,
    data: &DataLoader<D>,
    loss: impl Fn(&M, &D::Batch) -> Result<Tensor>,
    validate: impl Fn(&M) -> Result<Score>,
) -> TrainResult<()> {
    if options.check {
        // Report errors before the training, not after it.
        checkpoint::load(&options.out)?;
    }
    let losses = StepLosses::default();
    let bar = TrainingBar::new(options.which.name(), &losses);
    let mut trainer = recipe.trainer(data.batches_per_epoch())?.progress(bar);
    if let Some(path) = &options.save {
        trainer = trainer.checkpoint_to(path);
    }
    if let Some(path) = &options.resume {
        trainer.resume(path, &mut model)?;
    }
    trainer.fit_validated(&mut model, data, loss, &validate)?;
    let score = validate(&model)?;
    println!("{}", sentence(&trainer, score));

    let metadata = metadata(options, recipe, score);
    let metadata: Vec<_> = metadata.iter().map(|(key, value)| (*key, value.as_str())).collect();
    if options.check {
        return compare(&options.out, &model, &metadata);
    }
    checkpoint::save(&options.out, &model.parameters(), &metadata)?;
    println!("the model is in {}", options.out.display());
    if let Some(path) = &options.curve {
        let steps = data.batches_per_epoch();
        curve::draw(path, &title(options), &losses.borrow(), trainer.history(), steps)?;
        println!("the learning curve is in {}", path.display());
    }
    Ok(())
}

fn title(options: &TrainOptions) -> String {
    format!("Training of the {}", options.which.name().to_uppercase())
}

fn sentence(trainer: &Trainer, score: Score) -> String {
    let accuracy = 100.0 * score.accuracy.unwrap_or(f64::NAN);
    let steps = trainer.steps_done();
    format!("{steps} steps, validation loss {:.4}, accuracy {accuracy:.2} %", score.loss)
}

/// The origin of the model, without anything that differs between runs.
fn metadata(
    options: &TrainOptions,
    recipe: &TrainingRecipe,
    score: Score,
) -> Vec<(&'static str, String)> {
    let tiny = if options.tiny { " --tiny" } else { "" };
    let name = options.which.name();
    vec![
        ("command", format!("cargo run --release -p tinytorch --example train -- {name}{tiny}")),
        ("config", recipe.config.clone()),
        ("data", recipe.data.clone()),
        ("epochs", recipe.epochs.to_string()),
        ("model", name.to_string()),
        ("seed", recipe.seed.to_string()),
        ("validation_accuracy", format!("{:.4}", score.accuracy.unwrap_or(f64::NAN))),
    ]
}

/// Writes the model next to the file, compares the two, and removes it again.
fn compare(path: &Path, model: &dyn Layer, metadata: &[(&str, &str)]) -> TrainResult<()> {
    let there = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let anew = path.with_extension(format!("{}.tmp", std::process::id()));
    checkpoint::save(&anew, &model.parameters(), metadata)?;
    let bytes = fs::read(&anew);
    fs::remove_file(&anew)?;
    if bytes? == there {
        println!("{}: the same, bit for bit", path.display());
        return Ok(());
    }
    let differences = differences(&checkpoint::load(path)?, model);
    Err(format!(
        "{} is not what was trained here. Matrix products round differently on other \
         processors, and small differences grow; the accuracy should be alike.\n{differences}",
        path.display(),
    )
    .into())
}

/// The difference between each parameter and the one in the file. If all are equal, the
/// files differ in what they say about the training.
fn differences(file: &Checkpoint, model: &dyn Layer) -> String {
    let mut lines = String::new();
    for (name, tensor) in model.parameters() {
        let apart = match file.tensors().get(&name) {
            Some(old) if old == tensor => "the same".to_string(),
            Some(old) if old.shape() == tensor.shape() => {
                let pairs = old.view().into_iter().zip(tensor.view());
                let most = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                format!("up to {most} apart")
            }
            Some(old) => format!("{:?} in the file, {:?} here", old.shape(), tensor.shape()),
            None => "not in the file".to_string(),
        };
        lines += "  ";
        lines += &[name, apart].join(": ");
        lines += "\n";
    }
    lines
}
