//! The commands of a grader. A program lists the modules of its course and calls [`run`].

mod args;
mod cases;
mod check;
mod class_json;
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
use grader_judge::Module;
use std::process::ExitCode;

/// Runs the command that the arguments of this process name, for a course that consists of `modules`.
pub fn run(modules: &'static [Module]) -> ExitCode {
    let arguments = Arguments::parse();
    log::start(arguments.color);
    let result = match &arguments.command {
        Command::Grade(options) => grade::run(modules, &arguments, options),
        Command::Check(options) => check::run(modules, &arguments, options),
        Command::Release(options) => release::run(modules, &arguments, options),
        Command::Report(options) => report::run(modules, &arguments, options),
        Command::Decide(options) => decide::run(modules, &arguments, options),
        Command::Cases(options) => cases::run(modules, &arguments, options),
        Command::Withdraw(options) => withdraw::run(modules, &arguments, options),
        Command::Doctor(options) => doctor::run(modules, &arguments, options),
    };
    result.unwrap_or_else(|failure| failure.tell()).into()
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
