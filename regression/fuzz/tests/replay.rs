//! The corpora, and some thousand mutations of each, in every test run: a count and no time, so that it
//! is the same on every machine.

use intake::mutate::{SeededRandom, mutated};
use intake::{FuzzTarget, TARGETS, corpus};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Mutations for each target.
const ROUNDS: u64 = 4000;

/// Inputs whose mutations are worth trying: the seeds and the committed corpus, in a fixed order.
fn inputs(target: &FuzzTarget) -> Vec<Vec<u8>> {
    let corpus = corpus::read(target.name).unwrap();
    assert!(!corpus.is_empty(), "{} is empty", corpus::file(target.name).display());
    (target.seeds)().into_iter().chain(corpus).collect()
}

/// Feeds one input, and prints it when it breaks a promise.
fn feed(target: &FuzzTarget, input: &[u8], what: &str) {
    let fed = catch_unwind(AssertUnwindSafe(|| target.feed(input)));
    if fed.is_err() {
        let (name, hex) = (target.name, corpus::hexadecimal(input));
        panic!("{name}: {what} broke a promise (see above); the input in hexadecimal: {hex}");
    }
}

fn replay(name: &str) {
    let target = intake::target(name).unwrap();
    let inputs = inputs(&target);
    for (at, input) in inputs.iter().enumerate() {
        feed(&target, input, &format!("input {at}"));
    }
    for round in 0..ROUNDS {
        let mut random = SeededRandom::new(round);
        let parent = &inputs[random.below(inputs.len())];
        let other = &inputs[random.below(inputs.len())];
        let input = mutated(parent, other, &mut random);
        feed(&target, &input, &format!("round {round}"));
    }
}

#[test]
fn archives_keep_their_promises() {
    replay("archives");
}

#[test]
fn frames_keep_their_promises() {
    replay("frames");
}

#[test]
fn hidden_cases_keep_their_promises() {
    replay("hidden");
}

#[test]
fn messages_keep_their_promises() {
    replay("messages");
}

#[test]
fn objects_keep_their_promises() {
    replay("objects");
}

#[test]
fn settings_keep_their_promises() {
    replay("settings");
}

#[test]
fn every_target_has_a_test_here() {
    let here = include_str!("replay.rs");
    for target in TARGETS {
        assert!(here.contains(&format!("replay(\"{}\")", target.name)), "{}", target.name);
    }
}
