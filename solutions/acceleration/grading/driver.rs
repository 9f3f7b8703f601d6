//! The module's driver: passes each request to the student's code and converts the result. It does
//! not know which answers are right.
//!
//! Each task is left out if the interface that it needs does not compile (`--cfg missing_naive`),
//! so that a changed signature affects only its own task.

#![allow(unexpected_cfgs, reason = "`missing_*` is known only to who compiles a submission")]

use crate::contract::{self, Array, Counted, Operand, Operation, Product, Window};
use grader_protocol::{Answer, task};

#[cfg(not(missing_backend))]
#[path = "driver/backend.rs"]
mod backend;
#[cfg(not(missing_conv))]
#[path = "driver/conv.rs"]
mod conv;
#[path = "driver/given.rs"]
mod given;
#[cfg(not(missing_roofline))]
#[path = "driver/roofline.rs"]
mod roofline;
#[cfg(not(missing_tiled))]
#[path = "driver/tiled.rs"]
mod tiled;

/// Not the alias in the student's crate, so that a missing alias breaks nothing here.
#[allow(dead_code, reason = "unused when every task with errors is missing")]
type Result<T> = std::result::Result<T, acceleration::AccelError>;

/// The student's code as an implementation of the contract.
#[derive(Default)]
pub struct Student;

#[allow(unused_variables, reason = "what a missing task is asked with")]
impl contract::Acceleration for Student {
    fn naive(&mut self, a: Operand, b: Operand) -> Answer<Product> {
        task!([missing_naive], "naive", given::multiply(&a, &b, acceleration::matmul_naive))
    }

    fn reordered(&mut self, a: Operand, b: Operand) -> Answer<Product> {
        task!(
            [missing_reordered],
            "reordered",
            given::multiply(&a, &b, acceleration::matmul_reordered)
        )
    }

    fn blocked(&mut self, a: Operand, b: Operand, block: usize) -> Answer<Product> {
        task!(
            [missing_blocked],
            "blocked",
            given::multiply(&a, &b, |a, b| acceleration::matmul_blocked(a, b, block))
        )
    }

    fn packed_len(&mut self, rows: usize, columns: usize, tile: usize) -> Answer<usize> {
        task!([missing_tiled], "tiled", tiled::packed_len(rows, columns, tile))
    }

    fn pack(&mut self, matrix: Operand, tile: usize, length: usize) -> Answer<Vec<f32>> {
        task!([missing_tiled], "tiled", tiled::pack(&matrix, tile, length))
    }

    fn tiled(&mut self, a: Operand, b: Operand) -> Answer<Product> {
        task!([missing_tiled], "tiled", given::multiply(&a, &b, acceleration::matmul_tiled))
    }

    fn parallel(&mut self, a: Operand, b: Operand, threads: usize) -> Answer<Product> {
        task!(
            [missing_parallel],
            "parallel",
            given::multiply(&a, &b, |a, b| acceleration::matmul_parallel(a, b, threads))
        )
    }

    fn im2col(&mut self, image: Array, kernel: (usize, usize), window: Window) -> Answer<Product> {
        task!([missing_conv], "conv", conv::im2col(&image, kernel, window))
    }

    fn conv2d_naive(&mut self, input: Array, weight: Array, window: Window) -> Answer<Array> {
        task!([missing_conv], "conv", conv::naive(&input, &weight, window))
    }

    fn conv2d_im2col(&mut self, input: Array, weight: Array, window: Window) -> Answer<Array> {
        task!([missing_conv], "conv", conv::columns(&input, &weight, window))
    }

    fn choose(
        &mut self,
        threads: usize,
        operation: Operation,
        left: Vec<usize>,
        right: Vec<usize>,
    ) -> Answer<contract::Kernel> {
        task!([missing_backend], "backend", backend::choose(threads, operation, &left, &right))
    }

    fn dispatch(
        &mut self,
        threads: usize,
        operation: Operation,
        left: Array,
        right: Array,
    ) -> Answer<Array> {
        task!([missing_backend], "backend", backend::dispatch(threads, operation, &left, &right))
    }

    fn work(&mut self, counted: Counted) -> Answer<contract::Work> {
        task!([missing_roofline], "roofline", roofline::work(counted))
    }

    fn roofline(
        &mut self,
        flops_per_second: f64,
        bytes_per_second: f64,
        counted: Counted,
        seconds: f64,
    ) -> Answer<contract::Roof> {
        task!(
            [missing_roofline],
            "roofline",
            roofline::roof((flops_per_second, bytes_per_second), counted, seconds)
        )
    }
}
