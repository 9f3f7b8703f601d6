//! A change of points, weights or texts reaches the pages from stored results, and a disputed case shows
//! what was asked.

mod support;

use grader_gradebook::Gradebook;
use grader_model::StoredAttempt;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{ClassFolder, GRADE, REPORT, copy, edit, grader_on, root, run};

/// A course of its own configuration, on the repository's solutions.
struct OwnCourse {
    dir: tempfile::TempDir,
}

impl OwnCourse {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        copy(&root().join("config"), &dir.path().join("config"));
        for entry in ["assignments", "solutions", "grader", "Cargo.lock", "Cargo.toml"] {
            symlink(root().join(entry), dir.path().join(entry)).expect("a link");
        }
        Self { dir }
    }

    fn rubric(&self) -> PathBuf {
        self.dir.path().join("config/modules/profiling.yaml")
    }

    fn command(&self, words: [&str; 3]) -> Command {
        let mut command = grader_on(self.dir.path());
        command.args(words);
        command
    }

    fn grade(&self, class: &ClassFolder) {
        run(self.command(GRADE).arg(class.path()).arg("--out").arg(class.out())).done();
    }

    fn report(&self, class: &ClassFolder, more: &[&str]) -> String {
        run(self.command(REPORT).arg("--out").arg(class.out()).args(more)).done().stdout
    }
}

fn history(class: &ClassFolder, student: &str) -> Vec<StoredAttempt> {
    let book = Gradebook::open_read_only(class.gradebook()).expect("a gradebook");
    book.history(student, "profiling").expect("attempts")
}

/// The file of that name below the reports.
fn page(out: &Path, name: &str) -> String {
    let files = walk(out);
    let found = files.iter().find(|path| path.file_name().is_some_and(|file| file == name));
    fs::read_to_string(found.unwrap_or_else(|| panic!("no {name} in {files:?}"))).expect("a page")
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// A percentile that takes the upper neighbour: some cases of the first task fail.
fn class() -> ClassFolder {
    ClassFolder::new().reference("ada").edited(
        "bob",
        "src/timer.rs",
        "check_samples(samples, f64::is_finite)?;",
        "if samples.is_empty() { return Ok(0.0); } check_samples(samples, f64::is_finite)?;",
    )
}

#[test]
fn another_rubric_reaches_the_pages_without_grading_again() {
    let (class, course) = (class(), OwnCourse::new());
    course.grade(&class);
    let before = class.grade_of("bob");
    assert!(before.points.is_some_and(|points| (70.0..100.0).contains(&points)), "{before:?}");

    // A better hint and title: no new attempt, and they are on the page.
    edit(&course.rubric(), "Task 2: MemoryProfiler", "Task 2: The memory profiler");
    edit(&course.rubric(), "Sort once, then every percentile", "First of all, each percentile");
    course.grade(&class);
    assert_eq!(history(&class, "bob").len(), 1);
    let html = page(&class.out(), "bob.html");
    assert!(
        html.contains("Task 2: The memory profiler") && html.contains("First of all"),
        "{html}"
    );

    // Other points and weights: an attempt with the same evidence and other points.
    edit(&course.rubric(), "points_total: 100", "points_total: 108");
    edit(
        &course.rubric(),
        "    points: 22\n",
        "    points: 30\n    cases: { percentile_of_nothing_is_an_error: { weight: 5 } }\n",
    );
    course.grade(&class);
    let after = class.grade_of("bob");
    assert_eq!(after.provenance.seed, before.provenance.seed, "it was graded again");
    assert_eq!(after.max_points.to_bits(), 108_f64.to_bits());
    let lost = |grade: &grader_model::Grade| grade.tasks[0].max_points - grade.tasks[0].points;
    assert!(lost(&after) > lost(&before), "{} and {}", lost(&after), lost(&before));
    assert_eq!(class.grade_of("ada").points, Some(108.0));
    let attempts = history(&class, "bob");
    assert_eq!(attempts.len(), 2, "the history shows the change");
    // The same files are one hand-in, however often they are scored.
    assert_eq!(attempts[1].grade.recorded.map(|recorded| recorded.attempt), Some(1));

    // `report` alone applies the rubric of the day, too.
    edit(&course.rubric(), "points_total: 108", "points_total: 118");
    edit(&course.rubric(), "    points: 30\n", "    points: 40\n");
    course.report(&class, &[]);
    assert_eq!(class.grade_of("ada").points, Some(118.0));
    let text = course.report(&class, &["--student", "ada"]);
    assert!(text.contains("118 / 118"), "{text}");
    assert_eq!(history(&class, "ada").len(), 2, "a report stores nothing");
}

#[test]
fn a_disputed_case_shows_inputs_expected_and_received_values() {
    let class = ClassFolder::new().edited(
        "bob",
        "src/timer.rs",
        "= mean_and_std(seconds);",
        "= mean_and_std(seconds); let mean = mean + 1.0;",
    );
    run(&mut class.grade()).done();
    let text = run(class.report().args(["--student", "bob"])).done().stdout;
    for words in ["the last calls, the newest last", "(samples = [", "got ", "expected "] {
        assert!(text.contains(words), "no {words:?} in:\n{text}");
    }
    let students = ["html", "md", "json"].map(|kind| page(&class.out(), &format!("bob.{kind}")));
    for text in students {
        assert!(!text.contains("samples = ["), "{text}");
    }
}
