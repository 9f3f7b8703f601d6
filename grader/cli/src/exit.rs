//! How the program ends. The code says "graded" or "not graded", never "passed".

use std::fmt::Display;

/// The exit codes, as `--help` documents them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitKind {
    /// What was asked for was done: whatever the points are.
    Done,
    /// `release --check` found stale files or leaked answers; `doctor` found something missing.
    Findings,
    /// The input cannot be used: nothing was graded.
    BadInput,
    /// At least one entry has no grade.
    NoGrade,
    /// The grader itself failed, or could not store a result.
    OurFault,
    /// Ended by Ctrl-C; what was graded is kept and is not graded again.
    Interrupted,
}

impl ExitKind {
    /// The number that the shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::BadInput => 2,
            Self::NoGrade | Self::OurFault => 3,
            Self::Interrupted => 130,
        }
    }
}

/// A message is cut here: it may quote a student.
const LONGEST: usize = 16 << 10;

/// For `--help`.
pub const HELP: &str = "\
Exit codes:
  0    done: everybody has a grade, whatever the points
  1    findings: `release --check` found stale files or leaked answers, `doctor` something missing
  2    bad input: nothing was graded
  3    at least one entry has no grade (which is no zero): it cannot be graded, and the report says
       why, or the grader failed: run again; or a result could not be stored
  130  interrupted: what was graded is kept, run again to go on";

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub struct CommandFailure {
    exit: ExitKind,
    message: String,
}

impl CommandFailure {
    /// The input cannot be used.
    pub fn bad_input(message: impl Display) -> Self {
        Self { exit: ExitKind::BadInput, message: message.to_string() }
    }

    /// We failed.
    pub fn ours(message: impl Display) -> Self {
        Self { exit: ExitKind::OurFault, message: message.to_string() }
    }

    /// Says so on standard error.
    pub fn tell(&self) -> ExitKind {
        eprintln!("grader: {}", grader_report::escape::block(&self.message, LONGEST));
        self.exit
    }
}

impl Display for CommandFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<grader_pipeline::Fault> for CommandFailure {
    fn from(fault: grader_pipeline::Fault) -> Self {
        Self::ours(fault)
    }
}

/// The result of a command.
pub type Result<T> = std::result::Result<T, CommandFailure>;
