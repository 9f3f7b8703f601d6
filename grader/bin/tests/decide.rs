//! Points that are pending are decided by an instructor, for the record, and no attempt is edited.

mod support;

use grader_gradebook::Gradebook;
use grader_model::{Grade, Outcome};
use serde_json::Value;
use std::fs;
use std::process::Command;
use support::{ClassFolder, grader, run};

fn decide(class: &ClassFolder, options: &[&str]) -> Command {
    let mut command = grader();
    command.args(["decide", "ada", "-m", "profiling"]).args(options).arg("--out").arg(class.out());
    command
}

/// A graded class whose student has two undecided cases of two tasks, by name, and the grade as it was measured.
fn pending() -> (ClassFolder, Grade, [String; 2]) {
    let class = ClassFolder::new().reference("ada");
    run(&mut class.grade()).done();
    let mut book = Gradebook::open(class.gradebook()).expect("a gradebook");
    let number = book.newest("ada", "profiling").expect("to read").expect("an attempt");
    let measured = book.attempt(number).expect("to read").expect("an attempt").grade;
    let mut open = measured.clone();
    let first = open.cases.first().expect("a case").clone();
    let other = open.cases.iter().find(|case| case.task != first.task).expect("a case").clone();
    let names = [first.name, other.name];
    for case in &mut open.cases {
        if names.contains(&case.name) {
            case.outcome = Outcome::Undecided;
        }
    }
    book.record(&open, 1_800_000_000).expect("to record");
    (class, measured, names)
}

/// Points and pending points of the only submission of `class.json`.
fn score(class: &ClassFolder) -> (f64, f64) {
    let text = fs::read_to_string(class.reports().join("class.json")).expect("class.json");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let points = document["submissions"][0]["points"].as_f64().expect("points");
    (points, document["pending"][0]["pending"].as_f64().unwrap_or(0.0))
}

#[test]
fn pending_points_are_decided_and_undone_and_every_decision_is_kept() {
    let (class, measured, [first, second]) = pending();
    run(&mut class.report()).done().saying(&["pending"]);
    let (before, open) = score(&class);
    assert!(open > 0.0 && (before + open - 100.0).abs() < 1e-6, "{before} and {open}");

    // A preview records nothing.
    let full = ["--all-pending", "--points", "full", "--reason", "seen in the lab"];
    run(decide(&class, &full).arg("--dry-run")).done().saying(&["Not recorded", "100 / 100"]);
    run(&mut class.report()).done();
    assert_eq!(score(&class), (before, open));

    let ended = run(decide(&class, &full).args(["--format", "json"])).done();
    let document: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(document["schema"], "grader/decision/v1");
    assert_eq!((&document["recorded"], &document["award"]), (&true.into(), &"full".into()));
    assert_eq!(document["after"]["points"], 100.0);
    assert_eq!(score(&class), (100.0, 0.0), "the reports are written again");
    let page = fs::read_to_string(class.reports().join("students/ada.md")).expect("a page");
    assert!(page.contains("decided by instructor") && page.contains("seen in the lab"), "{page}");

    // A later decision is in force; a private reason is not for students.
    let none = ["--case", &first, "--points", "none", "--reason", "copied", "--private"];
    run(&mut decide(&class, &none)).done();
    assert!(score(&class).0 < 100.0);
    let page = fs::read_to_string(class.reports().join("students/ada.md")).expect("a page");
    assert!(page.contains("No points for") && !page.contains("copied"), "{page}");

    run(&mut decide(&class, &["--all-pending", "--undo", "--reason", "wrong student"])).done();
    assert_eq!(score(&class), (before, open));
    let history = run(class.report().args(["--student", "ada", "--history"])).done();
    history.saying(&["seen in the lab", "copied", "wrong student", "undecided again", &second]);

    // What was measured wins.
    run(&mut decide(&class, &none)).done();
    let mut book = Gradebook::open(class.gradebook()).expect("a gradebook");
    book.record(&measured, 1_800_000_001).expect("to record");
    drop(book);
    run(&mut class.report()).done();
    assert_eq!(score(&class), (100.0, 0.0));
    let page = fs::read_to_string(class.reports().join("students/ada.md")).expect("a page");
    assert!(page.contains("no longer needed"), "{page}");
    let refused = ["--case", &first, "--points", "full", "--reason", "x"];
    run(&mut decide(&class, &refused)).with(2, &["is not pending: it ended as passed"]);
}

#[test]
fn what_cannot_be_decided_is_refused_with_what_is_pending() {
    let (class, measured, [first, second]) = pending();
    let settled = measured.cases.iter().find(|case| ![&first, &second].contains(&&case.name));
    let settled = &settled.expect("a case").name;
    let reason = ["--reason", "x"];
    let with = |options: &[&str]| run(decide(&class, options).args(reason));
    with(&["--case", settled, "--points", "full"]).with(2, &["not pending", &first, &second]);
    with(&["--case", "no_such_case", "--points", "full"])
        .with(2, &["no case `no_such_case`", &first]);
    with(&["--task", "no_such_task", "--points", "full"]).with(2, &["no task `no_such_task`"]);
    with(&["--case", &first, "--points", "1000"]).with(2, &["points at most, not 1000"]);
    with(&["--all-pending", "--points", "1"]).with(2, &["for one case"]);
    with(&["--case", &first, "--points", "-1"]).with(2, &[]);
    with(&["--case", &first, "--points", "NaN"]).with(2, &["`full`, `none` or a number"]);
    with(&["--all-pending", "--undo"]).with(2, &["nothing of this is decided"]);
    run(&mut decide(&class, &["--all-pending", "--points", "full"])).with(2, &["--reason"]);
    let nobody = grader()
        .args(["decide", "eve", "--all-pending", "--points", "full", "--reason", "x", "--out"])
        .arg(class.out())
        .output();
    assert_eq!(nobody.expect("to run").status.code(), Some(2));
}

/// A decision about a grade that follows an earlier rubric was recorded, and then not applied.
#[test]
fn a_grade_that_must_be_made_again_is_not_decided() {
    let (class, measured, [first, _]) = pending();
    let mut stale = measured;
    stale.cases.retain(|case| case.name != first);
    let mut book = Gradebook::open(class.gradebook()).expect("a gradebook");
    book.record(&stale, 1_800_000_002).expect("to record");
    drop(book);
    let full = ["--all-pending", "--points", "full", "--reason", "x"];
    run(&mut decide(&class, &full)).with(2, &["earlier version of the rubric", "grade it again"]);
}
