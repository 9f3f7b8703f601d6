//! What a model can do without, in pictures.
//!
//! ```text
//! cargo run --release -p compression --example pruning                   all parts that are finished
//! cargo run --release -p compression --example pruning -- curves         one part
//! ```
//!
//! | part | what it shows | tasks |
//! |---|---|---|
//! | `curves` | accuracy of the three models against sparsity: least weights, random ones, whole neurons; before and after fine-tuning | `magnitude`, `schedule`, `structured` |
//! | `pattern` | where the zeros of each layer are | `magnitude`, `compressor` |
//! | `pareto` | accuracy against bytes of the file, by sparsity and bits | `schedule`, `codebook`, `encode` |
//! | `sensitivity` | which layer suffers most | `compressor` |
//!
//! Each part prints its numbers and writes `pruning-<part>.svg`. All accuracies are those of validation data. What needs a
//! task that is not finished yet is left out, so a prediction can be checked after each task.

mod curves;
mod data;
mod pareto;
mod pattern;
mod plot;
mod sensitivity;
mod unfinished;

use plot::Outcome;

/// A part by its name; it writes a picture to this path.
type Part = (&'static str, fn(&str) -> Outcome);

const PARTS: [Part; 4] = [
    ("curves", curves::run),
    ("pattern", pattern::run),
    ("pareto", pareto::run),
    ("sensitivity", sensitivity::run),
];

fn main() -> Outcome {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
    if asked.iter().any(|word| word == "--help" || word == "-h") {
        println!("Name the parts to run: {}. Without a name, all of them run.", names.join(", "));
        return Ok(());
    }
    if let Some(unknown) = asked.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(format!("there is no part `{unknown}`: use {}", names.join(", ")).into());
    }
    unfinished::be_quiet();
    for (name, part) in PARTS {
        if asked.is_empty() || asked.iter().any(|asked| asked == name) {
            println!("\n== {name} ==");
            let path = format!("pruning-{name}.svg");
            if let Some(outcome) = unfinished::skip(name, || part(&path)) {
                outcome?;
            }
        }
    }
    Ok(())
}
