//! tinytorch measured beside `PyTorch` and candle: the same weights, the same
//! batch, checked to give the same results, in turn, on one machine.
//!
//! Every framework runs in a process of its own ([`worker`], `python/worker.py`)
//! and is told over a pipe what to compute ([`protocol`]). This program makes
//! weights and batches ([`problem`]), compares the results ([`agree`]), lets the
//! processes take turns ([`measure`]) and shows what came out ([`report`]).

pub mod agree;
pub mod clock;
pub mod exchange;
pub mod measure;
pub mod peer;
pub mod problem;
pub mod profile;
pub mod protocol;
pub mod report;
pub mod training;
pub mod worker;
