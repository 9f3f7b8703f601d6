//! Inference costs nothing extra: without leaves, or inside `no_grad`, a model
//! allocates exactly the same bytes and records nothing.

use crate::common::randn;
use tinytorch::alloc::{counters, raise_peak, reset_peak};
use tinytorch::autograd::no_grad;
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::{Layer, Rng, Tensor, layer};

/// Allocations, total bytes and peak bytes; and whether the result is tracked.
type AllocationCost = (usize, usize, usize, bool);

fn cost(model: &dyn Layer, input: &Tensor) -> AllocationCost {
    let outer = reset_peak();
    let before = counters();
    let tracked = model.forward(input).unwrap().tracks_grad();
    let after = counters();
    raise_peak(outer);
    (
        after.allocations - before.allocations,
        after.total_bytes - before.total_bytes,
        after.peak_bytes - before.live_bytes,
        tracked,
    )
}

fn cases() -> Vec<(Box<dyn Layer>, Tensor)> {
    let mut rng = Rng::new(5);
    let cnn = |image, channels| CnnConfig { in_channels: 1, image, channels, classes: 4 };
    let gpt = GptConfig { vocab_size: 7, max_seq_len: 80, d_model: 8, n_heads: 2, n_layers: 2 };
    let ids = (0..2 * 80).map(|i| (i % 7) as f32).collect();
    vec![
        (Box::new(Mlp::new(&[6, 5, 4], &mut rng).unwrap()), randn(&[3, 6], 1)),
        (Box::new(Cnn::new(cnn((12, 12), [2, 3]), &mut rng).unwrap()), randn(&[2, 1, 12, 12], 2)),
        // With this many channels, the convolutions are matrix products.
        (Box::new(Cnn::new(cnn((10, 10), [16, 32]), &mut rng).unwrap()), randn(&[2, 1, 10, 10], 3)),
        (Box::new(Gpt::new(gpt, &mut rng).unwrap()), Tensor::from_vec(ids, &[2, 80]).unwrap()),
    ]
}

#[test]
fn inside_no_grad_a_tracked_model_allocates_what_an_untracked_one_does() {
    for (mut model, input) in cases() {
        let untracked = cost(model.as_ref(), &input);
        assert!(!untracked.3);
        layer::track(model.as_mut());
        assert_eq!(no_grad(|| cost(model.as_ref(), &input)), untracked);
        let recorded = cost(model.as_ref(), &input);
        assert!(recorded.3 && recorded.0 > untracked.0, "{recorded:?} beside {untracked:?}");
        layer::untrack(model.as_mut());
        assert_eq!(cost(model.as_ref(), &input), untracked);
    }
}

/// A step leaves nothing behind after its loss and gradients are dropped.
#[test]
fn a_training_step_frees_all_it_took() {
    for (mut model, input) in cases() {
        layer::track(model.as_mut());
        let step = || {
            let loss = model.forward(&input).unwrap().mean_all();
            let gradients = loss.backward().unwrap();
            assert_eq!(gradients.len(), model.parameters().len());
        };
        step();
        let before = counters().live_bytes;
        step();
        assert_eq!(counters().live_bytes, before);
    }
}
