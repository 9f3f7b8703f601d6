//! Checks your installation: the compiler, the linker, the libraries, the trained models and the clock.
//! These tests cover given code, so they pass before you have written anything.

use std::time::Duration;

use tinytorch::alloc::counters;
use tinytorch::clock::{Clock, MonotonicClock};
use tinytorch::data::digits;
use tinytorch::train::{DataLoader, Labelled, classifier_score};
use tinytorch::{Tensor, loss, pretrained};

#[test]
fn tensors_multiply() {
    let left = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0], &[2, 2]).unwrap();
    let right = Tensor::from_vec(vec![5.0, 6.0, 7.0, 8.0], &[2, 2]).unwrap();
    let product = left.matmul(&right).unwrap();
    assert_eq!(product.to_vec(), [19.0, 22.0, 43.0, 50.0]);
}

#[test]
fn gradients_flow_back() {
    let guess = Tensor::from_vec(vec![3.0], &[1]).unwrap().requires_grad();
    let target = Tensor::from_vec(vec![1.0], &[1]).unwrap();
    let gradients = loss::mse(&guess, &target).unwrap().backward().unwrap();
    assert_eq!(gradients.get(&guess).unwrap().to_vec(), [4.0]);
}

#[test]
fn the_trained_model_reads_digits() {
    let validation = digits::validation().unwrap();
    let data = Labelled::new(&validation.images, validation.labels).unwrap();
    let data = DataLoader::new(data, 64).unwrap();
    let score = classifier_score(&pretrained::cnn().unwrap(), &data).unwrap();
    assert!(
        score.accuracy >= Some(0.97),
        "the files in models/ and data/ are as handed out: {score:?}"
    );
}

#[test]
fn memory_is_counted() {
    let before = counters();
    let tensor = Tensor::zeros(&[256]);
    let after = counters();
    assert!(after.total_bytes - before.total_bytes >= tensor.nbytes());
}

#[test]
fn the_clock_advances() {
    let clock = MonotonicClock::new();
    let start = clock.now();
    std::thread::sleep(Duration::from_millis(1));
    assert!(clock.now() >= start + Duration::from_millis(1), "the system's clock stands still");
}
