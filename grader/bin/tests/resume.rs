//! A class run that is interrupted goes on where it stopped, and ends as if nothing had happened.

mod support;

use grader_gradebook::Gradebook;
use regression::processes::{cgroups_of, descendants};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use support::{ClassFolder, ProgramOutput, edit, eventually, run};

/// Who hands in which files of the reference; the rest is taken as it was handed out. Points
/// differ, so that equal points of two runs say something.
const STUDENTS: [(&str, &[&str]); 8] = [
    ("ada", &["timer.rs"]),
    ("bob", &["memory.rs"]),
    ("cleo", &["flops.rs", "flops/report.rs", "flops/shapes.rs"]),
    ("dan", &["timer.rs", "memory.rs"]),
    ("eve", &["spans.rs"]),
    ("fay", &["bottleneck.rs"]),
    ("gus", &["compare.rs", "interaction.rs", "timer.rs"]),
    ("hal", &["spans.rs", "bottleneck.rs"]),
];

fn class() -> ClassFolder {
    STUDENTS.iter().fold(ClassFolder::new(), |class, (name, files)| class.handing_in(name, files))
}

/// The points of an undisturbed run over the same class.
fn undisturbed() -> Vec<(String, Option<f64>)> {
    let class = class();
    run(&mut class.grade()).done().saying(&["8 graded now, 0 unchanged"]);
    let points = class.points();
    let different: BTreeSet<_> =
        points.iter().map(|(_, points)| points.map(f64::to_bits)).collect();
    assert!(different.len() > 4, "{points:?} would look the same when mixed up");
    points
}

/// How many attempts the gradebook holds, from outside of the running grader.
fn attempts(gradebook: &Path) -> Result<usize, String> {
    let book = Gradebook::open_read_only(gradebook).map_err(|error| error.to_string())?;
    book.check().map_err(|error| error.to_string())?;
    book.latest("profiling").map(|attempts| attempts.len()).map_err(|error| error.to_string())
}

/// Starts grading the class one by one, and returns once `enough` submissions are graded.
fn in_the_middle(class: &ClassFolder, temp: &Path, enough: usize) -> Child {
    // What is compiled against must be there: a first build is no part of what is tested here.
    run(support::grader().args(support::CHECK).arg(class.student("ada"))).done();
    let mut command = class.grade();
    command.args(["--jobs", "1"]).env("TMPDIR", temp);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    eventually("the first grades", || {
        let ended = child.try_wait().expect("can be asked");
        assert!(ended.is_none(), "it ended before it could be disturbed: {ended:?}");
        match attempts(&class.gradebook()) {
            Ok(count) if count >= enough => Ok(()),
            other => Err(format!("{other:?} attempts")),
        }
    });
    child
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success(), "it is not running");
}

/// The first number before `word` in `text`.
#[track_caller]
fn count(text: &str, word: &str) -> usize {
    let before = text.split(word).next().filter(|before| before.len() < text.len());
    let number = before.and_then(|before| before.split_whitespace().last());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("no {word:?} in:\n{text}"))
}

/// Grades the rest: only what is not in the gradebook yet.
#[track_caller]
fn goes_on(class: &ClassFolder, temp: &Path) {
    let before = attempts(&class.gradebook()).expect("a sound gradebook");
    assert!((1..8).contains(&before), "{before} of 8 were graded; there is nothing to go on with");
    let ended = run(class.grade().args(["--jobs", "1"]).env("TMPDIR", temp)).done();
    assert_eq!(count(&ended.stdout, "unchanged"), before, "{}", ended.stdout);
    assert_eq!(count(&ended.stdout, "graded now"), 8 - before, "{}", ended.stdout);
    assert_eq!(class.points(), undisturbed());
    for (name, _) in STUDENTS {
        assert_eq!(history(class, name).len(), 1, "{name} was graded twice");
    }
}

fn history(class: &ClassFolder, student: &str) -> Vec<grader_model::StoredAttempt> {
    let book = Gradebook::open_read_only(class.gradebook()).expect("a gradebook");
    book.history(student, "profiling").expect("attempts")
}

#[test]
fn after_ctrl_c_only_the_rest_is_graded() {
    let class = class();
    let temp = tempfile::tempdir().expect("a folder");
    let child = in_the_middle(&class, temp.path(), 1);
    signal(&child, "INT");
    let ended: ProgramOutput = child.wait_with_output().expect("ends").into();
    let ended = ended.with(130, &["what is graded is kept", "run the same command to go on"]);
    let kept = attempts(&class.gradebook()).expect("a sound gradebook");
    assert_eq!(count(&ended.stdout, "graded now"), kept, "what is told is what is kept");
    assert_eq!(class.grades().len(), kept, "the reports are of what is kept");
    assert_eq!(left_in(temp.path()), Vec::<String>::new());
    goes_on(&class, temp.path());
}

/// It was not: the earlier version's result was known, so no attempt was stored, and the gradebook's
/// newest stayed that of the version that had been taken back.
#[test]
fn who_goes_back_to_an_earlier_version_has_its_points() {
    let class = ClassFolder::new().handing_in("ada", &["timer.rs"]);
    let timer = class.student("ada").join("src/timer.rs");
    let first = fs::read_to_string(&timer).expect("a source");
    run(&mut class.grade()).done();
    let points = class.grade_of("ada").points;
    fs::remove_file(&timer).expect("taken back");
    let class = class.handing_in("ada", &["memory.rs"]);
    run(&mut class.grade()).done();
    assert_ne!(class.grade_of("ada").points, points);
    fs::remove_file(class.student("ada").join("src/memory.rs")).expect("taken back");
    fs::write(&timer, first).expect("the first version");
    run(&mut class.grade()).done().saying(&["0 graded now, 1 unchanged"]);
    assert_eq!(class.grade_of("ada").points, points, "what the class run says");
    run(&mut class.report()).done();
    assert_eq!(class.grade_of("ada").points, points, "what the gradebook says");
    assert_eq!(history(&class, "ada").len(), 3, "each hand-in is an attempt");
}

/// Each run stored an attempt of one of them: the result of the content that they share was the other's.
#[test]
fn two_students_with_the_same_files_get_no_new_attempts_when_nothing_changes() {
    let class =
        ClassFolder::new().handing_in("ada", &["spans.rs"]).handing_in("bob", &["spans.rs"]);
    for _ in 0..3 {
        run(class.grade().args(["--jobs", "1"])).done();
    }
    assert_eq!((history(&class, "ada").len(), history(&class, "bob").len()), (1, 1));
}

#[test]
fn sigterm_is_as_good_as_ctrl_c() {
    let class = class();
    let temp = tempfile::tempdir().expect("a folder");
    let child = in_the_middle(&class, temp.path(), 1);
    signal(&child, "TERM");
    let ended: ProgramOutput = child.wait_with_output().expect("ends").into();
    ended.with(130, &["run the same command to go on"]);
    assert_eq!(left_in(temp.path()), Vec::<String>::new());
}

#[test]
fn after_sigkill_only_the_rest_is_graded_and_nothing_is_left_behind() {
    let class = class();
    let temp = tempfile::tempdir().expect("a folder");
    let mut child = in_the_middle(&class, temp.path(), 2);
    let pid = child.id();
    let family = eventually("a process of the sandbox", || match descendants(pid) {
        none if none.is_empty() => Err("none".into()),
        family => Ok(family),
    });
    child.kill().expect("SIGKILL");
    child.wait().expect("is dead");
    eventually("the end of what it had started", || {
        let alive: Vec<_> = family.iter().filter(|one| one.is_alive()).collect();
        if alive.is_empty() { Ok(()) } else { Err(format!("{alive:?} of {pid} are alive")) }
    });
    goes_on(&class, temp.path());
    assert_eq!(left_in(temp.path()), Vec::<String>::new(), "temporary folders");
    assert_eq!(cgroups_of(pid), Vec::<String>::new(), "cgroups");
}

/// What stands in a folder.
fn left_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into()).collect()
}

#[test]
fn what_did_not_change_is_not_graded_again() {
    let class = ClassFolder::new().handing_in("ada", &["memory.rs"]).stub("bob");
    run(&mut class.grade()).done().saying(&["2 graded now, 0 unchanged"]);
    let points = class.points();
    run(&mut class.grade()).done().saying(&["0 graded now, 2 unchanged"]);
    assert_eq!(class.points(), points);
    assert_eq!(history(&class, "ada").len(), 1);

    run(class.grade().arg("--again")).done().saying(&["2 graded now, 0 unchanged"]);
    assert_eq!(class.points(), points);
    assert_eq!(history(&class, "ada").len(), 2, "all attempts are kept");
}

#[test]
fn a_changed_submission_alone_is_graded_again() {
    let class = ClassFolder::new().handing_in("ada", &["memory.rs", "timer.rs"]).stub("bob");
    // One by one, so that the attempts are numbered in the order of the students.
    run(class.grade().args(["--jobs", "1"])).done();
    let before = class.grade_of("ada").points;
    // An old file time, as unpacked archives have them: only content may decide.
    let source = class.student("ada").join("src/timer.rs");
    let then = fs::metadata(&source).and_then(|meta| meta.modified()).expect("a time");
    edit(&source, "p50: percentile(seconds, 50.0)?", "p50: mean");
    let file = fs::File::options().write(true).open(&source).expect("opens");
    file.set_modified(then - std::time::Duration::from_hours(1)).expect("a time");
    run(&mut class.grade()).done().saying(&["1 graded now, 1 unchanged"]);
    let after = class.grade_of("ada").points;
    assert!(after < before, "{after:?} instead of {before:?}");

    let most = class.grade_of("ada").max_points;
    let words = |points: Option<f64>| format!("{} / {most}", points.expect("points"));
    let ended = run(class.report().args(["--student", "ada", "--history"])).done();
    let ended =
        ended.saying(&["attempt 1 of", "(record 1)", "(record 3)", &words(before), &words(after)]);
    assert_eq!(ended.stdout.matches("attempt ").count(), 2, "{}", ended.stdout);
    let newest = run(class.report().args(["--student", "ada"])).done().saying(&["(record 3)"]);
    assert!(!newest.stdout.contains("(record 1)"), "{}", newest.stdout);
}

#[test]
fn reports_can_be_made_again_from_the_gradebook() {
    let class = ClassFolder::new().handing_in("ada", &["memory.rs"]).stub("bob");
    run(&mut class.grade()).done();
    let points = class.points();
    fs::remove_file(class.reports().join("class.json")).expect("removed");
    run(&mut class.report()).done().saying(&["2 submissions"]);
    assert_eq!(class.points(), points);
    run(class.report().args(["--student", "zoe"])).with(2, &["knows no student", "zoe"]);
}
