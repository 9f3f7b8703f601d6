//! `grader`: grades submissions, and keeps the course that they belong to.

mod args;
mod cases;
mod check;
mod class_view;
mod course;
mod decide;
mod doctor;
mod exit;
mod grade;
mod lookup;
mod operator;
mod pages;
mod printed_command;
mod progress;
mod release;
mod replay;
mod report;
mod run_lock;
mod say;
mod seed;
mod store;
mod style;
mod time_left;
mod which;
mod withdraw;

use args::{Arguments, Command};
use clap::Parser;
use exit::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_logging();
    let result = match &arguments.command {
        Command::Grade(options) => grade::run(&arguments, options),
        Command::Check(options) => check::run(&arguments, options),
        Command::Release(options) => release::run(&arguments, options),
        Command::Report(options) => report::run(&arguments, options),
        Command::Decide(options) => decide::run(&arguments, options),
        Command::Cases(options) => cases::run(&arguments, options),
        Command::Withdraw(options) => withdraw::run(&arguments, options),
        Command::Doctor(options) => doctor::run(&arguments, options),
    };
    result.unwrap_or_else(|failure| failure.tell()).into()
}

/// Logs go to standard error and only when asked for: `RUST_LOG=grader=debug`.
fn start_logging() {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
