//! Every attack, at every level that runs untrusted code, in a table.
//!
//! ```text
//! cargo run -p regression --example attacks                     each attack at each level
//! cargo run -p regression --example attacks -- --only machine/  some of them
//! cargo run -p regression --example attacks -- --each           and what came of each
//! cargo run -p regression --example attacks -- --layers         without one layer at a time
//! cargo run -p regression --example attacks -- --plain          in a plain `cargo test` instead
//! cargo run -p regression --example attacks -- --document       writes regression/attacks/README.md
//! ```
//! Run it as root and as another user: an ordinary user has no cgroup.

mod layers;
mod levels;
mod options;
mod parallel;
mod plain;

use options::{AttackOptions, OutputMode};
use regression::attack::corpus;
use std::process::ExitCode;

fn main() -> ExitCode {
    let options = AttackOptions::parse(std::env::args().skip(1));
    let result = options.and_then(|options| match options.show {
        OutputMode::Levels => levels::run(&options),
        OutputMode::Layers => layers::run(&options),
        OutputMode::Plain => plain::run(&options),
        OutputMode::Document => document(),
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn document() -> Result<bool, String> {
    let text = corpus::document(&corpus::all()?);
    let path = corpus::folder().join("README.md");
    std::fs::write(path, text).map(|()| true).map_err(|error| error.to_string())
}
