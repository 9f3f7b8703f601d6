//! Command-line options.

use std::path::PathBuf;

/// The text of `--help`.
pub const HELP: &str = "\
Trains a model of the course and writes it to a file.

Usage: train <mlp|cnn|gpt> [options]

Options:
  --out <file>      where the model goes (default: models/<model>.safetensors)
  --curve <file>    where the picture of the training goes, as SVG (default: not drawn)
  --check           trains anew and compares with the file, bit for bit; writes nothing
  --save <file>     keeps the unfinished training in this file, after each epoch
  --resume <file>   goes on with the training that --save kept there
  --tiny            a few steps only: to see that everything works, not to get a good model
  --help            this text

Examples:
  cargo run --release -p tinytorch --example train -- mlp --out mine.safetensors
  cargo run --release -p tinytorch --example train -- gpt --check
  cargo run --release -p tinytorch --example train -- cnn --tiny --out t.safetensors --curve t.svg
";

/// The model to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelChoice {
    Mlp,
    Cnn,
    Gpt,
}

impl ModelChoice {
    /// The name on the command line and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mlp => "mlp",
            Self::Cnn => "cnn",
            Self::Gpt => "gpt",
        }
    }
}

/// The parsed options.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    pub which: ModelChoice,
    pub out: PathBuf,
    pub curve: Option<PathBuf>,
    pub check: bool,
    pub save: Option<PathBuf>,
    pub resume: Option<PathBuf>,
    pub tiny: bool,
}

/// `None` for `--help`.
///
/// # Errors
/// Names the wrong argument.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<TrainOptions>, String> {
    let (mut which, mut out, mut curve) = (None, None, None);
    let (mut save, mut resume, mut check, mut tiny) = (None, None, false, false);
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        let mut file = || match arguments.next() {
            Some(path) if !path.starts_with("--") => Ok(Some(PathBuf::from(path))),
            _ => Err(format!("{argument} needs the name of a file")),
        };
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--check" => check = true,
            "--tiny" => tiny = true,
            "--out" => out = file()?,
            "--curve" => curve = file()?,
            "--save" => save = file()?,
            "--resume" => resume = file()?,
            name => which = Some(model(name, which)?),
        }
    }
    let which = which.ok_or("say which model: mlp, cnn or gpt")?;
    let default = format!("{}/models/{}.safetensors", env!("CARGO_MANIFEST_DIR"), which.name());
    if tiny && out.is_none() && !check {
        return Err("--tiny gives no good model: say with --out where it goes".to_string());
    }
    let out = out.unwrap_or_else(|| PathBuf::from(default));
    Ok(Some(TrainOptions { which, out, curve, check, save, resume, tiny }))
}

fn model(name: &str, before: Option<ModelChoice>) -> Result<ModelChoice, String> {
    let model = match name {
        "mlp" => ModelChoice::Mlp,
        "cnn" => ModelChoice::Cnn,
        "gpt" => ModelChoice::Gpt,
        _ => return Err(format!("{name} is neither a model (mlp, cnn, gpt) nor an option")),
    };
    match before {
        Some(before) => Err(format!("one model at a time: {} and {name}", before.name())),
        None => Ok(model),
    }
}
