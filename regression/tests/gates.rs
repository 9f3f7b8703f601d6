//! Compares the gates of every module with current measurements of the reference solution and of
//! the best wrong approach. A gate that no longer satisfies its rule would measure the machine, not
//! the code.
//!
//! `cargo test -p regression --test gates -- --nocapture` prints the measurements for the rubric,
//! and the gates that could not be decided on this machine.

use grader_course::config::GateRubric;
use grader_judge::TimedCase;
use grader_model::{CaseResult, Grade, Outcome, TimingResult};
use grader_pipeline::Grader;
use regression::variant::Variant;
use regression::{copy_of, explain, grade_with, grader, grader_that_times, modules, root};
use std::path::{Path, PathBuf};

#[test]
fn every_gate_keeps_its_rule_on_this_machine() {
    let mut undecided = Vec::new();
    for module in modules() {
        let setup = &grader(&module.slug).module;
        let timed = setup.suite.timed();
        if timed.is_empty() {
            continue;
        }
        let solution = root().join("solutions").join(&module.slug);
        let all = grader_that_times(&module.slug, timed.iter().map(|case| case.name));
        let reference = grade_with(&all, &solution, 11);
        let slow = slow_variants(&solution);
        for case in timed {
            let gate =
                setup.rubric.gate_of(case.task, case.name).expect("the setup has checked it");
            let measured = measured(case, &reference).expect("the reference passes its gates");
            let wrong = best_wrong(&module.slug, case, &slow);
            match (measured, wrong) {
                (Some(reference), Some(wrong)) => check(case, gate, &reference, &wrong),
                _ => undecided.push(format!("{}: {}", case.name, why(&reference, case))),
            }
        }
    }
    for case in &undecided {
        println!("undecided here, so nothing is said of its gate: {case}");
    }
}

/// The reason a gate is undecided.
fn why<'a>(reference: &'a Grade, case: &TimedCase) -> &'a str {
    let result = reference.cases.iter().find(|one| one.name == case.name);
    let undecided = result.filter(|result| result.outcome == Outcome::Undecided);
    undecided
        .and_then(|result| result.message.as_deref())
        .unwrap_or("no wrong approach was decided")
}

fn check(
    case: &TimedCase,
    gate: &GateRubric,
    reference: &TimingResult,
    (name, wrong): &(String, TimingResult),
) {
    println!(
        "{}: at_least {}, reference {:.3}, best_wrong {:.3} ({name})",
        case.name, gate.at_least, reference.estimate, wrong.estimate
    );
    // Uses the ends of both confidence intervals that favour the gate, so the test fails only if
    // the drift is certain.
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

/// The fastest of the correct approaches that must not pass. `None` if none could be decided.
fn best_wrong(
    slug: &str,
    case: &TimedCase,
    slow: &[(PathBuf, Variant)],
) -> Option<(String, TimingResult)> {
    let grader = grader_that_times(slug, [case.name]);
    let mine = slow.iter().filter(|(_, variant)| variant.caught_by.iter().any(|n| n == case.name));
    let mine: Vec<_> = mine.collect();
    assert!(!mine.is_empty(), "{}: no variant is right and too slow", case.name);
    let timed = mine.into_iter().filter_map(|(path, variant)| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Some((name, measured_variant(&grader, case, variant)?))
    });
    timed.max_by(|a, b| a.1.estimate.total_cmp(&b.1.estimate))
}

/// The measured speed of a variant, which must be correct in everything else and too slow.
fn measured_variant(grader: &Grader, case: &TimedCase, variant: &Variant) -> Option<TimingResult> {
    let folder = copy_of(&root().join("solutions").join(&grader.module.slug));
    variant.apply(folder.path()).unwrap_or_else(|error| panic!("{error}"));
    let grade = grade_with(grader, folder.path(), 11);
    let result = result(&grade, case);
    let right = grade.cases.iter().all(|one| one.name == case.name || one.outcome == Outcome::Pass);
    let caught = matches!(result.outcome, Outcome::TooSlow | Outcome::Undecided);
    assert!(right && caught, "{}: {}", variant.story, explain(&grade));
    result.timing.clone().filter(|_| result.outcome == Outcome::TooSlow)
}

/// The measured speed of the reference solution; an error unless it is entirely correct.
fn measured(case: &TimedCase, grade: &Grade) -> Result<Option<TimingResult>, String> {
    let result = result(grade, case);
    match result.outcome {
        Outcome::Pass => Ok(result.timing.clone()),
        Outcome::Undecided => Ok(None),
        _ => Err(explain(grade)),
    }
}

fn result<'a>(grade: &'a Grade, case: &TimedCase) -> &'a CaseResult {
    let mut cases = grade.cases.iter();
    cases.find(|one| one.name == case.name).unwrap_or_else(|| panic!("{}", explain(grade)))
}

fn slow_variants(solution: &Path) -> Vec<(PathBuf, Variant)> {
    let entries =
        std::fs::read_dir(solution.join("wrong")).expect("known-wrong variants").flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let load =
        |path: PathBuf| (path.clone(), Variant::load(&path).unwrap_or_else(|e| panic!("{e}")));
    paths.into_iter().map(load).filter(|(_, variant)| variant.slow).collect()
}
