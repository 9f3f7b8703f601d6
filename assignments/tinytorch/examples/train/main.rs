//! Trains the models of the course. See `--help`.

mod curve;
mod options;
mod progress;
mod recipes;
mod run;

use std::process::ExitCode;

use options::{HELP, ModelChoice};

fn main() -> ExitCode {
    let outcome = match options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => match options.which {
            ModelChoice::Mlp => recipes::mlp(&options),
            ModelChoice::Cnn => recipes::cnn(&options),
            ModelChoice::Gpt => recipes::gpt(&options),
        },
        Ok(None) => {
            print!("{HELP}");
            Ok(())
        }
        Err(wrong) => Err(format!("{wrong}\n\n{HELP}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("train: {error}");
            ExitCode::FAILURE
        }
    }
}
