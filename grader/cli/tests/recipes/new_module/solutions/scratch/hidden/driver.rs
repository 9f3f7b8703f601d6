//! From requests to calls of the student's function.

#![allow(unexpected_cfgs, reason = "`missing_*` is known only to who compiles a submission")]

use crate::contract;
use grader_protocol::Answer;

/// The student's code, behind the contract.
#[derive(Default)]
pub struct Student;

impl contract::Scratch for Student {
    #[cfg(not(missing_double))]
    fn double(&mut self, x: f64) -> Answer<f64> {
        Ok(scratch::double(x))
    }

    #[cfg(missing_double)]
    fn double(&mut self, _: f64) -> Answer<f64> {
        Err(grader_protocol::StudentError::unavailable("`double` is not as the handout has it"))
    }
}
