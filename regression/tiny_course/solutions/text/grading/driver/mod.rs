//! The contract around the student's code.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

text_driver!();
