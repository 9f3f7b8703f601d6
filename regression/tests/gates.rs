//! The gates of every module, held against what is measured here and now of the reference and of the
//! best wrong approach. A gate that has drifted out of its rule would grade the machine.
//!
//! `cargo test -p regression --test gates -- --nocapture` prints what was measured, for the rubric.

use grader_course::config::GateRubric;
use grader_judge::TimedCase;
use grader_model::{Grade, Outcome, Timing};
use regression::variant::Variant;
use regression::{copy_of, explain, grade_with, modules, root, timed_grader};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What was measured of one case: of the reference, and of each wrong approach that was right enough
/// to be measured.
#[derive(Default)]
struct Measured {
    reference: Option<Timing>,
    wrong: Vec<(String, Timing)>,
}

#[test]
fn every_gate_keeps_its_rule_on_this_machine() {
    for module in modules() {
        let setup = &timed_grader(&module.slug).module;
        if setup.suite.timed().is_empty() {
            continue;
        }
        let measured = measured(&module.slug);
        for case in setup.suite.timed() {
            let gate =
                setup.rubric.gate_of(case.task, case.name).expect("the setup has checked it");
            check(case, gate, &measured[case.name]);
        }
    }
}

fn check(case: &TimedCase, gate: &GateRubric, measured: &Measured) {
    let Some(reference) = &measured.reference else {
        println!("{}: undecided here, so nothing is said of its gate", case.name);
        return;
    };
    let faster =
        |a: &&(String, Timing), b: &&(String, Timing)| a.1.estimate.total_cmp(&b.1.estimate);
    let (name, wrong) = measured.wrong.iter().max_by(faster).expect("a wrong approach");
    println!(
        "{}: at_least {}, reference {:.3}, best_wrong {:.3} ({name})",
        case.name, gate.at_least, reference.estimate, wrong.estimate
    );
    // As far as is sure: the ends of both intervals that are kind to the gate.
    assert!(
        gate.fits(reference.high, wrong.low),
        "{}: the gate {} has drifted: the reference is {:.2} times as fast, and {name} {:.2}; \
         {:?} allows {:?}",
        case.name,
        gate.at_least,
        reference.estimate,
        wrong.estimate,
        gate.rule,
        gate.rule.range(reference.estimate, wrong.estimate),
    );
}

fn measured(slug: &str) -> BTreeMap<&'static str, Measured> {
    let solution = root().join("solutions").join(slug);
    let grader = timed_grader(slug);
    let timed = grader.module.suite.timed();
    let reference = grade_with(grader, &solution, 11);
    let clean = reference
        .cases
        .iter()
        .all(|case| matches!(case.outcome, Outcome::Pass | Outcome::Undecided));
    assert!(clean, "the reference: {}", explain(&reference));
    let mut all: BTreeMap<_, Measured> = BTreeMap::new();
    for case in timed {
        all.entry(case.name).or_default().reference = timing(&reference, case.name);
    }
    for path in variants(&solution) {
        let variant = Variant::load(&path).unwrap_or_else(|error| panic!("{error}"));
        let Some(case) = timed.iter().find(|case| variant.caught_by.iter().any(|n| n == case.name))
        else {
            continue;
        };
        let folder = copy_of(&solution);
        variant.apply(folder.path()).unwrap_or_else(|error| panic!("{error}"));
        let grade = grade_with(grader, folder.path(), 11);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(timing) = timing(&grade, case.name) {
            all.entry(case.name).or_default().wrong.push((name, timing));
        }
    }
    all
}

/// What is known of a case, unless it was left undecided.
fn timing(grade: &Grade, case: &str) -> Option<Timing> {
    let case = grade.cases.iter().find(|one| one.name == case)?;
    case.timing.clone().filter(|_| case.outcome != Outcome::Undecided)
}

fn variants(solution: &std::path::Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(solution.join("wrong")).expect("known-wrong variants").flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
