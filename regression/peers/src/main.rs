//! The command line.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};

use peers::measure::Plan;
use peers::protocol::Task;
use peers::{problem, profile, report, training, worker};

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
    /// Where tinytorch's own time goes, layer by layer.
    #[command(after_help = "Example: peers profile --model gpt --task training")]
    Profile(Profile),
    /// The other end of a pipe: answers requests on stdin.
    #[command(hide = true)]
    Worker { framework: Worker },
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
        Command::Profile(arguments) => show_profile(&arguments),
        Command::Worker { framework: Worker::Ours } => worker::serve::<worker::Ours>(),
        Command::Worker { framework: Worker::Candle } => worker::serve::<worker::Candle>(),
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
    let plan = if arguments.quick {
        Plan { rounds: 6, seconds: 0.008 }
    } else {
        Plan { rounds: arguments.rounds as usize, seconds: 0.025 }
    };
    let (python, models) = (arguments.python.clone(), arguments.model.clone());
    let one_thread = arguments.one_thread;
    let report = training::run(&training::Options { python, models, tasks, plan, one_thread })?;
    if let Some(path) = &arguments.svg {
        std::fs::write(path, report::svg(&report))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    match arguments.format {
        Format::Table => print!("{}", report::table(&report)),
        Format::Markdown => print!("{}", report::markdown(&report)),
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(())
}
