//! The grading of one submission: its grader, its inputs and when to stop.

use crate::early_end::EarlyEnd;
use crate::grader::Grader;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the stages of one grading share. None of it changes while they run.
#[derive(Clone, Copy)]
pub struct GradingSession<'a> {
    /// The course's side.
    pub grader: &'a Grader,
    /// All hidden inputs are drawn from it.
    pub seed: u64,
    /// Set to end early.
    pub stop: &'a AtomicBool,
}

impl GradingSession<'_> {
    /// # Errors
    /// When the run was stopped.
    pub fn go_on(&self) -> Result<(), EarlyEnd> {
        if self.stop.load(Ordering::Relaxed) { Err(EarlyEnd::Stopped) } else { Ok(()) }
    }
}
