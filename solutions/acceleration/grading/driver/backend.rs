//! Task `backend`.

use super::contract::{self, Array};
use super::{Result, given};
use acceleration::{Kernel, Operation, OptimizedBackend};

pub(super) fn choose(
    threads: usize,
    operation: contract::Operation,
    left: &[usize],
    right: &[usize],
) -> Result<contract::Kernel> {
    let backend = OptimizedBackend::new(threads)?;
    backend.choose(converted(operation), left, right).map(named)
}

pub(super) fn dispatch(
    threads: usize,
    operation: contract::Operation,
    left: &Array,
    right: &Array,
) -> Result<Array> {
    let backend = OptimizedBackend::new(threads)?;
    let (left, right) = (given::tensor(left)?, given::tensor(right)?);
    backend.dispatch(converted(operation), &left, &right).map(|output| given::array(&output))
}

fn converted(operation: contract::Operation) -> Operation {
    match operation {
        contract::Operation::MatMul => Operation::MatMul,
        contract::Operation::Conv2d(window) => Operation::Conv2d(given::window(window)),
    }
}

fn named(kernel: Kernel) -> contract::Kernel {
    match kernel {
        Kernel::Naive => contract::Kernel::Naive,
        Kernel::Reordered => contract::Kernel::Reordered,
        Kernel::Blocked => contract::Kernel::Blocked,
        Kernel::Tiled => contract::Kernel::Tiled,
        Kernel::Parallel => contract::Kernel::Parallel,
        Kernel::ConvNaive => contract::Kernel::ConvNaive,
        Kernel::ConvIm2col => contract::Kernel::ConvIm2col,
    }
}
