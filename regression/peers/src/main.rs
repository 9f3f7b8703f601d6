//! The command line.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};

use peers::measure::Plan;
use peers::protocol::Task;
use peers::{int8, problem, profile, reference, report, training, worker};

/// tinytorch measured beside PyTorch and candle.
#[expect(clippy::doc_markdown, reason = "this is shown as help, where backticks would stay")]
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Inference and training steps of an MLP, a CNN and two GPTs.
    ///
    /// Weights, batch and targets are the same for all, and outputs, losses,
    /// gradients and updated parameters are compared before anything is timed.
    #[command(after_help = "Examples:
  peers training --python VENV/bin/python
  peers training --quick --model gpt --task training
  peers training --format markdown --svg peers.svg > table.md

PyTorch is optional: python3 -m venv VENV && VENV/bin/pip install torch numpy")]
    Training(Training),
    /// How fast the course's solutions are: matrix products and cached decoding.
    ///
    /// The ladder of module `acceleration` beside ndarray, nalgebra, faer, gemm and NumPy;
    /// the next token with a cache beside full recompute, candle, PyTorch, and the
    /// time that reading the bytes takes. Results are compared before anything is timed.
    #[expect(clippy::doc_markdown, reason = "this is shown as help, where backticks would stay")]
    #[command(after_help = "Examples:
  peers reference --python VENV/bin/python
  peers reference --quick --size 128 --context 50
  peers reference --python VENV/bin/python --record regression/peers/RESULTS.md

Python is optional: python3 -m venv VENV && VENV/bin/pip install torch numpy")]
    Reference(Reference),
    /// Layers that compute in bytes: linear layers and a convolution.
    ///
    /// Those of module `quantization` beside f32, ONNX Runtime and PyTorch, from f32 to f32
    /// and from bytes to bytes. Results are compared with exact ones before anything is timed.
    #[expect(clippy::doc_markdown, reason = "this is shown as help, where backticks would stay")]
    #[command(after_help = "Examples:
  peers int8 --python VENV/bin/python
  peers int8 --quick --layer convolution
  peers int8 --python VENV/bin/python --record regression/peers/RESULTS.md

Python is optional: python3 -m venv VENV && VENV/bin/pip install torch numpy onnx onnxruntime")]
    Int8(Int8),
    /// Where tinytorch's own time goes, layer by layer.
    #[command(after_help = "Example: peers profile --model gpt --task training")]
    Profile(Profile),
    /// The other end of a pipe: answers requests on stdin.
    #[command(hide = true)]
    Worker { framework: Worker },
    /// The other end of a pipe, for `reference` and `int8`.
    #[command(hide = true)]
    ReferenceWorker { name: String },
}

#[expect(clippy::doc_markdown, reason = "this is shown as help, where backticks would stay")]
#[derive(Args)]
struct Training {
    /// The Python interpreter that has PyTorch.
    #[arg(long, value_name = "PATH", default_value = "python3")]
    python: PathBuf,
    /// Only this model; may be repeated.
    #[arg(long, value_parser = ["mlp", "cnn", "gpt", "gpt-wide"])]
    model: Vec<String>,
    /// Only this task.
    #[arg(long, value_enum)]
    task: Option<TaskName>,
    /// How often each is measured.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u64).range(2..))]
    rounds: u64,
    /// Six rounds of short measurements, for a first look.
    #[arg(long)]
    quick: bool,
    /// Leaves out the contenders that use all threads: they mean nothing on a
    /// busy machine.
    #[arg(long)]
    one_thread: bool,
    /// What is written to stdout.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Also draws the ratios, into this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

#[expect(clippy::doc_markdown, reason = "this is shown as help, where backticks would stay")]
#[derive(Args)]
struct Reference {
    /// The Python interpreter that has NumPy and PyTorch.
    #[arg(long, value_name = "PATH", default_value = "python3")]
    python: PathBuf,
    /// Side of the matrices; may be repeated; 0 for none.
    #[arg(long, value_name = "N", default_values_t = [128, 256, 500, 1024])]
    size: Vec<usize>,
    /// Tokens in the context, 2 or more; may be repeated; 0 for none.
    #[arg(long, value_name = "T", default_values_t = [25, 50, 100, 200, 512, 1024])]
    context: Vec<usize>,
    /// How often each is measured.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u64).range(2..))]
    rounds: u64,
    /// Six rounds of short measurements, for a first look.
    #[arg(long)]
    quick: bool,
    /// What is written to stdout.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Also draws the figures, into this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Puts tables into this document, where earlier ones are, and draws
    /// reference.svg beside it.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

#[expect(clippy::doc_markdown, reason = "this is shown as help, where backticks would stay")]
#[derive(Args)]
struct Int8 {
    /// The Python interpreter that has ONNX Runtime and PyTorch.
    #[arg(long, value_name = "PATH", default_value = "python3")]
    python: PathBuf,
    /// Only this layer; may be repeated.
    #[arg(long, value_parser = ["linear", "single", "convolution"])]
    layer: Vec<String>,
    /// How often each is measured.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u64).range(2..))]
    rounds: u64,
    /// Six rounds of short measurements, for a first look.
    #[arg(long)]
    quick: bool,
    /// What is written to stdout.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Also draws the figures, into this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Puts tables into this document, where earlier ones are, and draws
    /// int8.svg beside it.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

#[derive(Args)]
struct Profile {
    /// Only this model; may be repeated.
    #[arg(long, value_parser = ["mlp", "cnn", "gpt", "gpt-wide"])]
    model: Vec<String>,
    /// Only this task.
    #[arg(long, value_enum)]
    task: Option<TaskName>,
    /// How often each layer runs.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    repetitions: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Markdown,
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum TaskName {
    Inference,
    Training,
}

#[derive(Clone, Copy, ValueEnum)]
enum Worker {
    Ours,
    Candle,
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Training(arguments) => measure(&arguments),
        Command::Reference(arguments) => measure_reference(arguments),
        Command::Int8(arguments) => measure_int8(arguments),
        Command::ReferenceWorker { name } => reference::subject::serve(&name),
        Command::Profile(arguments) => show_profile(&arguments),
        Command::Worker { framework: Worker::Ours } => worker::serve::<worker::Ours>(),
        #[cfg(feature = "frameworks")]
        Command::Worker { framework: Worker::Candle } => worker::serve::<worker::Candle>(),
        #[cfg(not(feature = "frameworks"))]
        Command::Worker { framework: Worker::Candle } => {
            anyhow::bail!("built without the feature `frameworks`")
        }
    }
}

fn tasks(only: Option<TaskName>) -> Vec<Task> {
    match only {
        Some(TaskName::Inference) => vec![Task::Inference],
        Some(TaskName::Training) => vec![Task::Training],
        None => vec![Task::Inference, Task::Training],
    }
}

fn show_profile(arguments: &Profile) -> Result<()> {
    for problem in problem::chosen(&arguments.model)? {
        for task in tasks(arguments.task) {
            println!("{}", profile::run(&problem, task, arguments.repetitions as usize)?);
        }
    }
    Ok(())
}

fn measure(arguments: &Training) -> Result<()> {
    let tasks = tasks(arguments.task);
    let plan = plan(arguments.quick, arguments.rounds);
    let (python, models) = (arguments.python.clone(), arguments.model.clone());
    let one_thread = arguments.one_thread;
    let report = training::run(&training::Options { python, models, tasks, plan, one_thread })?;
    if let Some(path) = &arguments.svg {
        write(path, &report::svg(&report))?;
    }
    match arguments.format {
        Format::Table => print!("{}", report::table(&report)),
        Format::Markdown => print!("{}", report::markdown(&report)),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(())
}

fn measure_reference(arguments: Reference) -> Result<()> {
    let plan = plan(arguments.quick, arguments.rounds);
    let some = |values: Vec<usize>| values.into_iter().filter(|&value| value > 0).collect();
    let (sizes, contexts) = (some(arguments.size), some(arguments.context));
    let python = arguments.python;
    let report = reference::run(&reference::Options { python, sizes, contexts, plan })?;
    if let Some(path) = &arguments.svg {
        write(path, &reference::report::svg(&report))?;
    }
    match arguments.format {
        Format::Table => print!("{}", reference::report::table(&report)),
        Format::Markdown => print!("{}", reference::report::markdown(&report)),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    if let Some(path) = &arguments.record {
        let document = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        write(path, &reference::report::record(&document, &report)?)?;
        write(&path.with_file_name("reference.svg"), &reference::report::svg(&report))?;
    }
    Ok(())
}

fn measure_int8(arguments: Int8) -> Result<()> {
    let plan = plan(arguments.quick, arguments.rounds);
    let wanted = |case: &int8::problem::Case| {
        arguments.layer.is_empty() || arguments.layer.iter().any(|key| key == case.key)
    };
    let cases = int8::problem::CASES.into_iter().filter(wanted).collect();
    let report = int8::run(&int8::Options { python: arguments.python, cases, plan })?;
    if let Some(path) = &arguments.svg {
        write(path, &int8::report::svg(&report))?;
    }
    match arguments.format {
        Format::Table => print!("{}", int8::report::table(&report)),
        Format::Markdown => print!("{}", int8::report::markdown(&report)),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    if let Some(path) = &arguments.record {
        let document = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        write(path, &int8::report::record(&document, &report)?)?;
        write(&path.with_file_name("int8.svg"), &int8::report::svg(&report))?;
    }
    Ok(())
}

fn plan(quick: bool, rounds: u64) -> Plan {
    if quick {
        Plan { rounds: 6, seconds: 0.008 }
    } else {
        Plan { rounds: rounds as usize, seconds: 0.025 }
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
