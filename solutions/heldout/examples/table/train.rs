//! Repeats every training with the command given in the documentation.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::ExampleResult;

/// The result of a training.
pub struct TrainingResult {
    /// Elapsed time; training uses one core.
    pub took: Duration,
    /// Whether the result is identical to the committed file.
    pub same_bits: bool,
}

/// Trains each model again and compares it with its file. Prints progress.
pub fn again(crate_folder: &Path, names: &[&str]) -> ExampleResult<Vec<TrainingResult>> {
    let workspace = crate_folder.join("..");
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(&workspace).args(arguments);
        command
    };
    let program = ["--release", "-p", "tinytorch", "--example", "train"];
    let built = cargo(&[&["build"], &program[..]].concat()).status()?;
    if !built.success() {
        return Err("the training program does not build".into());
    }
    let train = |name: &&str| {
        println!("training: {name}");
        let start = Instant::now();
        let status =
            cargo(&[&["run", "-q"], &program[..], &["--", name, "--check"]].concat()).status()?;
        Ok(TrainingResult { took: start.elapsed(), same_bits: status.success() })
    };
    names.iter().map(train).collect()
}
