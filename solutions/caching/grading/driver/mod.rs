//! The values between the contract's bodies and the student's code. Nothing here knows which answers are right.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

#[cfg(not(missing_cache))]
mod cache;
mod given;
#[cfg(not(missing_model))]
mod model;
#[cfg(not(missing_window))]
mod window;

#[allow(unused_imports, reason = "unused when the tasks that use them are missing")]
use {
    course_data::{array, gpt_config, tensor},
    given::gpt,
};

caching_driver!();
