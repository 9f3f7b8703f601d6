//! Measures the headlines of module `compression` on trained models and held-out data, and writes them to `compression.md`. The
//! code that compresses is the module's reference. Files are decoded by another process than the one that encoded them.
//!
//! ```text
//! cargo run --release -p heldout --example compression                        all parts: about five minutes
//! cargo run --release -p heldout --example compression -- --print mlp gpt     some parts, to the terminal
//! cargo run --release -p heldout --example compression -- --artefact          trains the stored GPT anew: some three minutes
//! ```

mod classifiers;
mod clock;
mod distilled;
mod exam;
mod factored;
mod files;
mod gpt;
mod plans;
mod text;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use text::Section;

/// Errors are only printed to the terminal.
type ExampleResult<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "\
usage: compression [--print] [PART...]
       compression --artefact
  PART        one of mlp, cnn, gpt, files, distill, factors, plans; all by default
  --print     to the terminal, changes no file; needed if parts are named
  --artefact  trains the GPT that is stored in data/gpt-compressed.bin anew";

/// The name of a part, and how it is measured.
type Part = (&'static str, fn() -> ExampleResult<Section>);

const PARTS: [Part; 7] = [
    ("mlp", classifiers::mlp),
    ("cnn", classifiers::cnn),
    ("gpt", gpt::pruned),
    ("files", files::section),
    ("distill", distilled::section),
    ("factors", factored::section),
    ("plans", plans::section),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        [files::DECODE, model, path] => files::decode(model, Path::new(path)),
        ["--artefact"] => gpt::train_artefact(&artefact()),
        [] => write_all(),
        ["--print", ref parts @ ..] if parts.iter().all(|part| is_part(part)) => print(parts),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_part(name: &str) -> bool {
    PARTS.iter().any(|(part, _)| *part == name)
}

/// The file of the GPT that was trained for minutes.
fn artefact() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/gpt-compressed.bin")
}

fn measured(wanted: &[&str]) -> ExampleResult<Vec<Section>> {
    let parts = PARTS.iter().filter(|(name, _)| wanted.is_empty() || wanted.contains(name));
    let measure = |(name, measure): &Part| {
        eprintln!("measuring: {name}");
        measure()
    };
    parts.map(measure).collect()
}

fn print(parts: &[&str]) -> ExampleResult<()> {
    print!("{}", text::page(&measured(parts)?));
    Ok(())
}

fn write_all() -> ExampleResult<()> {
    let page = text::page(&measured(&[])?);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("compression.md");
    fs::write(&path, page)?;
    println!("the table is in {}", path.display());
    Ok(())
}
