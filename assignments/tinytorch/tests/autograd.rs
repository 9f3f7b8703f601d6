//! The graph: what it accumulates, what it leaves out, and when it is freed.

use crate::common::{error_text, randn};
use tinytorch::autograd::{is_grad_enabled, no_grad};
use tinytorch::{Rng, Tensor, alloc, loss};

fn leaf(values: &[f32]) -> Tensor {
    Tensor::from_vec(values.to_vec(), &[values.len()]).unwrap().requires_grad()
}

#[test]
fn a_tensor_used_twice_gets_both_shares() {
    let x = leaf(&[1.0, -2.0]);
    let y = x.mul_scalar(3.0).add(&x.mul_scalar(4.0)).unwrap().add(&x).unwrap();
    assert_eq!(y.sum_all().backward().unwrap().get(&x).unwrap().to_vec(), [8.0, 8.0]);
    let square = x.mul(&x).unwrap();
    assert_eq!(square.sum_all().backward().unwrap().get(&x).unwrap().to_vec(), [2.0, -4.0]);
}

#[test]
fn a_diamond_is_walked_once_for_each_node() {
    // y = (a + b)(a - b) with a = 2x, b = x: 3 x^2.
    let x = leaf(&[5.0]);
    let (a, b) = (x.mul_scalar(2.0), x.add_scalar(0.0));
    let y = a.add(&b).unwrap().mul(&a.sub(&b).unwrap()).unwrap();
    assert_eq!(y.backward().unwrap().get(&x).unwrap().to_vec(), [30.0]);
    // Thirty stacked diamonds: 2^30 paths, 60 nodes.
    let mut tower = x.clone();
    for _ in 0..30 {
        tower = tower.add(&tower).unwrap();
    }
    let gradient = tower.backward().unwrap().get(&x).unwrap().get(&[0]).unwrap();
    assert!((gradient / 2.0_f32.powi(30) - 1.0).abs() < 1e-6);
}

#[test]
fn adding_up_shares_changes_no_other_gradient() {
    // Both inputs of `add` get the same gradient tensor.
    let (x, y) = (leaf(&[1.0]), leaf(&[1.0]));
    let sum = x.add(&y).unwrap().add(&x.mul_scalar(10.0)).unwrap();
    let gradients = sum.backward().unwrap();
    let of = |leaf| gradients.get(leaf).unwrap().to_vec();
    assert_eq!((of(&x), of(&y)), (vec![11.0], vec![1.0]));
    let seed = Tensor::ones(&[1]);
    let _ = sum.backward_from(&seed).unwrap();
    assert_eq!(seed.to_vec(), [1.0]);
}

#[test]
fn only_leaves_that_were_reached_have_a_gradient() {
    let (x, other, plain) = (leaf(&[1.0]), leaf(&[1.0]), Tensor::ones(&[1]));
    let middle = x.mul(&plain).unwrap();
    let gradients = middle.exp().backward().unwrap();
    assert_eq!(gradients.len(), 1);
    assert!(gradients.get(&x).is_some());
    assert!(gradients.get(&other).is_none() && gradients.get(&plain).is_none());
    assert!(gradients.get(&middle).is_none(), "not a leaf");
    assert!(gradients.get(&x.clone()).is_some(), "a clone is the same leaf");
    assert!(gradients.get(&x.detach()).is_none());
}

#[test]
fn what_is_detached_counts_as_a_constant() {
    let x = leaf(&[3.0]);
    let y = x.mul(&x.detach()).unwrap();
    assert_eq!(y.backward().unwrap().get(&x).unwrap().to_vec(), [3.0]);
    let again = y.requires_grad();
    let gradients = again.mul_scalar(2.0).backward().unwrap();
    assert!(gradients.get(&x).is_none(), "a new leaf forgets where it came from");
    assert_eq!(gradients.get(&again).unwrap().to_vec(), [2.0]);
}

#[test]
fn the_graph_can_be_walked_again() {
    let x = leaf(&[1.0, 2.0]);
    let y = x.exp().sum_all();
    let first = y.backward().unwrap();
    assert_eq!(first.get(&x), y.backward().unwrap().get(&x));
}

#[test]
fn backward_refuses_what_it_cannot_start_from() {
    let x = leaf(&[1.0, 2.0]);
    let text = error_text(x.exp().backward());
    assert!(text.starts_with("backward: [2]: only a single number"), "{text}");
    let text = error_text(Tensor::scalar(1.0).backward());
    assert!(text.starts_with("backward: []: came from no tensor that requires_grad"), "{text}");
    let text = error_text(x.exp().backward_from(&Tensor::ones(&[3])));
    assert_eq!(text, "backward: [2] x [3]: the seed must have the tensor's shape");
}

#[test]
fn nothing_is_recorded_inside_no_grad_even_after_a_panic() {
    let x = leaf(&[1.0]);
    assert!(is_grad_enabled());
    let nested = no_grad(|| {
        no_grad(|| assert!(!is_grad_enabled()));
        assert!(!is_grad_enabled(), "the inner one does not switch it on");
        x.exp()
    });
    assert!(!nested.tracks_grad());
    let outcome = std::panic::catch_unwind(|| no_grad(|| panic!("inside no_grad")));
    assert!(outcome.is_err());
    assert!(is_grad_enabled() && x.exp().tracks_grad());
}

/// Many kinds of operations, combined into one number.
fn network(x: &Tensor) -> Tensor {
    let y = x.matmul(&x.t().unwrap()).unwrap().gelu().softmax(1).unwrap();
    let y = y.add(&y.tanh()).unwrap().slice_axis(0, 1, 3).unwrap();
    let y = Tensor::concat(&[y.clone(), y.relu()], 0).unwrap();
    loss::cross_entropy(&y, &[0, 1, 2, 0]).unwrap()
}

#[test]
fn no_grad_allocates_what_an_untracked_tensor_does() {
    let plain = randn(&[4, 4], 1);
    let tracked = plain.clone().requires_grad();
    let count = |f: &dyn Fn() -> Tensor| {
        let before = alloc::counters();
        let result = f();
        let after = alloc::counters();
        drop(result);
        (after.allocations - before.allocations, after.total_bytes - before.total_bytes)
    };
    let untracked = count(&|| network(&plain));
    assert_eq!(count(&|| no_grad(|| network(&tracked))), untracked);
    assert!(count(&|| network(&tracked)) > untracked, "a graph costs something");
}

#[test]
fn a_graph_is_freed_with_its_result() {
    let x = randn(&[4, 4], 2).requires_grad();
    let before = alloc::counters().live_bytes;
    let loss = network(&x);
    let gradients = loss.backward().unwrap();
    assert!(alloc::counters().live_bytes > before);
    drop((loss, gradients));
    assert_eq!(alloc::counters().live_bytes, before);
}

#[test]
fn a_chain_of_a_million_operations_is_walked_and_freed() {
    let x = leaf(&[1.0]);
    let before = alloc::counters().live_bytes;
    let mut y = x.clone();
    for _ in 0..1_000_000 {
        y = y.add_scalar(1.0);
    }
    assert_eq!(y.backward().unwrap().get(&x).unwrap().to_vec(), [1.0]);
    drop(y);
    assert_eq!(alloc::counters().live_bytes, before);
}

#[test]
fn nan_reaches_the_gradients() {
    for bad in [f32::NAN, f32::INFINITY] {
        let x = leaf(&[bad, 1.0]);
        let y = x.softmax(0).unwrap().mul(&x).unwrap().sum_all();
        let gradient = y.backward().unwrap().get(&x).unwrap().to_vec();
        assert!(gradient.iter().all(|g| g.is_nan()), "{gradient:?}");
    }
    // NaN times 0 is NaN, even if the loss does not depend on the element.
    let x = leaf(&[f32::NAN, 1.0]);
    let hidden = x.mul(&Tensor::from_vec(vec![0.0, 1.0], &[2]).unwrap()).unwrap();
    assert!(hidden.sum_all().get(&[]).unwrap().is_nan());
    let seed = Tensor::full(&[2], f32::NAN);
    for y in
        [x.relu(), x.gelu(), x.exp(), x.add(&x).unwrap(), x.dropout(0.5, &mut Rng::new(1)).unwrap()]
    {
        let gradients = y.backward_from(&seed).unwrap();
        assert!(gradients.get(&x).unwrap().to_vec()[0].is_nan());
    }
}

#[test]
fn a_gradient_far_out_is_finite() {
    let x = leaf(&[-1e30, -50.0, 50.0, 1e30]);
    let slope = |y: Tensor| y.sum_all().backward().unwrap().get(&x).unwrap().to_vec();
    let of_gelu = slope(x.gelu());
    assert!(of_gelu[..2].iter().all(|g| g.abs() < 1e-30), "{of_gelu:?}");
    assert_eq!(of_gelu[2..], [1.0, 1.0]);
    assert_eq!(slope(x.tanh()), [0.0; 4]);
}

#[test]
fn the_maximum_passes_its_gradient_to_the_first_of_equals() {
    let x = leaf(&[1.0, 7.0, 7.0, f32::NEG_INFINITY]);
    let top = x.max_axis(0).unwrap();
    assert_eq!(top.backward().unwrap().get(&x).unwrap().to_vec(), [0.0, 1.0, 0.0, 0.0]);
}

#[test]
fn the_kink_of_relu_has_slope_zero() {
    let x = leaf(&[-0.0, 0.0, f32::MIN_POSITIVE, -1.0]);
    let y = x.relu().sum_all();
    assert_eq!(y.backward().unwrap().get(&x).unwrap().to_vec(), [0.0, 0.0, 1.0, 0.0]);
}
