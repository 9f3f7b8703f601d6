//! The values between the contract's bodies and the student's code. Nothing here knows which answers are right.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

mod given;
mod train;

#[allow(unused_imports, reason = "unused when the tasks that use them are missing")]
use course_data::{array, tensor as tensor_of};

compression_driver!();
