//! The values between the contract's bodies and the student's code. Nothing here knows which answers are right.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

#[cfg(not(missing_cache))]
#[path = "driver/cache.rs"]
mod cache;
#[path = "driver/given.rs"]
mod given;
#[cfg(not(missing_model))]
#[path = "driver/model.rs"]
mod model;
#[cfg(not(missing_window))]
#[path = "driver/window.rs"]
mod window;

#[allow(unused_imports, reason = "unused when the tasks that use them are missing")]
use course_data::{array, gpt_config, tensor};
#[allow(unused_imports, reason = "unused when the tasks that use it are missing")]
use given::gpt;

caching_driver!();
