//! The stages of a grading, in order: collect, compile, sandbox, drive, judge, score.

pub mod collect;
