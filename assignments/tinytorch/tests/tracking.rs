//! No operation loses the graph.
//!
//! In the original of this course, several operations returned a tensor without
//! its history: training ran, no error appeared, and the layers before them
//! never learned.

use std::panic::AssertUnwindSafe;

use crate::common::{error_text, randn};
use tinytorch::loss::{cross_entropy, cross_entropy_where, mse};
use tinytorch::{Result, Rng, Tensor};

type TensorOperation = (&'static str, fn(&Tensor) -> Result<Tensor>);

/// Each operation on a tracked `[3, 3]` tensor of positive elements.
const OPERATIONS: [TensorOperation; 34] = [
    ("add", |x| plain().add(x)),
    ("add_scalar", |x| Ok(x.add_scalar(1.0))),
    ("bmm", |x| plain().bmm(x)),
    ("causal_softmax", |x| x.causal_softmax(0.5)),
    ("concat", |x| Tensor::concat(&[plain(), x.clone()], 0)),
    ("cross_entropy", |x| cross_entropy(x, &[0, 1, 2])),
    ("cross_entropy_where", |x| cross_entropy_where(x, &[None, Some(1), None])),
    ("div", |x| plain().div(x)),
    ("dropout", |x| x.dropout(0.1, &mut Rng::new(1))),
    ("exp", |x| Ok(x.exp())),
    ("gelu", |x| Ok(x.gelu())),
    ("ln", |x| Ok(x.ln())),
    ("log_softmax", |x| x.log_softmax(1)),
    ("matmul", |x| plain().matmul(x)),
    ("max_axis", |x| x.max_axis(0)),
    ("mean_all", |x| Ok(x.mean_all())),
    ("mean_axis", |x| x.mean_axis(0)),
    ("mse", |x| mse(&plain(), x)),
    ("mul", |x| plain().mul(x)),
    ("mul_scalar", |x| Ok(x.mul_scalar(2.0))),
    ("permute", |x| x.permute(&[1, 0])),
    ("relu", |x| Ok(x.relu())),
    ("reshape", |x| x.reshape(&[9])),
    ("slice_axis", |x| x.slice_axis(0, 1, 2)),
    ("softmax", |x| x.softmax(1)),
    ("sqrt", |x| Ok(x.sqrt())),
    ("sub", |x| plain().sub(x)),
    ("sum_all", |x| Ok(x.sum_all())),
    ("sum_axis", |x| x.sum_axis(0)),
    ("t", Tensor::t),
    ("tanh", |x| Ok(x.tanh())),
    ("transpose", |x| x.transpose(0, 1)),
    // The same tensor in another shape, or with none of its elements dropped.
    ("reshape", |x| x.reshape(&[3, 3])),
    ("dropout", |x| x.dropout(0.0, &mut Rng::new(1))),
];

/// Functions that return a tensor and deliberately record nothing.
const UNRECORDED: [&str; 4] = ["backward_from", "detach", "map", "requires_grad"];

fn plain() -> Tensor {
    randn(&[3, 3], 1)
}

#[test]
fn each_operation_is_tracked_and_gives_a_finite_gradient() {
    for (name, operation) in OPERATIONS {
        let x = Tensor::rand_uniform(&[3, 3], 0.5, 2.0, &mut Rng::new(2));
        assert!(!operation(&x).expect(name).tracks_grad(), "{name} of an untracked tensor");
        let x = x.requires_grad();
        let y = operation(&x).expect(name);
        assert!(y.tracks_grad(), "{name} lost the graph");
        let gradients = y.backward_from(&randn(y.shape(), 3)).expect(name);
        let gradient = gradients.get(&x).expect(name);
        assert_eq!(gradient.shape(), x.shape(), "{name}");
        let elements = gradient.to_vec();
        assert!(elements.iter().all(|g| g.is_finite()), "{name}: {elements:?}");
        assert!(elements.iter().any(|g| *g != 0.0), "{name}: only zeros");
    }
}

/// The list above is complete: this test compares it with the source code.
#[test]
fn each_public_operation_is_in_the_list() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = vec![root.join("tensor.rs"), root.join("loss.rs")];
    for folder in ["ops", "autograd"] {
        let files = std::fs::read_dir(root.join(folder)).expect("a folder of the crate");
        sources.extend(files.map(|file| file.expect("a file").path()));
    }
    let mut found = 0;
    for path in sources {
        let source = std::fs::read_to_string(&path).expect("a source file");
        for name in returning_tensors(&source) {
            found += usize::from(!UNRECORDED.contains(&name.as_str()));
            let listed = OPERATIONS.iter().any(|(listed, _)| *listed == name);
            assert!(
                listed || UNRECORDED.contains(&name.as_str()),
                "{name} in {} is not in the list of this test",
                path.display()
            );
        }
    }
    // Two operations are in the list twice.
    assert_eq!(found, OPERATIONS.len() - 2, "is the search broken?");
}

/// The names of public methods from a tensor to a tensor.
fn returning_tensors(source: &str) -> Vec<String> {
    let signatures = source.split("pub fn ").skip(1).filter_map(|rest| {
        let signature = rest.split_once('{')?.0;
        let (head, result) = signature.split_once("->")?;
        let (name, arguments) = head.split_once('(')?;
        let takes = arguments.contains("self") || arguments.contains("Tensor");
        let owned = !result.contains('&');
        let gives = owned && (result.contains("Tensor") || result.contains("Self"));
        (takes && gives).then(|| name.trim().to_string())
    });
    signatures.collect()
}

#[test]
fn map_refuses_a_tracked_tensor() {
    let x = plain().requires_grad();
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| x.map(f32::abs)));
    let panic = outcome.expect_err("the gradient would be lost");
    let text = panic.downcast_ref::<String>().expect("a text");
    assert!(text.starts_with("map: [3, 3]: the derivative of the function is not known"), "{text}");
    assert_eq!(x.detach().map(f32::abs), tinytorch::autograd::no_grad(|| x.map(f32::abs)));
}

#[test]
fn dropout_keeps_the_expected_value() {
    let ones = Tensor::ones(&[200, 500]);
    for p in [0.1, 0.5, 0.9] {
        let dropped = ones.dropout(p, &mut Rng::new(4)).unwrap();
        let zeros = dropped.to_vec().iter().filter(|x| **x == 0.0).count() as f32 / 1e5;
        assert!((zeros - p).abs() < 0.005, "{zeros} instead of {p}");
        assert!((dropped.mean() - 1.0).abs() < 0.02);
        assert_eq!(dropped, ones.dropout(p, &mut Rng::new(4)).unwrap(), "same seed, same mask");
    }
    assert_eq!(ones.dropout(0.0, &mut Rng::new(4)).unwrap(), ones);
    for p in [1.0, -0.1, f32::NAN] {
        let text = error_text(ones.dropout(p, &mut Rng::new(4)));
        assert!(text.contains("must be at least 0 and below 1"), "{text}");
    }
}
