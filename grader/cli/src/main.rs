//! `grader`: grades submissions, and keeps the course that they belong to.

mod args;
mod check;
mod class_view;
mod course;
mod decide;
mod doctor;
mod exit;
mod grade;
mod log;
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
    log::start(arguments.color);
    let result = match &arguments.command {
        Command::Grade(options) => grade::run(&arguments, options),
        Command::Check(options) => check::run(&arguments, options),
        Command::Release(options) => release::run(&arguments, options),
        Command::Report(options) => report::run(&arguments, options),
        Command::Decide(options) => decide::run(&arguments, options),
        Command::Withdraw(options) => withdraw::run(&arguments, options),
        Command::Doctor(options) => doctor::run(&arguments, options),
    };
    result.unwrap_or_else(|failure| failure.tell()).into()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
