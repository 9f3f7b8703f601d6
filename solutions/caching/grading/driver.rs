//! The module's driver: passes each request to the student's code and converts the result. It does
//! not know which answers are right.
//!
//! Each task is left out if the interface that it needs does not compile (`--cfg missing_cache`),
//! so that a changed signature affects only its own task.

#![allow(unexpected_cfgs, reason = "`missing_*` is known only to who compiles a submission")]

use crate::contract::{self, After, Grown, Model, Pass, Room, Saw, Sizes, Step, Told, Turn};
use grader_protocol::{Answer, Floats, StudentError, task};

#[cfg(not(missing_analysis))]
#[path = "driver/analysis.rs"]
mod analysis;
#[cfg(not(any(missing_attention, missing_cache)))]
#[path = "driver/attention.rs"]
mod attention;
#[cfg(not(missing_cache))]
#[path = "driver/cache.rs"]
mod cache;
#[cfg(not(any(missing_generate, missing_model, missing_cache)))]
#[path = "driver/generate.rs"]
mod generate;
#[path = "driver/given.rs"]
mod given;
#[path = "driver/meter.rs"]
mod meter;
#[cfg(not(any(missing_model, missing_cache)))]
#[path = "driver/model.rs"]
mod model;
#[cfg(not(missing_window))]
#[path = "driver/window.rs"]
mod window;

/// Not the alias in the student's crate, so that a missing alias breaks nothing here.
#[allow(dead_code, reason = "unused when every task with errors is missing")]
type Result<T> = std::result::Result<T, caching::CacheError>;

/// The student's code as an implementation of the contract.
#[derive(Default)]
pub struct Student;

#[allow(unused_variables, reason = "what a missing task is asked with")]
impl contract::Caching for Student {
    fn cache(&mut self, room: Room, steps: Vec<Step>) -> Answer<Vec<Saw>> {
        task!([missing_cache], "cache", cache::run(room, steps))
    }

    fn window(&mut self, room: Room, steps: Vec<Step>) -> Answer<Vec<Saw>> {
        task!([missing_window], "window", window::run(room, steps))
    }

    fn attention(
        &mut self,
        model: Model,
        block: usize,
        room: Room,
        passes: Vec<Pass>,
    ) -> Answer<Vec<Saw>> {
        task!(
            [missing_attention, missing_cache],
            "attention",
            attention::run(model, block, room, passes)
        )
    }

    fn block(
        &mut self,
        model: Model,
        block: usize,
        room: Room,
        passes: Vec<Pass>,
    ) -> Answer<Vec<Saw>> {
        task!([missing_model, missing_cache], "model", model::block(model, block, room, passes))
    }

    fn new_cache(&mut self, model: Model, batch: usize) -> Answer<Told> {
        task!([missing_model, missing_cache], "model", model::new_cache(model, batch))
    }

    fn model(
        &mut self,
        model: Model,
        batch: usize,
        room: Option<Room>,
        turns: Vec<Turn>,
    ) -> Answer<Vec<After>> {
        task!([missing_model, missing_cache], "model", model::run(model, batch, room, turns))
    }

    fn generate(
        &mut self,
        model: Model,
        batch: usize,
        room: Option<Room>,
        turns: Vec<Turn>,
    ) -> Answer<Vec<After>> {
        task!(
            [missing_generate, missing_model, missing_cache],
            "generate",
            generate::run(model, batch, room, turns)
        )
    }

    fn sample(
        &mut self,
        sampling: contract::Sampling,
        seed: u64,
        rows: Vec<Floats>,
    ) -> Answer<Vec<std::result::Result<usize, StudentError>>> {
        task!(
            [missing_generate, missing_model, missing_cache],
            "generate",
            generate::sample(sampling, seed, rows)
        )
    }

    fn cache_bytes(&mut self, sizes: Sizes, batch: usize, tokens: usize) -> Answer<u64> {
        task!([missing_analysis], "analysis", Ok(analysis::cache_bytes(sizes, batch, tokens)))
    }

    fn macs(&mut self, sizes: Sizes, n: usize) -> Answer<(u64, u64)> {
        task!([missing_analysis], "analysis", Ok(analysis::macs(sizes, n)))
    }

    fn work(&mut self, sizes: Sizes, prompt: usize, new: usize) -> Answer<(Vec<u64>, Vec<u64>)> {
        task!([missing_analysis], "analysis", Ok(analysis::work(sizes, prompt, new)))
    }

    fn break_even(
        &mut self,
        set_up: f64,
        cached: Vec<f64>,
        recomputed: Vec<f64>,
    ) -> Answer<Option<usize>> {
        task!([missing_analysis], "analysis", analysis::break_even(set_up, &cached, &recomputed))
    }

    fn growth(&mut self, points: Vec<(f64, f64)>, x: f64) -> Answer<Grown> {
        task!([missing_analysis], "analysis", analysis::growth(&points, x))
    }
}
