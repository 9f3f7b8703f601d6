//! What the grader bears: being killed, a large class, and repetition under load.
//!
//! ```sh
//! cargo run --release -p regression --example endurance -- kills 100
//! cargo run --release -p regression --example endurance -- load 1000
//! cargo run --release -p regression --example endurance -- again 1000
//! ```
//!
//! Each drives the program itself, as an instructor would, prints what it saw, and exits with 1 when
//! something is not as it has to be.

mod again;
mod bench;
mod class;
mod kills;
mod load;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |default| match arguments.get(1).map(|number| number.parse::<usize>()) {
        None => Some(default),
        Some(number) => number.ok(),
    };
    let outcome = match (arguments.first().map(String::as_str), number(0).is_some()) {
        (Some("kills"), true) => kills::run(number(100).unwrap_or(100)),
        (Some("load"), true) => load::run(number(1000).unwrap_or(1000)),
        (Some("again"), true) => again::run(number(1000).unwrap_or(1000)),
        _ => Err("say `kills`, `load` or `again`, and how many".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("NOT AS IT HAS TO BE: {what}");
            ExitCode::FAILURE
        }
    }
}
