//! Who receives what of the program's output, as the table in `grader/THREATS.md` has it. Classes that fail in
//! many ways are graded by the program itself; every byte that reaches a student is searched for what is
//! hidden, and what instructors receive has to hold it, or the search would prove nothing.

mod classes;
mod faults;
mod releases;
mod secrets;
#[path = "../support/mod.rs"]
mod support;

use classes::GradedClass;
use secrets::SecretTexts;
use std::fs;
use std::path::PathBuf;
use support::{contents, grader, root, run};

fn reports_of(graded: &GradedClass) -> PathBuf {
    graded.class.out().join(graded.module)
}

/// What goes to students, byte by byte, with a name for each.
fn for_students(graded: &GradedClass) -> Vec<(String, Vec<u8>)> {
    let files = contents(&reports_of(graded).join("students")).into_iter();
    let mut all: Vec<_> = files.map(|(path, bytes)| (path.display().to_string(), bytes)).collect();
    for format in graded.formats {
        let mut check = grader();
        check.args(["check", "-m", graded.module]).arg(graded.class.student(graded.checked));
        check.args(["--seed", &classes::SEED.to_string(), "--format", format]);
        let ended = run(check.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full")).done();
        all.push((format!("check --format {format}"), ended.stdout.into_bytes()));
        all.push((format!("what check --format {format} says beside"), ended.stderr.into_bytes()));
    }
    all
}

/// What goes to instructors, and holds nothing hidden all the same: it is looked at with others around, or
/// kept by whatever keeps a program's log.
fn on_the_screen(graded: &GradedClass) -> Vec<(String, Vec<u8>)> {
    let page = |name: &str| fs::read(reports_of(graded).join(name)).expect("a page");
    vec![
        ("class.html".into(), page("class.html")),
        ("class.md".into(), page("class.md")),
        ("what `grade` prints".into(), graded.ended.stdout.clone().into_bytes()),
        ("what `grade` logs".into(), graded.ended.stderr.clone().into_bytes()),
    ]
}

/// What goes to instructors alone. It has to hold what is hidden.
fn for_instructors(graded: &GradedClass) -> Vec<(String, Vec<u8>)> {
    let file = |path: PathBuf| fs::read(path).expect("a file");
    let mut report = grader();
    report.args(["report", "-m", graded.module, "--student", graded.checked]);
    let one = run(report.arg("--out").arg(graded.class.out())).done();
    vec![
        ("class.json".into(), file(reports_of(graded).join("class.json"))),
        ("gradebook.sqlite".into(), file(graded.class.gradebook())),
        ("report --student".into(), one.stdout.into_bytes()),
    ]
}

/// An event of each stage. The log is searched for what is hidden, and the search of an empty log would show
/// nothing.
const STAGES: [&str; 9] = [
    "sandbox layer",
    "sandbox chosen",
    "grader_pipeline::kit: kit",
    "collected",
    "rustc ended",
    "built",
    "judging",
    "driver finished",
    "recorded",
];
/// Where speed is measured and hand-written kernels are audited.
const STAGES_OF_SPEED: [&str; 3] = ["audited", "timing", "measuring"];

fn logs_every_stage(graded: &GradedClass) {
    let log = &graded.ended.stderr;
    let of_speed = match graded.module {
        "profiling" => &[][..],
        // Too little is right in these submissions to be measured.
        "caching" | "quantization" | "compression" => &STAGES_OF_SPEED[..2],
        _ => &STAGES_OF_SPEED,
    };
    for event in STAGES.iter().chain(of_speed) {
        assert!(log.contains(event), "{}: no event says {event:?}:\n{log}", graded.module);
    }
    let student = format!("student={:?} module={:?}", graded.checked, graded.module);
    assert!(log.contains(&student), "{}: no event names {student}:\n{log}", graded.module);
}

fn nothing_hidden_reaches_students_of(graded: &GradedClass, at_least: usize) {
    logs_every_stage(graded);
    let secrets = SecretTexts::of(&graded.class.grades_of_module(graded.module));
    assert!(secrets.values() >= at_least, "only {} values are hidden", secrets.values());
    for (name, bytes) in for_students(graded) {
        let shown = secrets.shown_in(&bytes);
        assert!(shown.is_empty(), "{}: {name} shows {shown:?}", graded.module);
    }
    // The commands on the instructor's pages carry `--course` as the instructor typed it.
    let course = root().display().to_string();
    for (name, bytes) in on_the_screen(graded) {
        let mut shown = secrets.shown_in(&bytes);
        shown.retain(|secret| *secret != course);
        assert!(shown.is_empty(), "{}: {name} shows {shown:?}", graded.module);
    }
    for (name, bytes) in for_instructors(graded) {
        let shown = secrets.shown_in(&bytes);
        assert!(!shown.is_empty(), "{}: nothing is found in {name}", graded.module);
    }
}

#[test]
fn profiling_shows_students_nothing_hidden() {
    nothing_hidden_reaches_students_of(&classes::profiling(), 4);
}

#[test]
fn acceleration_shows_students_nothing_hidden() {
    nothing_hidden_reaches_students_of(&classes::acceleration(), 10);
}

#[test]
fn quantization_shows_students_nothing_hidden() {
    nothing_hidden_reaches_students_of(&classes::quantization(), 5);
}

#[test]
fn compression_shows_students_nothing_hidden() {
    nothing_hidden_reaches_students_of(&classes::compression(), 5);
}

#[test]
fn caching_shows_students_nothing_hidden() {
    nothing_hidden_reaches_students_of(&classes::caching(), 5);
}
