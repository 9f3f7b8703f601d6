//! Task `magnitude`: the largest weights are kept.

use compression::prune_magnitude;
use tinytorch::Tensor;

#[test]
fn the_least_magnitudes_are_pruned() {
    let weight = Tensor::from_vec(vec![3.0, -1.0, 0.5, -4.0], &[2, 2]).unwrap();
    let mask = prune_magnitude(&weight, 0.5).unwrap();
    assert_eq!(mask.kept(), [true, false, false, true]);
}
