//! What a quarter of the bytes costs, in pictures.
//!
//! ```text
//! cargo run --release -p quantization --example precision                  all parts that are finished
//! cargo run --release -p quantization --example precision -- histograms    one part
//! ```
//!
//! | part | what it shows | tasks |
//! |---|---|---|
//! | `histograms` | activations of the MLP, and the range that each observer chooses | `observe` |
//! | `layers` | signal-to-noise ratio of each layer's weights by bits, and of its output in int8 | `precision`, `model` |
//! | `accuracy` | accuracy and bytes of the three models by format, before and after fine-tuning | all but `fast` |
//! | `speed` | int8 against `f32`, in alternation, quantization included | `model`, `fast` |
//!
//! Each part prints its numbers and writes `precision-<part>.svg`. All accuracies are those of validation data. What needs a
//! task that is not finished yet is left out, so a prediction can be checked after each task.

mod accuracy;
mod histograms;
mod layers;
mod plot;
mod speed;
mod unfinished;

use std::error::Error;

type Outcome = Result<(), Box<dyn Error>>;
/// A part by its name; it writes a picture to this path.
type Part = (&'static str, fn(&str) -> Outcome);

const PARTS: [Part; 4] = [
    ("histograms", histograms::run),
    ("layers", layers::run),
    ("accuracy", accuracy::run),
    ("speed", speed::run),
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
            let path = format!("precision-{name}.svg");
            if let Some(outcome) = unfinished::skip(name, || part(&path)) {
                outcome?;
            }
        }
    }
    Ok(())
}
