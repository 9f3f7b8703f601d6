//! Files: encoded here, decoded by another process.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use compression::{
    ByteReport, CodebookTuning, ModelCompressor, Scope, byte_report, encode_model,
    fine_tune_pruned, load_encoded, prune_filters, tune_codebooks,
};
use heldout::SeedSummary;
use quantization::{StorageFormat, StoredWeights};
use tinytorch::models::{Cnn, CnnConfig};
use tinytorch::train::Labelled;
use tinytorch::{Layer, Rng, pretrained};

use crate::classifiers::Recipe;
use crate::exam::{DigitExam, SUM_QUESTIONS, points_lost, sums_right};
use crate::text::{Headline, Section};
use crate::{ExampleResult, artefact, gpt};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;
/// The hidden argument that makes a process a decoder.
pub const DECODE: &str = "--decode";
/// The lengths of the models' `.safetensors` files.
const MLP_BYTES: f64 = 438_200.0;
const CNN_BYTES: f64 = 51_944.0;
const GPT_BYTES: f64 = 677_320.0;
/// Filters of the smaller CNN.
const SMALL: [usize; 2] = [4, 8];

/// Prints how many held-out answers the model in a file gets right. It runs in a process of its own.
pub fn decode(model: &str, path: &Path) -> ExampleResult<()> {
    let file = fs::read(path)?;
    let right = match model {
        "mlp" => {
            let mut mlp = tinytorch::models::Mlp::new(&[784, 128, 64, 10], &mut Rng::new(0))?;
            load_encoded(&mut mlp, &file)?;
            DigitExam::rows()?.right(&mlp)?
        }
        "cnn" => {
            let config = CnnConfig { channels: SMALL, ..pretrained::cnn()?.config().clone() };
            let mut cnn = Cnn::new(config, &mut Rng::new(0))?;
            load_encoded(&mut cnn, &file)?;
            DigitExam::images()?.right(&cnn)?
        }
        _ => {
            let config = pretrained::gpt()?.config().clone();
            let mut gpt = tinytorch::models::Gpt::new(config, &mut Rng::new(0))?;
            load_encoded(&mut gpt, &file)?;
            sums_right(&gpt)?
        }
    };
    println!("{right}");
    Ok(())
}

/// What another process says of a file.
fn decoded(model: &str, file: &[u8]) -> ExampleResult<f64> {
    let mut stored = tempfile::NamedTempFile::new()?;
    stored.write_all(file)?;
    let mut other = Command::new(env::current_exe()?);
    let output = other.args([DECODE, model]).arg(stored.path()).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// Files of one recipe, one for each seed.
struct Files {
    right: SeedSummary,
    bytes: SeedSummary,
    parts: ByteReport,
    seconds: f64,
}

impl Files {
    fn new(model: &str, make: impl Fn(u64) -> ExampleResult<Vec<u8>>) -> ExampleResult<Self> {
        let start = Instant::now();
        let files = SEEDS.map(make).collect::<ExampleResult<Vec<_>>>()?;
        let seconds = start.elapsed().as_secs_f64() / files.len() as f64;
        let right: Vec<f64> =
            files.iter().map(|file| decoded(model, file)).collect::<ExampleResult<_>>()?;
        let bytes = files.iter().map(|file| file.len() as f64).collect();
        let parts = byte_report(&files[0])?;
        Ok(Self { right: SeedSummary::new(right), bytes: SeedSummary::new(bytes), parts, seconds })
    }

    fn headline(&self, claim: &str, plain: f64, least: f64, lost: f64) -> Headline {
        let ratio = plain / self.bytes.mean;
        let told = format!(
            "{ratio:.1}x ({} bytes), {} right: {lost:.2} points lost; {:.1} s each",
            self.bytes.listed(),
            self.right.listed(),
            self.seconds
        );
        Headline::new(claim, told, ratio >= least && lost <= 1.0)
    }
}

/// Prunes, shares values and encodes.
fn squeezed<M: Layer>(
    model: &mut M,
    data: &Labelled,
    (prune, sparsity, seed): (Recipe, f64, u64),
    (bits, epochs): (u32, usize),
) -> ExampleResult<Vec<u8>> {
    fine_tune_pruned(model, data, prune.tuning(sparsity, seed))?;
    let learning_rate = prune.learning_rate / 3.0;
    let tuning = CodebookTuning { bits, epochs, batch_size: 64, learning_rate, seed };
    tune_codebooks(model, data, tuning)?;
    Ok(encode_model(model, |_| bits)?)
}

pub fn section() -> ExampleResult<Section> {
    let (rows, images) = (DigitExam::rows()?, DigitExam::images()?);
    let recipe = Recipe { scope: Scope::Global, epochs: 60, learning_rate: 3e-3 };
    let mlp = Files::new("mlp", |seed| {
        squeezed(&mut pretrained::mlp()?, &rows.train, (recipe, 0.95, seed), (2, 20))
    })?;
    let dense = rows.right(&pretrained::mlp()?)?;
    let lost = points_lost(dense, mlp.right.mean, rows.questions());
    let claim = "MLP, 95 % sparse, 2 bits: at least 90x by length, at most 1 point";
    let mut headlines = vec![mlp.headline(claim, MLP_BYTES, 90.0, lost)];

    let recipe = Recipe { scope: Scope::PerLayer, epochs: 20, learning_rate: 3e-3 };
    let cnn = Files::new("cnn", |seed| {
        let mut smaller = prune_filters(&pretrained::cnn()?, 0.75)?;
        squeezed(&mut smaller, &images.train, (recipe, 0.0, seed), (3, 20))
    })?;
    let dense = images.right(&pretrained::cnn()?)?;
    let lost = points_lost(dense, cnn.right.mean, images.questions());
    let claim = "CNN, at least 30x, at most 1 point; the file holds a smaller architecture (4 and 8 filters), 3 bits";
    headlines.push(cnn.headline(claim, CNN_BYTES, 30.0, lost));

    let (short, stored) = (gpt_live()?, gpt_stored()?);
    let parts = [
        ("MLP", mlp.parts),
        ("CNN", cnn.parts),
        ("GPT, seconds", short.1),
        ("GPT, stored", stored.1),
    ];
    headlines.extend([short.0, stored.0, budget(&rows)?]);
    Ok(Section { headlines, details: by_part(&parts) + &ladder(&rows)? })
}

fn gpt_headline(claim: &str, file: &[u8], least: f64, note: &str) -> ExampleResult<Headline> {
    let dense = sums_right(&pretrained::gpt()?)?;
    let right = decoded("gpt", file)?;
    let (ratio, lost) = (GPT_BYTES / file.len() as f64, points_lost(dense, right, SUM_QUESTIONS));
    let told = format!(
        "{ratio:.1}x ({} bytes), {right:.0} of {SUM_QUESTIONS:.0}: {lost:.2} points lost{note}",
        file.len()
    );
    Ok(Headline::new(claim, told, ratio >= least && lost <= 1.0))
}

fn gpt_live() -> ExampleResult<(Headline, ByteReport)> {
    let start = Instant::now();
    let file = gpt::SHORT.file(1)?;
    let note = format!("; {:.0} s, one seed", start.elapsed().as_secs_f64());
    let claim = "GPT, 50 % sparse, 2 bits (embeddings 3): at least 14x with seconds of fine-tuning";
    Ok((gpt_headline(claim, &file, 14.0, &note)?, byte_report(&file)?))
}

fn gpt_stored() -> ExampleResult<(Headline, ByteReport)> {
    let file = fs::read(artefact())?;
    let claim = "GPT as a stored artefact, 90 % sparse, 3 bits (embeddings 4): at least 25x";
    Ok((gpt_headline(claim, &file, 25.0, "; `data/gpt-compressed.bin`")?, byte_report(&file)?))
}

/// The compressor chooses by validation data; held-out data say whether the budget was kept.
fn budget(exam: &DigitExam) -> ExampleResult<Headline> {
    let compressor = ModelCompressor {
        max_accuracy_loss: 0.02,
        sparsities: vec![0.97, 0.95, 0.9],
        bits: vec![2, 3],
        epochs: 60,
        learning_rate: 3e-3,
        seed: 1,
    };
    let mut mlp = pretrained::mlp()?;
    let dense = exam.right(&mlp)?;
    let done = compressor.compress(&mut mlp, &exam.train, &exam.validation)?;
    let right = decoded("mlp", &done.file)?;
    let lost = points_lost(dense, right, exam.questions());
    let claim =
        "`ModelCompressor`, MLP, a budget of 2 points, kept on data it has not seen; at least 40x";
    let ratio = MLP_BYTES / done.file.len() as f64;
    let told = format!(
        "{ratio:.1}x: {:.0} % sparse, {} bits, {} rejected, {lost:.2} points lost",
        100.0 * done.report.sparsity,
        done.report.bits,
        done.report.rejected.len()
    );
    Ok(Headline::new(claim, told, lost <= 2.0 && ratio >= 40.0))
}

fn by_part(files: &[(&str, ByteReport)]) -> String {
    let mut text = "## Bytes by part, first seed\n\n| file | header | codebooks | tables | positions | values | biases | all |\n\
                    |---|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for (name, of) in files {
        let ByteReport { header, codebooks, tables, positions, values, biases } = of;
        let total = of.total();
        let _ = writeln!(
            text,
            "| {name} | {header} | {codebooks} | {tables} | {positions} | {values} | {biases} | {total} |"
        );
    }
    text
}

/// The MLP, step by step, together with module 17.
fn ladder(exam: &DigitExam) -> ExampleResult<String> {
    let mut text = "\n## The MLP step by step, together with module 17\n\n| stored as | bytes | of f32 | right |\n|---|---:|---:|---:|\n"
        .to_owned();
    let mut row = |name: &str, bytes: usize, right: f64| {
        let ratio = MLP_BYTES / bytes as f64;
        let _ = writeln!(text, "| {name} | {bytes} | {ratio:.1}x | {right:.0} |");
    };
    let recipe = Recipe { scope: Scope::Global, epochs: 20, learning_rate: 2e-3 };
    for sparsity in [0.0, 0.9] {
        let mut mlp = pretrained::mlp()?;
        if sparsity > 0.0 {
            fine_tune_pruned(&mut mlp, &exam.train, recipe.tuning(sparsity, 1))?;
        }
        let pruned = if sparsity > 0.0 { "90 % pruned, " } else { "" };
        for bits in [8, 4] {
            let stored = StoredWeights::new(&mlp, |_| StorageFormat::Integer { bits })?;
            let mut other = pretrained::mlp()?;
            stored.load_into(&mut other)?;
            row(&format!("{pruned}int{bits}"), stored.nbytes(), exam.right(&other)?);
        }
        for bits in [8, 4, 3] {
            let file = encode_model(&mlp, |_| bits)?;
            row(
                &format!("{pruned}{bits} bits shared, Huffman"),
                file.len(),
                decoded("mlp", &file)?,
            );
        }
    }
    text += "\nint8 and int4 are the stored weights of module 17: zeros cost as much as any number there.\n";
    Ok(text)
}
