//! Splits scikit-learn's digits into files for training, validation and the grader only.
//!
//! ```sh
//! pip download scikit-learn --no-deps
//! unzip -j scikit_learn-*.whl sklearn/datasets/data/digits.csv.gz
//! cargo run -p heldout --example split -- digits.csv.gz          # writes the files
//! cargo run -p heldout --example split -- digits.csv.gz --check  # compares with them
//! ```

use std::error::Error;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use flate2::read::GzDecoder;
use tinytorch::Rng;

/// BLAKE3 of the uncompressed file from which the committed split was made.
const SOURCE_BLAKE3: &str = "f84230aa70dfb2e9da69c9c09d8c1fb7fb743a0cce3676204f3b3933c2115f15";

/// Seed of the random split.
const SEED: u64 = 1797;

/// Share of each digit's rows: one in ten for validation, one in five for the grader.
const VALIDATION_ONE_IN: usize = 10;
const HELD_OUT_ONE_IN: usize = 5;

const TRAIN: &str = "assignments/tinytorch/data/digits-train.csv";
const VALIDATION: &str = "assignments/tinytorch/data/digits-validation.csv";
const HELD_OUT: &str = "solutions/heldout/data/digits-heldout.csv";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match &arguments[..] {
        [path] if !path.starts_with('-') => run(Path::new(path), write),
        [path, flag] if flag == "--check" => run(Path::new(path), check),
        _ => Err("usage: split <digits.csv.gz> [--check]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("split: {error}");
            ExitCode::FAILURE
        }
    }
}

type ExampleResult<T> = Result<T, Box<dyn Error>>;

fn run(source: &Path, each: fn(&Path, &str) -> ExampleResult<()>) -> ExampleResult<()> {
    let text = unpack(source)?;
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (name, part) in [TRAIN, VALIDATION, HELD_OUT].iter().zip(split(&text)) {
        each(&root.join(name), &part)?;
        println!("{name}: {} rows, blake3 {}", part.lines().count(), blake3::hash(part.as_bytes()));
    }
    Ok(())
}

fn unpack(source: &Path) -> ExampleResult<String> {
    let file = std::fs::File::open(source).map_err(|e| format!("{}: {e}", source.display()))?;
    let mut text = String::new();
    GzDecoder::new(file)
        .read_to_string(&mut text)
        .map_err(|e| format!("{}: not a gzip file of text: {e}", source.display()))?;
    let found = blake3::hash(text.as_bytes()).to_hex();
    if found.as_str() != SOURCE_BLAKE3 {
        let name = source.display();
        return Err(format!("{name}: blake3 {found}, expected {SOURCE_BLAKE3}").into());
    }
    Ok(text)
}

/// The rows for training, validation and the grader, each in source order. The split is stratified:
/// each digit is split separately, so all three parts contain the digits in equal proportions.
fn split(text: &str) -> [String; 3] {
    let rows: Vec<&str> = text.lines().collect();
    let mut part_of = vec![0; rows.len()];
    let mut rng = Rng::new(SEED);
    for digit in 0..10 {
        let ending = format!(",{digit}");
        let mut of_digit: Vec<usize> =
            (0..rows.len()).filter(|&row| rows[row].ends_with(&ending)).collect();
        rng.shuffle(&mut of_digit);
        let held_out = of_digit.len() / HELD_OUT_ONE_IN;
        let validation = of_digit.len() / VALIDATION_ONE_IN;
        for &row in &of_digit[..held_out] {
            part_of[row] = 2;
        }
        for &row in &of_digit[held_out..held_out + validation] {
            part_of[row] = 1;
        }
    }
    let mut parts = [const { String::new() }; 3];
    for (row, &part) in rows.iter().zip(&part_of) {
        parts[part].push_str(row);
        parts[part].push('\n');
    }
    parts
}

fn write(path: &Path, part: &str) -> ExampleResult<()> {
    std::fs::write(path, part).map_err(|e| format!("{}: {e}", path.display()).into())
}

fn check(path: &Path, part: &str) -> ExampleResult<()> {
    let there = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    if there == part { Ok(()) } else { Err(format!("{} differs", path.display()).into()) }
}
