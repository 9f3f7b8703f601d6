//! Properties that the hidden cases of every module must have.

use grader_judge::Case;
use grader_modules::{Module, module, modules, rehearse};
use grader_protocol::InProcess;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The parts of `config/modules/<slug>.yaml` that these tests read.
#[derive(Deserialize)]
struct Rubric {
    tasks: Vec<Task>,
}

#[derive(Deserialize)]
struct Task {
    id: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cases() -> impl Iterator<Item = (&'static Module, Case)> {
    modules().iter().flat_map(|module| (module.cases)().into_iter().map(move |case| (module, case)))
}

/// `claim` without the text in backticks: `p95` and `n - 1` are names, not drawn values.
fn prose(claim: &str) -> String {
    claim.split('`').step_by(2).collect()
}

#[test]
fn every_folder_with_hidden_cases_is_in_the_table() {
    let folders = std::fs::read_dir(root().join("solutions")).unwrap();
    let expected: BTreeSet<_> = folders
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("hidden/mod.rs").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let got: BTreeSet<_> = modules().iter().map(|module| module.slug.to_owned()).collect();
    assert!(got.contains("profiling"));
    assert_eq!(got, expected);
}

#[test]
fn every_suite_can_be_sorted() {
    for module in modules() {
        let sorted = module.suite().unwrap_or_else(|e| panic!("{}: {e}", module.slug));
        assert!(!sorted.cases().is_empty(), "{} has no cases", module.slug);
    }
    assert!(module("no-such-module").is_none());
}

#[test]
fn code_that_answers_nothing_fails_a_rehearsal() {
    for module in modules() {
        let failed = rehearse(module.slug, &mut InProcess::new(|_: &[u8]| Vec::new())).unwrap_err();
        assert!(failed.contains("seed 0"), "{failed}");
    }
    assert!(rehearse("no-such-module", &mut InProcess::new(|_: &[u8]| Vec::new())).is_err());
}

#[test]
fn every_claim_is_a_sentence_without_numbers() {
    for (module, case) in cases() {
        let at = format!("{}/{}: {:?}", module.slug, case.name, case.claim);
        let claim = case.claim.trim();
        let first = claim.chars().next().unwrap_or(' ');
        assert!(first.is_uppercase() || first == '`', "{at} begins like no sentence");
        assert!(claim.ends_with('.') && claim.len() > 15, "{at} ends like no sentence");
        assert!(claim.matches('`').count().is_multiple_of(2), "{at} has an open backtick");
        let digit = prose(claim).contains(|c: char| c.is_ascii_digit());
        assert!(!digit, "{at} holds a number; drawn values must not be told");
    }
}

#[test]
fn tasks_of_cases_and_rubric_are_the_same() {
    for module in modules() {
        let path = root().join("config/modules").join(format!("{}.yaml", module.slug));
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("{}: no rubric yet", module.slug);
            continue;
        };
        let rubric: Rubric = serde_saphyr::from_str(&text).unwrap();
        let rubric: BTreeSet<_> = rubric.tasks.into_iter().map(|task| task.id).collect();
        let cases: BTreeSet<_> = (module.cases)().iter().map(|case| case.task.to_owned()).collect();
        assert_eq!(cases, rubric, "{}", module.slug);
    }
}

#[test]
fn profiling_has_at_least_sixty_cases() {
    assert!(module("profiling").unwrap().suite().unwrap().cases().len() >= 60);
}
