//! Trains the models of the course. See `--help`.

mod curve;
mod options;
mod progress;
mod recipes;
mod run;

use std::process::ExitCode;

use options::{HELP, Which};

fn main() -> ExitCode {
    let outcome = match options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => match options.which {
            Which::Mlp => recipes::mlp(&options),
            Which::Cnn => recipes::cnn(&options),
            Which::Gpt => recipes::gpt(&options),
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
