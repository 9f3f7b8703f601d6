//! Generates the table of trained models: description, accuracy, speed, and whether training
//! reproduces the committed bits on this machine. The table is written to `models/README.md` of
//! `tinytorch`, which is a page of its documentation.
//!
//! ```text
//! cargo run --release -p heldout --example table              measures and trains: some minutes
//! cargo run --release -p heldout --example table -- --print   measures only, changes no file
//! ```

mod measure;
mod rows;
mod train;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

const BEGIN: &str = "<!-- BEGIN TABLE -->\n";
const END: &str = "<!-- END TABLE -->";

/// Errors are only printed to the terminal.
type ExampleResult<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let print_only = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--print"] => true,
        _ => {
            eprintln!("usage: table [--print]\n  --print  without training, to the terminal");
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
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assignments/tinytorch");
    let models = rows::all(&crate_folder.join("models"))?;
    if print_only {
        print!("{}", rows::markdown(&models, &[]));
        return Ok(());
    }
    let names: Vec<&str> = models.iter().map(|model| model.file).collect();
    let trainings = train::again(&crate_folder, &names)?;
    let page = crate_folder.join("models/README.md");
    replace(&page, &rows::markdown(&models, &trainings))?;
    println!("the table is in {}", page.display());
    Ok(())
}

/// Inserts the table between its two markers.
fn replace(page: &PathBuf, table: &str) -> ExampleResult<()> {
    let text = fs::read_to_string(page).map_err(|error| format!("{}: {error}", page.display()))?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) =
        parts.ok_or_else(|| format!("{}: no {BEGIN:?} ... {END:?}", page.display()))?;
    Ok(fs::write(page, format!("{before}{BEGIN}{table}{END}{after}"))?)
}
