//! The optimizers against `PyTorch`, and their errors.

use crate::common::error_text;
use tinytorch::autograd::Gradients;
use tinytorch::train::{Adam, Optimizer, Sgd, clip_grad_norm, grad_norm};
use tinytorch::{Tensor, alloc};

const SHAPES: [&[usize]; 2] = [&[2, 3], &[3]];

/// The same numbers as in `oracle_train/make.py`.
fn wave(shape: &[usize], offset: usize) -> Tensor {
    let count: usize = shape.iter().product();
    let values = (0..count).map(|i| ((offset + 2 * i) as f64).cos() as f32).collect();
    Tensor::from_vec(values, shape).unwrap()
}

fn start() -> Vec<Tensor> {
    SHAPES.iter().enumerate().map(|(k, shape)| wave(shape, 1 + k).requires_grad()).collect()
}

fn named(parameters: &mut [Tensor]) -> Vec<(String, &mut Tensor)> {
    parameters.iter_mut().enumerate().map(|(k, p)| (format!("p{k}"), p)).collect()
}

fn shared(parameters: &[Tensor]) -> Vec<(String, &Tensor)> {
    parameters.iter().enumerate().map(|(k, p)| (format!("p{k}"), p)).collect()
}

/// The gradient of `sum(p * g)` with respect to `p` is `g`.
fn gradients_of(parameters: &[Tensor], gradients: &[Tensor]) -> Gradients {
    let products = parameters.iter().zip(gradients).map(|(p, g)| p.mul(g).unwrap().sum_all());
    products.reduce(|a, b| a.add(&b).unwrap()).unwrap().backward().unwrap()
}

fn oracle_gradients(step: usize) -> Vec<Tensor> {
    SHAPES.iter().enumerate().map(|(k, shape)| wave(shape, 10 * step + 5 * k)).collect()
}

#[track_caller]
fn assert_like_pytorch(name: &str, optimizer: &mut dyn Optimizer, max_norm: f64) {
    let mut parameters = start();
    let lines = include_str!("oracle_train/optimizers.csv").lines();
    let rows = lines.filter(|line| line.split(',').next() == Some(name));
    let mut count = 0;
    for (step, row) in rows.enumerate() {
        let expected: Vec<f64> = row.split(',').skip(2).map(|x| x.parse().unwrap()).collect();
        let mut gradients = gradients_of(&parameters, &oracle_gradients(step));
        let norm = clip_grad_norm(&shared(&parameters), &mut gradients, max_norm).unwrap();
        optimizer.step(named(&mut parameters), &gradients).unwrap();
        let actual = parameters.iter().flat_map(Tensor::to_vec).map(f64::from);
        for (i, (a, e)) in [norm].into_iter().chain(actual).zip(expected).enumerate() {
            assert!((a - e).abs() < 1e-6 * (1.0 + e.abs()), "step {step}, {i}: {a} for {e}");
        }
        count += 1;
    }
    assert_eq!(count, 6, "rows of {name}");
}

#[test]
fn sgd_is_that_of_pytorch() {
    assert_like_pytorch("sgd", &mut Sgd::new(0.1), f64::INFINITY);
    assert_like_pytorch("sgd_decay", &mut Sgd::new(0.1).weight_decay(0.05), f64::INFINITY);
}

#[test]
fn momentum_is_that_of_pytorch() {
    let mut sgd = Sgd::new(0.1).momentum(0.9).weight_decay(0.05);
    assert_like_pytorch("sgd_momentum", &mut sgd, f64::INFINITY);
    let mut sgd = Sgd::new(0.1).momentum(0.9).nesterov();
    assert_like_pytorch("sgd_nesterov", &mut sgd, f64::INFINITY);
}

#[test]
fn adam_is_that_of_pytorch() {
    assert_like_pytorch("adam", &mut Adam::new(0.01), f64::INFINITY);
    let mut adam = Adam::new(0.01).betas(0.8, 0.95).epsilon(0.01);
    assert_like_pytorch("adam_betas", &mut adam, f64::INFINITY);
}

#[test]
fn decoupled_decay_is_that_of_pytorch() {
    assert_like_pytorch("adamw", &mut Adam::new(0.01).weight_decay(0.1), f64::INFINITY);
    let mut adam = Adam::new(0.01).weight_decay(0.1).decay_matrices_only();
    assert_like_pytorch("adamw_matrices", &mut adam, f64::INFINITY);
}

#[test]
fn clipping_is_that_of_pytorch() {
    assert_like_pytorch("sgd_clipped", &mut Sgd::new(0.1), 1.5);
}

#[test]
fn clipping_shrinks_to_the_norm_and_returns_the_old_one() {
    let parameters = start();
    let mut gradients = gradients_of(&parameters, &oracle_gradients(0));
    let before = grad_norm(&shared(&parameters), &gradients).unwrap();
    assert!(before > 1.0);
    assert_eq!(clip_grad_norm(&shared(&parameters), &mut gradients, 0.5), Ok(before));
    let after = grad_norm(&shared(&parameters), &gradients).unwrap();
    assert!((after - 0.5).abs() < 1e-6, "{after}");
    let kept = clip_grad_norm(&shared(&parameters), &mut gradients, 100.0).unwrap();
    assert_eq!(grad_norm(&shared(&parameters), &gradients), Ok(kept));
}

#[test]
fn the_norm_of_large_gradients_does_not_overflow() {
    let x = Tensor::from_vec(vec![0.0; 9], &[9]).unwrap().requires_grad();
    let gradients = gradients_of(std::slice::from_ref(&x), &[Tensor::full(&[9], 3e38)]);
    let norm = grad_norm(&[("x".to_string(), &x)], &gradients).unwrap();
    assert!((norm / 9e38 - 1.0).abs() < 1e-6, "{norm}");
}

fn optimizers() -> Vec<Box<dyn Optimizer>> {
    let momentum = Sgd::new(0.1).momentum(0.9);
    vec![Box::new(Sgd::new(0.1)), Box::new(momentum), Box::new(Adam::new(0.1))]
}

#[test]
fn a_missing_gradient_is_an_error_that_names_the_parameter() {
    for mut optimizer in optimizers() {
        let mut parameters = start();
        let gradients = gradients_of(&parameters[..1], &oracle_gradients(0));
        let before = parameters.clone();
        let text = error_text(optimizer.step(named(&mut parameters), &gradients));
        assert!(
            text.contains("parameter p1: no gradient: the loss did not come from it"),
            "{text}"
        );
        assert_eq!(parameters, before, "nothing has changed");
    }
}

#[test]
fn an_untracked_parameter_is_an_error_that_says_what_to_call() {
    for mut optimizer in optimizers() {
        let mut parameters = start();
        let gradients = gradients_of(&parameters, &oracle_gradients(0));
        parameters[0] = parameters[0].detach();
        let text = error_text(optimizer.step(named(&mut parameters), &gradients));
        assert!(text.contains("parameter p0"), "{text}");
        assert!(text.contains("call layer::track"), "{text}");
    }
}

#[test]
fn a_nan_in_a_gradient_is_an_error_that_names_the_parameter() {
    for mut optimizer in optimizers() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut parameters = start();
            let last = Tensor::from_vec(vec![1.0, bad, 2.0], &[3]).unwrap();
            let gradients = gradients_of(&parameters, &[wave(&[2, 3], 0), last]);
            let before = parameters.clone();
            let text = error_text(optimizer.step(named(&mut parameters), &gradients));
            let expected = format!(
                "parameter p1: 1 of 3 elements of its gradient are not finite, \
                 the first is {bad} at 1"
            );
            assert!(text.contains(&expected), "{text}");
            assert_eq!(parameters, before, "nothing has changed");
        }
    }
}

#[test]
fn clipping_names_a_nan_too() {
    let x = Tensor::ones(&[2]).requires_grad();
    let nan = Tensor::full(&[2], f32::NAN);
    let mut gradients = gradients_of(std::slice::from_ref(&x), &[nan]);
    let text = error_text(clip_grad_norm(&[("fc1.bias".to_string(), &x)], &mut gradients, 1.0));
    assert!(text.starts_with("clip_grad_norm: parameter fc1.bias: 2 of 2"), "{text}");
}

#[test]
fn a_transposed_parameter_is_stepped_like_any_other() {
    for mut optimizer in optimizers() {
        let turned = wave(&[3, 2], 1).t().unwrap();
        assert!(turned.as_slice().is_none(), "the elements do not lie row by row");
        let straight = Tensor::from_vec(turned.to_vec(), &[2, 3]).unwrap();
        let mut parameters = [turned.requires_grad(), straight.requires_grad()];
        let g = wave(&[3, 2], 4).t().unwrap();
        let gradients = gradients_of(&parameters, &[g.clone(), g]);
        optimizer.step(named(&mut parameters), &gradients).unwrap();
        assert_eq!(parameters[0], parameters[1]);
    }
}

#[test]
fn a_step_changes_elements_in_place_and_keeps_the_leaf() {
    for mut optimizer in optimizers() {
        let mut parameters = start();
        let gradients = gradients_of(&parameters, &oracle_gradients(0));
        optimizer.step(named(&mut parameters), &gradients).unwrap();
        let place = parameters[0].as_slice().unwrap().as_ptr();
        optimizer.step(named(&mut parameters), &gradients).unwrap();
        assert_eq!(parameters[0].as_slice().unwrap().as_ptr(), place, "the same memory");
        assert!(gradients.get(&parameters[0]).is_some(), "the same leaf");
    }
}

/// A step must not allocate per element: only the list of parameters, their
/// names, and the list of gradients.
#[test]
fn a_step_needs_no_memory_of_the_parameters_size() {
    for mut optimizer in optimizers() {
        let mut parameters = [Tensor::ones(&[64, 64]).requires_grad()];
        let gradients = gradients_of(&parameters, &[Tensor::ones(&[64, 64])]);
        optimizer.step(named(&mut parameters), &gradients).unwrap();
        let before = alloc::counters().total_bytes;
        optimizer.step(named(&mut parameters), &gradients).unwrap();
        let allocated = alloc::counters().total_bytes - before;
        assert!(allocated < 512, "{allocated} bytes for 16384 bytes of parameters");
    }
}

#[test]
fn a_clone_of_a_parameter_keeps_its_elements() {
    let mut parameters = start();
    let copy = parameters[0].detach();
    let gradients = gradients_of(&parameters, &oracle_gradients(0));
    Sgd::new(0.1).step(named(&mut parameters), &gradients).unwrap();
    assert_eq!(copy, wave(SHAPES[0], 1));
    assert_ne!(parameters[0], copy);
}

#[test]
fn another_shape_under_the_same_name_needs_a_new_optimizer() {
    for (mut optimizer, name) in [(Box::new(Adam::new(0.1)) as Box<dyn Optimizer>, "adam"), {
        (Box::new(Sgd::new(0.1).momentum(0.9)) as Box<dyn Optimizer>, "sgd")
    }] {
        for (size, fits) in [(2, true), (3, false)] {
            let mut x = [Tensor::ones(&[size]).requires_grad()];
            let gradients = gradients_of(&x, &[Tensor::ones(&[size])]);
            let result = optimizer.step(named(&mut x), &gradients);
            if fits {
                assert_eq!(result, Ok(()));
            } else {
                let expected =
                    "its shape was [2] and is now [3]; a changed model needs a new optimizer";
                assert_eq!(error_text(result), format!("{name}: parameter p0: {expected}"));
            }
        }
    }
}

#[test]
fn a_state_of_another_kind_is_refused() {
    let mut parameters = start();
    let gradients = gradients_of(&parameters, &oracle_gradients(0));
    let mut adam = Adam::new(0.1);
    adam.step(named(&mut parameters), &gradients).unwrap();
    let text = error_text(Sgd::new(0.1).restore(adam.state()));
    assert_eq!(text, "sgd: the saved state holds first_moment, which it does not know");
}
