//! The log: what a grading does, stage by stage, on standard error. There is none unless `RUST_LOG` asks for
//! it: `RUST_LOG=grader=debug`, or `grader=trace` with each start of a driver.

use crate::args::ColorMode;
use crate::style;
use std::fmt;
use std::io::{IsTerminal, stderr};
use std::time::Instant;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// Starts the log. Called once.
pub fn start(colour: ColorMode) {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_timer(SecondsSinceStart(Instant::now()))
        .with_ansi(style::is_coloured(colour, stderr().is_terminal()))
        .with_writer(stderr)
        .init();
}

/// Writes the seconds since the program started: what a reader wants to know is how long something took.
struct SecondsSinceStart(Instant);

impl FormatTime for SecondsSinceStart {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{:9.3} s", self.0.elapsed().as_secs_f64())
    }
}
