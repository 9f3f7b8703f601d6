//! A second course, about another subject, is released and graded by the same crates.

use regression::variant::Variant;
use regression::{copy_of, root};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn course() -> PathBuf {
    root().join("regression/tiny_course")
}

/// Runs the tiny course's own program; it must exit with 0.
#[track_caller]
fn grader(arguments: &[&str]) -> String {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_tiny-grader"))
        .arg("--course")
        .arg(course())
        .args(arguments)
        .env("GRADER_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("kits"))
        .output()
        .expect("the program runs");
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stdout}\n{stderr}");
    stdout
}

/// The student's report about a folder.
#[track_caller]
fn report(submission: &Path) -> Value {
    let submission = submission.display().to_string();
    let json = grader(&["check", &submission, "--format", "json"]);
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// The names of the cases that did not pass.
fn failed_cases(report: &Value) -> Vec<&str> {
    let tasks = report["tasks"].as_array().into_iter().flatten();
    let cases = tasks.flat_map(|task| task["cases"].as_array().into_iter().flatten());
    let failed = cases.filter(|case| case["outcome"] != "pass");
    failed.filter_map(|case| case["name"].as_str()).collect()
}

#[test]
fn what_its_students_get_is_fresh_and_holds_no_answer() {
    assert!(grader(&["release", "--check"]).contains("up to date and holds no answer"));
    let readme = course().join("assignments/README.md");
    let readme = std::fs::read_to_string(readme).expect("the students' README");
    assert!(readme.starts_with("# Text\n\nYou take texts apart. Everything here"), "{readme}");
}

#[test]
fn its_configuration_is_good() {
    let findings = grader(&["doctor"]);
    assert!(findings.contains("10 points, 2 tasks, 5 hidden cases"), "{findings}");
}

#[test]
fn its_reference_gets_full_points() {
    let report = report(&course().join("solutions/text"));
    assert_eq!(report["outcome"], "pass", "{report}");
    assert_eq!(report["points"], 10.0);
}

#[test]
fn its_handout_is_not_started() {
    let report = report(&course().join("assignments/text"));
    assert_eq!(report["outcome"], "not_started", "{report}");
    assert_eq!(report["points"], 0.0);
}

#[test]
fn a_known_wrong_variant_is_caught_by_its_cases_and_keeps_the_other_points() {
    let solution = course().join("solutions/text");
    let variant = Variant::load(&solution.join("wrong/single_spaces.yaml")).expect("a variant");
    let folder = copy_of(&solution);
    variant.apply(folder.path()).expect("the edits fit");
    let report = report(folder.path());
    assert_eq!(failed_cases(&report), variant.caught_by, "{report}");
    // One of three cases of the first task, and all of the second.
    assert_eq!(report["points"], 6.0 / 3.0 + 4.0);
}
