//! From requests to calls of the student's function.

#![allow(unexpected_cfgs, reason = "`missing_*` is known only to who compiles a submission")]

use crate::contract;
use grader_protocol::{Answer, task};

/// The student's code, behind the contract.
#[derive(Default)]
pub struct Student;

#[allow(unused_variables, reason = "what a missing task is asked with")]
impl contract::Scratch for Student {
    fn double(&mut self, x: f64) -> Answer<f64> {
        task!([missing_double], "double", Ok(scratch::double(x)))
    }
}
