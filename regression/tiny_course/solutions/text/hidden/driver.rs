//! From requests to calls of the student's functions.

#![allow(unexpected_cfgs, reason = "the grader sets `missing_*` when it compiles a submission")]

use crate::contract;
use grader_protocol::{Answer, task};

/// The student's code, behind the contract.
#[derive(Default)]
pub struct Student;

#[allow(unused_variables, reason = "a task that is left out uses no argument")]
impl contract::Text for Student {
    fn count(&mut self, text: String) -> Answer<usize> {
        task!([missing_count], "count", Ok(::text::count(&text)))
    }

    fn longest(&mut self, text: String) -> Answer<String> {
        task!([missing_longest], "longest", Ok(::text::longest(&text).to_owned()))
    }
}
