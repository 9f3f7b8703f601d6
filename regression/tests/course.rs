//! Properties that every module must have: the reference gets full marks, the stub gets nothing,
//! the students' files are up to date and contain no answer, and repeating a grading gives the same
//! grade.

use grader_course::release;
use grader_model::{Grade, Outcome};
use grader_pipeline::check_course;
use grader_sandbox::{ConfinementLevel, ProbeOptions};
use regression::{copy_of, copy_tree, explain, grade, grade_with, modules, open, root};
use std::path::Path;

#[test]
fn the_reference_gets_full_marks() {
    for module in modules() {
        let grade = grade(&module.slug, &root().join("solutions").join(&module.slug), 5);
        assert_eq!(grade.outcome, Outcome::Pass, "{}", explain(&grade));
        assert_eq!(grade.points, Some(grade.max_points));
        assert!(grade.cases.len() >= 50, "{} cases", grade.cases.len());
    }
}

#[test]
fn the_stub_is_not_started_and_no_error() {
    for module in modules() {
        let grade = grade(&module.slug, &root().join("assignments").join(&module.slug), 5);
        assert_eq!(grade.outcome, Outcome::NotStarted, "{}", explain(&grade));
        assert_eq!(grade.points, Some(0.0));
        assert!(grade.tasks.iter().all(|task| task.outcome == Outcome::NotStarted));
    }
}

#[test]
fn the_level_of_the_sandbox_is_part_of_the_grade() {
    for module in modules() {
        let grade = grade(&module.slug, &root().join("assignments").join(&module.slug), 5);
        assert!(grade.provenance.sandbox.starts_with("full"), "{}", grade.provenance.sandbox);
    }
}

/// Regression test: `--trust-submission` graded nothing on a machine without namespaces. Moving
/// paths inside the sandbox needs a mount namespace, but the grader always expected the moved
/// paths.
#[test]
fn the_reference_gets_full_marks_at_every_level() {
    let trusted = |level| ProbeOptions {
        allow_weak: true,
        trust: true,
        max_level: Some(level),
        ..ProbeOptions::default()
    };
    for module in modules() {
        for level in
            [ConfinementLevel::Unconfined, ConfinementLevel::Weak, ConfinementLevel::NoCgroup]
        {
            let grader = open(module, trusted(level));
            assert_eq!(grader.sandbox.level(), level);
            let reference = root().join("solutions").join(&module.slug);
            let grade = grade_with(&grader, &reference, 5);
            assert_eq!(grade.outcome, Outcome::Pass, "{level}: {}", explain(&grade));
        }
    }
}

/// The record without measured times.
fn timeless(grade: &Grade) -> String {
    let mut grade = grade.clone();
    grade.costs.clear();
    for case in &mut grade.cases {
        case.wall_seconds = 0.0;
        // Measured times in the detail may differ; the outcomes based on them must not.
        case.detail = None;
    }
    serde_json::to_string(&grade).unwrap()
}

#[test]
fn a_grading_repeated_gives_the_same_record() {
    for module in modules() {
        let half = half_done(&module.slug);
        let [first, again] = [(); 2].map(|()| grade(&module.slug, half.path(), 77));
        let name = |mut grade: Grade| {
            grade.submission.student.clear();
            timeless(&grade)
        };
        assert_eq!(name(first), name(again));
    }
}

#[test]
fn other_inputs_give_the_same_points() {
    for module in modules() {
        let half = half_done(&module.slug);
        let grades: Vec<_> =
            (100..106).map(|seed| grade(&module.slug, half.path(), seed)).collect();
        let points: Vec<_> = grades.iter().map(|grade| grade.points).collect();
        assert!(points.windows(2).all(|pair| pair[0] == pair[1]), "{points:?}");
        assert!(points[0] > Some(0.0) && points[0] < Some(grades[0].max_points), "{points:?}");
    }
}

/// The stub, with the first task's file from the reference solution.
fn half_done(slug: &str) -> tempfile::TempDir {
    let folder = copy_of(&root().join("assignments").join(slug));
    let first = &regression::grader(slug).module.rubric.tasks[0].files[0];
    let from = root().join("solutions").join(slug).join(first);
    std::fs::copy(from, folder.path().join(first)).unwrap();
    folder
}

#[test]
fn the_configuration_has_no_mistake() {
    let mistakes = check_course(&root(), grader::MODULES).mistakes();
    assert!(mistakes.is_none(), "{mistakes:?}");
}

/// `vector_level` would do nothing if the features had other names.
#[test]
fn the_wide_vector_features_are_in_the_manifest_of_the_foundation() {
    let foundation = regression::course().foundation.as_ref().unwrap();
    let manifest = root().join("assignments").join(&foundation.package).join("Cargo.toml");
    let text = std::fs::read_to_string(manifest).unwrap();
    assert!(!foundation.wide_vector_features.is_empty());
    for feature in &foundation.wide_vector_features {
        assert_eq!(text.matches(&format!("\"{feature}\"")).count(), 1, "{feature}");
    }
}

#[test]
fn what_students_get_is_fresh_and_holds_no_answer() {
    let drift = release::check(&root()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(drift.is_fresh(), "{drift}run `cargo run -p grader -- release`");
    let leaks = release::leaks(&root()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[test]
fn drift_and_a_leak_are_found_where_there_are_some() {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["config", "solutions", "assignments"] {
        copy_without_builds(&root().join(folder), &copy.path().join(folder));
    }
    let slug = &modules().next().unwrap().slug;
    let first = &regression::grader(slug).module.rubric.tasks[0].files[0];
    let reference = copy.path().join("solutions").join(slug).join(first);
    let handed_out = copy.path().join("assignments").join(slug).join(first);
    std::fs::copy(reference, handed_out).unwrap();
    let drift = release::check(copy.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(!drift.is_fresh(), "a changed file is drift");
    let leaks = release::leaks(copy.path()).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(leaks.iter().any(|leak| leak.file.ends_with(first)), "an answer is a leak: {leaks:?}");
}

fn copy_without_builds(from: &Path, to: &Path) {
    copy_tree(from, to);
    let _ = std::fs::remove_dir_all(to.join("target"));
}

/// A claim tells its students what is checked, and no drawn value.
#[test]
fn every_claim_is_a_sentence_without_numbers() {
    for module in grader::MODULES {
        let untimed = module.cases.iter().copied().flatten().map(|case| (case.name, case.claim));
        for (name, claim) in untimed {
            let at = format!("{}/{name}: {claim:?}", module.slug);
            let claim = claim.trim();
            let first = claim.chars().next().unwrap_or(' ');
            assert!(first.is_uppercase() || first == '`', "{at} does not begin as a sentence");
            assert!(claim.ends_with('.') && claim.len() > 15, "{at} does not end as a sentence");
            assert!(claim.matches('`').count().is_multiple_of(2), "{at} has an open backtick");
            // `p95` and `n - 1` are names, not drawn values.
            let prose: String = claim.split('`').step_by(2).collect();
            assert!(!prose.contains(|c: char| c.is_ascii_digit()), "{at} tells a number");
        }
    }
}

/// Code that answers nothing fails every module.
#[test]
fn code_that_answers_nothing_fails_a_rehearsal() {
    for module in grader::MODULES {
        let mut silent = grader_protocol::InProcess::new(|_: &[u8]| Vec::new());
        let failed = module.rehearse(&mut silent).unwrap_err();
        assert!(failed.contains("seed 0"), "{failed}");
    }
}
