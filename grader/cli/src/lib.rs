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
mod infer_module;
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
mod seed;
mod stdout;
mod store;
mod style;
mod time_left;
mod withdraw;

use args::{GraderArguments, GraderCommand};
use clap::Parser;
use exit::ExitKind;
use grader_judge::Module;
use std::process::ExitCode;

/// Runs the command that the arguments of this process name, for a course that consists of `modules`.
pub fn run(modules: &'static [Module]) -> ExitCode {
    let arguments = GraderArguments::parse();
    log::start(arguments.color);
    let result = match &arguments.command {
        GraderCommand::Grade(options) => grade::run(modules, &arguments, options),
        GraderCommand::Check(options) => check::run(modules, &arguments, options),
        GraderCommand::Release(options) => release::run(modules, &arguments, options),
        GraderCommand::Report(options) => report::run(modules, &arguments, options),
        GraderCommand::Decide(options) => decide::run(modules, &arguments, options),
        GraderCommand::Cases(options) => cases::run(modules, &arguments, options),
        GraderCommand::Withdraw(options) => withdraw::run(modules, &arguments, options),
        GraderCommand::Doctor(options) => doctor::run(modules, &arguments, options),
    };
    result.unwrap_or_else(|failure| failure.tell()).into()
}

impl From<ExitKind> for ExitCode {
    fn from(exit: ExitKind) -> Self {
        Self::from(exit.code())
    }
}
