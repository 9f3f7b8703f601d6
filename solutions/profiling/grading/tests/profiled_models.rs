//! The example `architectures` profiles the course's trained models, and they work.

#[path = "../../examples/architectures/trained.rs"]
mod trained;

use tinytorch::{Layer, pretrained};
use trained::Trained;

/// The model equals `expected` bit for bit, is almost always right, and accepts its input.
fn check<M: Layer>(profiled: &Trained<M>, expected: &dyn Layer, input: &[usize]) {
    let is_trained = profiled.model.parameters() == expected.parameters();
    assert!(is_trained, "the profiled model has other parameters than the trained one");
    assert!(profiled.accuracy >= 0.95, "right {} of the time", profiled.accuracy);
    assert_eq!(profiled.input.shape(), input);
    assert!(profiled.model.forward(&profiled.input).is_ok());
}

#[test]
fn the_profiled_mlp_is_the_trained_one() {
    check(&trained::mlp(32).unwrap(), &pretrained::mlp().unwrap(), &[32, 784]);
}

#[test]
fn the_profiled_cnn_is_the_trained_one() {
    check(&trained::cnn(32).unwrap(), &pretrained::cnn().unwrap(), &[32, 1, 28, 28]);
}

#[test]
fn the_profiled_transformer_is_the_trained_one() {
    check(&trained::gpt(8, 64).unwrap(), &pretrained::gpt().unwrap(), &[8, 64]);
}
