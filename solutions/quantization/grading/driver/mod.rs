//! The values between the contract's bodies and the student's code. Nothing here knows which answers are right.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

#[cfg(not(any(missing_finetune, missing_precision)))]
mod finetune;
mod given;
#[cfg(not(missing_linear))]
mod layers;
#[cfg(not(missing_model))]
mod model;
#[cfg(not(missing_precision))]
mod precision;

#[allow(unused_imports, reason = "unused when the tasks that use them are missing")]
use course_data::{array, tensor as tensor_of};

quantization_driver!();
