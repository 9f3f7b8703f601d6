//! Task `backend`. Run with `cargo test -p acceleration --test backend`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use acceleration::{AccelError, Kernel, Operation, OptimizedBackend, Window};
use tinytorch::{Rng, Tensor};

const MATMUL: Operation = Operation::MatMul;

fn choice(threads: usize, m: usize, k: usize, n: usize) -> Kernel {
    OptimizedBackend::new(threads).unwrap().choose(MATMUL, &[m, k], &[k, n]).unwrap()
}

#[test]
fn every_shape_is_right() {
    let rng = &mut Rng::new(4);
    let backend = OptimizedBackend::new(2).unwrap();
    for (m, k, n) in
        [(1, 1, 1), (1, 90, 70), (90, 70, 1), (9, 0, 4), (0, 3, 3), (31, 37, 41), (250, 210, 190)]
    {
        let a = Tensor::rand_uniform(&[m, k], -1.0, 1.0, rng);
        let b = Tensor::rand_uniform(&[k, n], -1.0, 1.0, rng);
        let c = backend.dispatch(MATMUL, &a, &b).unwrap();
        assert!(c.allclose(&a.matmul(&b).unwrap(), 1e-4, 1e-4), "{:?}", (m, k, n));
    }
}

#[test]
fn a_transposed_tensor_is_right() {
    let rng = &mut Rng::new(5);
    let a = Tensor::rand_uniform(&[40, 30], -1.0, 1.0, rng);
    let c = OptimizedBackend::new(1).unwrap().dispatch(MATMUL, &a.t().unwrap(), &a).unwrap();
    assert!(c.allclose(&a.t().unwrap().matmul(&a).unwrap(), 1e-4, 1e-4));
}

#[test]
fn a_convolution_goes_through_the_same_door() {
    let (image, weight) = (Tensor::ones(&[1, 2, 5, 5]), Tensor::ones(&[3, 2, 3, 3]));
    let operation = Operation::Conv2d(Window { stride: (2, 2), padding: (1, 1) });
    let output = OptimizedBackend::new(1).unwrap().dispatch(operation, &image, &weight).unwrap();
    assert_eq!(output.shape(), [1, 3, 3, 3]);
    // A window covers 2 x 2 pixels at a corner, 2 x 3 at an edge, and 3 x 3 inside; in two
    // channels.
    assert_eq!(output.to_vec()[..9], [8., 12., 8., 12., 18., 12., 8., 12., 8.]);
}

#[test]
fn the_choice_depends_on_the_shapes() {
    assert_ne!(choice(1, 1000, 1000, 1000), Kernel::Parallel);
    assert_eq!(choice(4, 1000, 1000, 1000), Kernel::Parallel);
    assert_ne!(choice(4, 64, 64, 64), Kernel::Parallel);
    assert_ne!(choice(1, 300, 300, 300), Kernel::Naive);
}

#[test]
fn what_does_not_fit_is_named() {
    let backend = OptimizedBackend::new(1).unwrap();
    let error = backend.choose(MATMUL, &[2, 3], &[4, 5]).unwrap_err();
    assert!(error.to_string().starts_with("matmul: [2, 3] x [4, 5]: "), "{error}");
    let error =
        backend.dispatch(MATMUL, &Tensor::ones(&[2, 3, 1]), &Tensor::ones(&[3, 5])).unwrap_err();
    assert!(error.to_string().starts_with("matmul: [2, 3, 1] x [3, 5]: "), "{error}");
    assert_eq!(
        OptimizedBackend::new(0).unwrap_err(),
        AccelError::NoThreads { operation: "backend" }
    );
}
