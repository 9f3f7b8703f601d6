//! Task `backend`.

use super::prelude::*;
use super::rungs::names_both;
use crate::oracle::convolution;
use contract::{Array, Kernel, Operation, Window};

cases! { task "backend", client Client;
    /// Products of any shape are right, vectors, odd sizes and empty ones included.
    backend_multiplies_any_shape;
    /// Products large enough for tiles and for threads are right.
    backend_multiplies_large_matrices after [backend_multiplies_any_shape];
    /// Transposed tensors are right.
    backend_multiplies_views after [backend_multiplies_any_shape];
    /// Convolutions are right, whatever their size, stride and padding.
    backend_convolves;
    /// NaN and infinity pass through every kernel.
    backend_keeps_what_is_not_finite after [backend_multiplies_any_shape];
    /// A product gets a kernel for products, a convolution one for convolutions.
    backend_chooses_among_the_right_kernels;
    /// One thread never means threads.
    backend_needs_two_threads_for_parallel after [backend_chooses_among_the_right_kernels];
    /// A small product is not worth a second thread.
    backend_keeps_small_products_on_one_thread after [backend_chooses_among_the_right_kernels];
    /// A large product is worth every thread there is.
    backend_gives_large_products_to_threads after [backend_chooses_among_the_right_kernels];
    /// The three loops are never the answer to a product of some size.
    backend_leaves_the_naive_loops_behind after [backend_chooses_among_the_right_kernels];
    /// `0` threads are refused.
    backend_refuses_no_threads;
    /// Shapes that do not fit are refused, by name.
    backend_refuses_a_mismatch;
}

fn matrix(draw: &mut Draw, rows: usize, columns: usize) -> Array {
    Array {
        shape: vec![rows, columns],
        data: Floats(normals(draw, rows * columns)),
        axes: Vec::new(),
    }
}

/// A matrix as an operand of the oracle.
fn seen(of: &Array) -> Operand {
    let (shape, data) = convolution::logical(of);
    Operand { data, shape: (shape[0], shape[1]), strides: (shape[1], 1) }
}

fn multiplies(
    message: &'static str,
    threads: usize,
    code: &mut Client,
    (left, right): (Array, Array),
) -> CaseVerdict {
    let (a, b) = (seen(&left), seen(&right));
    let got = code.dispatch(threads, Operation::MatMul, left, right)?;
    check::equal(message, &got.shape, &vec![a.shape.0, b.shape.1])?;
    product::elements_agree(message, &got.data.0, &product::exact(&a, &b), a.shape.1)
}

pub fn backend_multiplies_any_shape(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`dispatch` should be right for every shape, whichever kernel is chosen for it";
    let sizes = [0, 1, 2, 3, 7, 16, 31, 65];
    for threads in [1, 3] {
        for _ in 0..40 {
            let (m, k, n) = (*draw.pick(&sizes), *draw.pick(&sizes), *draw.pick(&sizes));
            let operands = (matrix(draw, m, k), matrix(draw, k, n));
            multiplies(message, threads, code, operands)?;
        }
    }
    Ok(())
}

pub fn backend_multiplies_large_matrices(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`dispatch` should be right for large products, on one thread and on several";
    for threads in [1, 2, 3] {
        for (m, k, n) in [(101, 97, 103), (211, 199, 203), (1, 409, 311), (307, 401, 1)] {
            let operands = (matrix(draw, m, k), matrix(draw, k, n));
            multiplies(message, threads, code, operands)?;
        }
    }
    Ok(())
}

fn backend_multiplies_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`dispatch` should read a transposed tensor in the order of its axes: it has no \
                   `as_slice`";
    for size in [2, 9, 40] {
        let (m, k, n) = (size, size + draw.int(1..=9), size + draw.int(1..=9));
        let (left, right) = (matrix(draw, k, m), matrix(draw, n, k));
        let turned = |of: Array| Array { axes: vec![1, 0], ..of };
        multiplies(message, 1, code, (turned(left.clone()), turned(right)))?;
        let right = matrix(draw, k, n);
        multiplies(message, 2, code, (turned(left), right))?;
    }
    Ok(())
}

fn backend_convolves(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`dispatch` should convolve with the operation's stride and padding";
    for (channels, filters, size) in [(1, 1, 4), (2, 3, 7), (3, 5, 12), (8, 9, 14)] {
        let stride = (draw.int(1..=2), draw.int(1..=3));
        let window = Window { stride, padding: (draw.int(0..=2), draw.int(0..=1)) };
        let [input, weight] =
            [[2, channels, size, size + 1], [filters, channels, 3, 2]].map(|shape| {
                let data = normals(draw, shape.iter().product());
                Array { shape: shape.to_vec(), data: Floats(data), axes: Vec::new() }
            });
        let (shape, expected) = convolution::convolve(&input, &weight, window);
        let got = code.dispatch(1, Operation::Conv2d(window), input, weight)?;
        check::equal(message, &got.shape, &shape)?;
        product::elements_agree(message, &got.data.0, &expected, channels * 6)?;
    }
    Ok(())
}

fn backend_keeps_what_is_not_finite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`dispatch` should keep NaN and infinity: 0 times infinity is NaN";
    for size in [1, 3, 20, 50] {
        for (x, y) in [(0.0, f32::INFINITY), (f32::NAN, 0.0), (f32::NEG_INFINITY, 2.0)] {
            let (mut left, mut right) = (matrix(draw, size, size), matrix(draw, size, size));
            let (i, p, j) =
                (draw.int(0..=size - 1), draw.int(0..=size - 1), draw.int(0..=size - 1));
            left.data.0[i * size + p] = x;
            right.data.0[p * size + j] = y;
            multiplies(message, 1, code, (left, right))?;
        }
    }
    Ok(())
}

fn choose(code: &mut Client, threads: usize, [m, k, n]: [usize; 3]) -> Reply<Kernel> {
    code.choose(threads, Operation::MatMul, vec![m, k], vec![k, n])
}

const fn is_convolution(kernel: Kernel) -> bool {
    matches!(kernel, Kernel::ConvNaive | Kernel::ConvIm2col)
}

fn backend_chooses_among_the_right_kernels(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`choose` should name a product's kernel for a product, a convolution's for a \
                   convolution";
    for size in [0, 1, 5, 40, 300, 2000] {
        let of_product = choose(code, draw.int(1..=4), [size, size + 1, size + 2])?;
        check::that(!is_convolution(of_product), message, || format!("{size}: {of_product:?}"))?;
    }
    for (channels, size) in [(1, 4), (3, 16), (64, 56)] {
        let window = Window { stride: (1, 1), padding: (1, 1) };
        let (left, right) = (vec![2, channels, size, size], vec![channels + 1, channels, 3, 3]);
        let kernel = code.choose(draw.int(1..=4), Operation::Conv2d(window), left, right)?;
        check::that(is_convolution(kernel), message, || format!("{size}: {kernel:?}"))?;
    }
    Ok(())
}

fn backend_needs_two_threads_for_parallel(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`choose` should never name `Parallel` when there is one thread";
    for size in [1, 64, 500, 3000] {
        let kernel = choose(code, 1, [size, size, size + draw.int(0..=9)])?;
        check::that(kernel != Kernel::Parallel, message, || format!("{size}"))?;
    }
    Ok(())
}

fn backend_keeps_small_products_on_one_thread(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "`choose` should not start threads for 64 x 64 x 64 multiply-accumulates or fewer";
    let threads = draw.int(2..=8);
    for shape in
        [[64, 64, 64], [1, 1, 1], [4000, 8, 8], [8, 4000, 8], [0, 9, 9], [5, 0, 5], [64, 4096, 1]]
    {
        let kernel = choose(code, threads, shape)?;
        check::that(kernel != Kernel::Parallel, message, || format!("{threads}: {shape:?}"))?;
    }
    Ok(())
}

fn backend_gives_large_products_to_threads(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`choose` should name `Parallel` for 512 x 512 x 512 multiply-accumulates or more in \
                   64 or more rows, when there are threads";
    for shape in
        [[512, 512, 512], [1024, 1000, 999], [64, 4096, 512], [64, 512, 4096], [20_000, 100, 100]]
    {
        let threads = draw.int(2..=16);
        let kernel = choose(code, threads, shape)?;
        check::that(kernel == Kernel::Parallel, message, || {
            format!("{threads}: {shape:?}: {kernel:?}")
        })?;
    }
    Ok(())
}

fn backend_leaves_the_naive_loops_behind(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`choose` should not name `Naive` from 128 x 128 x 128 on";
    for size in [128, 129, 500, 1024] {
        let kernel = choose(code, draw.int(1..=4), [size, size, size])?;
        check::that(kernel != Kernel::Naive, message, || format!("{size}"))?;
    }
    Ok(())
}

fn backend_refuses_no_threads(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a backend with 0 threads should be `NoThreads`";
    check::returns_error(message, choose(code, 0, [2, 3, 4]), "NoThreads")?;
    let (left, right) = (matrix(draw, 2, 3), matrix(draw, 3, 4));
    let result = code.dispatch(0, Operation::MatMul, left, right);
    check::returns_error(message, result, "NoThreads")
}

fn backend_refuses_a_mismatch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (m, k, n) = (draw.int(1..=9), draw.int(2..=9), draw.int(1..=9));
    let conv = Operation::Conv2d(Window { stride: (1, 1), padding: (0, 0) });
    let wrong: [(Operation, &str, &[usize], &[usize]); 5] = [
        (Operation::MatMul, "matmul", &[m, k], &[k + 1, n]),
        (Operation::MatMul, "matmul", &[m, k], &[k, n, 1]),
        (Operation::MatMul, "matmul", &[k], &[k, n]),
        (conv, "conv2d", &[1, k, 5, 5], &[n, k - 1, 2, 2]),
        (conv, "conv2d", &[1, k, 5, 5], &[n, k, 6, 2]),
    ];
    for (operation, name, left, right) in wrong {
        let result = code.choose(1, operation, left.to_vec(), right.to_vec());
        names_both("ShapeMismatch", name, [left, right], result)?;
        let [input, other] = [left, right].map(|shape| {
            let data = normals(draw, shape.iter().product());
            Array { shape: shape.to_vec(), data: Floats(data), axes: Vec::new() }
        });
        let result = code.dispatch(1, operation, input, other);
        names_both("ShapeMismatch", name, [left, right], result)?;
    }
    Ok(())
}
