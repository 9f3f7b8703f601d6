//! Task `sparse`. Run with `cargo test -p compression --test sparse`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{BlockSparseLinear, CsrMatrix, SparseLinear, prune_blocks};
use tinytorch::Tensor;

/// Rows `0 5 0`, `0 0 0` and `7 0 9`.
fn small() -> Tensor {
    let numbers = vec![0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 7.0, 0.0, 9.0];
    Tensor::from_vec(numbers, &[3, 3]).unwrap()
}

/// Every seventh element is not 0.
fn weight(inputs: usize, outputs: usize) -> Tensor {
    let number = |at: usize| if at.is_multiple_of(7) { (at % 19) as f32 - 9.0 } else { 0.0 };
    Tensor::from_vec((0..inputs * outputs).map(number).collect(), &[inputs, outputs]).unwrap()
}

fn input(rows: usize, inputs: usize) -> Tensor {
    let number = |at: usize| (at % 13) as f32 * 0.25 - 1.0;
    Tensor::from_vec((0..rows * inputs).map(number).collect(), &[rows, inputs]).unwrap()
}

fn near(got: &Tensor, expected: &Tensor) {
    assert_eq!(got.shape(), expected.shape());
    for (got, expected) in got.to_vec().iter().zip(expected.to_vec()) {
        assert!((got - expected).abs() < 1e-3, "{got} instead of {expected}");
    }
}

#[test]
fn a_matrix_is_three_lists() {
    let csr = CsrMatrix::from_dense(&small()).unwrap();
    assert_eq!(csr.row_starts(), [0, 1, 1, 3]);
    assert_eq!(csr.column_indices(), [1, 0, 2]);
    assert_eq!(csr.values(), [5.0, 7.0, 9.0]);
    assert_eq!(csr.to_dense().unwrap().to_vec(), small().to_vec());
}

#[test]
fn lists_that_are_no_matrix_are_refused() {
    let new = |starts: &[usize], columns: &[usize]| {
        CsrMatrix::new(3, starts.to_vec(), columns.to_vec(), vec![1.0, 2.0])
    };
    assert!(new(&[0, 2], &[0, 2]).is_ok());
    for (starts, columns) in [
        (vec![1, 2], vec![0, 2]),
        (vec![0, 3, 2], vec![0, 2]),
        (vec![0, 1], vec![0, 2]),
        (vec![0, 2], vec![0]),
        (vec![0, 2], vec![2, 0]),
        (vec![0, 2], vec![1, 1]),
        (vec![0, 2], vec![0, 3]),
    ] {
        let error = new(&starts, &columns).expect_err(&format!("{starts:?} {columns:?}"));
        assert!(error.to_string().contains("CsrMatrix::new"), "{error}");
    }
}

#[test]
fn a_sparse_layer_gives_what_a_dense_one_gives() {
    let bias: Vec<f32> = (0..20).map(|at| at as f32 * 0.5).collect();
    let bias_row = Tensor::from_vec(bias.clone(), &[1, 20]).unwrap();
    for rows in [1, 3, 8, 70] {
        let (weight, input) = (weight(30, 20), input(rows, 30));
        let layer = SparseLinear::from_dense(&weight, Some(&bias)).unwrap();
        let expected = input.matmul(&weight).unwrap().add(&bias_row).unwrap();
        near(&layer.forward(&input).unwrap(), &expected);
    }
}

#[test]
fn what_is_not_stored_is_not_multiplied() {
    let layer = SparseLinear::from_dense(&small(), None).unwrap();
    // No weight looks at the second input.
    let input = Tensor::from_vec(vec![1.0, f32::INFINITY, 1.0], &[1, 3]).unwrap();
    assert_eq!(layer.forward(&input).unwrap().to_vec(), [7.0, 5.0, 9.0]);
}

#[test]
fn a_sparse_layer_is_small() {
    let mut numbers = vec![0.0; 10_000];
    numbers.iter_mut().step_by(20).for_each(|x| *x = 1.0);
    let weight = Tensor::from_vec(numbers, &[100, 100]).unwrap();
    let bytes = SparseLinear::from_dense(&weight, None).unwrap().nbytes();
    // 500 values of four bytes at least, and no more than half of the dense weight.
    assert!((2_000..20_000).contains(&bytes), "{bytes} bytes");
}

#[test]
fn leading_axes_stay() {
    let layer = SparseLinear::from_dense(&weight(5, 4), None).unwrap();
    let input = input(6, 5).reshape(&[2, 3, 5]).unwrap();
    assert_eq!(layer.forward(&input).unwrap().shape(), [2, 3, 4]);
    let error = layer.forward(&Tensor::zeros(&[2, 4])).unwrap_err();
    assert!(error.to_string().contains("SparseLinear::forward"), "{error}");
}

#[test]
fn blocks_with_the_least_mean_are_pruned() {
    // 20 outputs: a block of 16 and one of 4, for each of two inputs.
    let block = |of: f32, len: usize| vec![of; len];
    let numbers = [block(1.0, 16), block(3.0, 4), block(-2.0, 16), block(0.5, 4)].concat();
    let mask = prune_blocks(&Tensor::from_vec(numbers, &[2, 20]).unwrap(), 0.5).unwrap();
    let row = |first: bool, second: bool| [vec![first; 16], vec![second; 4]].concat();
    assert_eq!(mask.kept(), [row(false, true), row(true, false)].concat());
}

#[test]
fn a_layer_of_blocks_gives_what_a_dense_one_gives() {
    let mut numbers = weight(12, 40).to_vec();
    // All blocks of the first six inputs are empty.
    numbers[..6 * 40].fill(0.0);
    let weight = Tensor::from_vec(numbers, &[12, 40]).unwrap();
    let layer = BlockSparseLinear::new(&weight, None).unwrap();
    assert!(layer.blocks() <= 6 * 3, "{} blocks", layer.blocks());
    for rows in [1, 5] {
        let input = input(rows, 12);
        near(&layer.forward(&input).unwrap(), &input.matmul(&weight).unwrap());
    }
}
