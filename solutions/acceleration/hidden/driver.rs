//! The module's driver: hands each request to the student's code and converts what comes back.
//! It knows nothing of right or wrong.
//!
//! Each task is left out when the interface that it needs does not compile (`--cfg missing_naive`),
//! so that a changed signature costs its own task and no other.

#![allow(unexpected_cfgs, reason = "`missing_*` is known only to who compiles a submission")]

use crate::contract::{self, Operand, Product};
use grader_protocol::{Answer, StudentError};

#[path = "driver/products.rs"]
mod products;

/// Not the alias of the student's crate: one thing less that can be missing there.
#[allow(dead_code, reason = "unused when every task with errors is missing")]
type Result<T> = std::result::Result<T, acceleration::AccelError>;

/// Calls into a task's module, or says that the task is missing.
macro_rules! task {
    ($task:ident, $missing:ident, $answer:expr, $($argument:expr),*) => {{
        #[cfg(not($missing))]
        let answer = answer($answer);
        #[cfg($missing)]
        let answer = {
            let _ = ($($argument),*);
            Err(StudentError::unavailable(concat!(
                "the public interface of task `", stringify!($task),
                "` is not the one that the handout gives; the report of the compilation names the \
                 item and its signature",
            )))
        };
        answer
    }};
}

#[allow(dead_code, reason = "unused when every task with errors is missing")]
fn answer<T>(result: Result<T>) -> Answer<T> {
    result.map_err(|error| StudentError::of(&error))
}

/// What the given part of the crate made of a request of ours.
fn given<T>(result: Result<T>) -> T {
    result.unwrap_or_else(|error| unreachable!("a request that the given code refuses: {error}"))
}

/// The student's code, behind the contract.
#[derive(Default)]
pub struct Student;

impl contract::Acceleration for Student {
    fn naive(&mut self, a: Operand, b: Operand) -> Answer<Product> {
        task!(naive, missing_naive, products::multiply(&a, &b, acceleration::matmul_naive), a, b)
    }

    fn reordered(&mut self, a: Operand, b: Operand) -> Answer<Product> {
        task!(
            reordered,
            missing_reordered,
            products::multiply(&a, &b, acceleration::matmul_reordered),
            a,
            b
        )
    }
}
