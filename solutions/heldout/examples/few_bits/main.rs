//! Measures what the course's models lose on held-out data when they are stored in fewer bits, and writes the table to
//! `quantization.md`. The code that stores them is the reference of module `quantization`.
//!
//! ```text
//! cargo run --release -p heldout --example few_bits               measures and writes: about a minute
//! cargo run --release -p heldout --example few_bits -- --print    to the terminal, changes no file
//! ```

mod methods;
mod subjects;
mod text;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

/// Errors are only printed to the terminal.
type ExampleResult<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let print_only = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--print"] => true,
        _ => {
            eprintln!("usage: few_bits [--print]\n  --print  to the terminal, changes no file");
            return ExitCode::from(2);
        }
    };
    match run(print_only) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(print_only: bool) -> ExampleResult<()> {
    let page = text::page(&subjects::mlp()?, &subjects::cnn()?, &subjects::gpt()?);
    if print_only {
        print!("{page}");
        return Ok(());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("quantization.md");
    fs::write(&path, page)?;
    println!("the table is in {}", path.display());
    Ok(())
}
