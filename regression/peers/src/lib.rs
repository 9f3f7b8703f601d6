//! tinytorch measured beside `PyTorch` and candle: the same weights, the same
//! batch, checked to give the same results, in turn, on one machine.
//!
//! Every framework runs in a process of its own ([`worker`], `python/worker.py`)
//! and is told over a pipe what to compute ([`protocol`]). This program makes
//! weights and batches ([`problem`]), compares the results ([`agree`]), lets the
//! processes take turns ([`measure`]) and shows what came out ([`report`]).
//!
//! In the same way, [`mod@reference`] measures the solutions of two modules beside
//! libraries, and beside what the machine allows, and [`int8`] layers that compute in
//! bytes beside those of two frameworks.

pub mod agree;
pub mod clock;
pub mod exchange;
pub mod int8;
pub mod measure;
pub mod peer;
pub mod problem;
pub mod process;
pub mod profile;
pub mod protocol;
pub mod reference;
pub mod report;
mod svg;
mod tables;
pub mod training;
pub mod worker;
