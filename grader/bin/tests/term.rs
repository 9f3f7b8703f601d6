//! What an instructor changes for a term, in `config/` alone: `release`, `doctor` and `grade` agree about it.

mod support;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use support::{ClassFolder, edit, grader_on, repository_files, root, run};
use tempfile::TempDir;

const PROFILING: &str = "config/modules/profiling.yaml";
const CACHING: &str = "config/modules/caching.yaml";

/// A course like this one, whose configuration and handout may be changed.
struct TermCourse {
    folder: TempDir,
}

impl TermCourse {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["grader", "solutions", "Cargo.lock", "Cargo.toml"] {
            std::os::unix::fs::symlink(root().join(name), folder.path().join(name))
                .expect("a link");
        }
        for file in repository_files() {
            if file.starts_with("config") || file.starts_with("assignments") {
                let to = folder.path().join(&file);
                fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
                fs::copy(root().join(&file), to).expect("a copy");
            }
        }
        let term = Self { folder };
        // The sum of the points is what these tests change.
        let text = fs::read_to_string(term.at(PROFILING)).expect("a rubric");
        let kept = text.lines().filter(|line| !line.starts_with("points_total"));
        let text: String = kept.flat_map(|line| [line, "\n"]).collect();
        fs::write(term.at(PROFILING), text).expect("a rubric");
        term
    }

    fn at(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Adds a line to the entry of a task.
    fn add(&self, task: &str, line: &str) {
        let entry = format!("  - id: {task}\n");
        edit(&self.at(PROFILING), &entry, &format!("{entry}    {line}\n"));
    }

    fn release(&self, out: &Path) -> support::ProgramOutput {
        run(grader_on(self.folder.path()).arg("release").arg("--out").arg(out))
    }

    /// `doctor --format json`: the finding called `name`.
    fn doctor(&self, name: &str) -> Value {
        let ended = run(grader_on(self.folder.path()).args(["doctor", "--format", "json"]));
        let findings: Vec<Value> = serde_json::from_str(&ended.stdout).expect("JSON");
        let found = findings.into_iter().find(|finding| finding["name"] == name);
        found.unwrap_or_else(|| panic!("no {name:?} in {}", ended.stdout))
    }
}

/// `grade` refused it once, after `release` had given students a handout with the task in it.
#[test]
fn a_task_is_dropped_for_a_term() {
    let term = TermCourse::new();
    term.add("compare", "dropped: true");
    let out = term.at("handout");
    term.release(&out).done();
    assert!(!out.join("profiling/tests/compare.rs").exists());
    assert!(out.join("profiling/tests/timer.rs").exists());
    let readme = fs::read_to_string(out.join("profiling/README.md")).expect("a handout");
    assert!(!readme.contains("## Task 7") && readme.contains("Not part of this term"), "{readme}");
    assert_eq!(term.doctor("  compare")["state"], "good");

    // Whoever never wrote it, or changed what was given for it, loses nothing.
    let class = ClassFolder::new().reference("ada").edited(
        "bob",
        "src/compare.rs",
        "pub fn compare(",
        "pub fn compare_with_another_name(",
    );
    fs::remove_file(class.student("ada").join("src/compare.rs")).expect("removed");
    run(&mut class.graded_by(grader_on(term.folder.path()))).done();
    for student in ["ada", "bob"] {
        let grade = class.grade_of(student);
        assert_eq!(grade.points, Some(grade.max_points), "{student}");
        assert_eq!(grade.tasks.len(), 6, "{student}");
        assert!(grade.problems.is_empty(), "{student}: {:?}", grade.problems);
        assert!(grade.cases.iter().all(|case| case.task != "compare"), "{student}");
    }
}

/// A hidden case that turned out wrong held back eight others, and could not be taken out.
#[test]
fn a_case_of_weight_0_is_left_out_and_holds_nobody_back() {
    let term = TermCourse::new();
    term.add("timer", "cases: { percentile_of_nothing_is_an_error: { weight: 0 } }");
    term.add("context", "points: 0");
    let context = fs::read_to_string(term.at(PROFILING)).expect("a rubric");
    let (before, after) = context.split_once("    title: \"Task 4").expect("the task");
    let (line, after) = after.split_once("    points: ").expect("its points");
    let after = after.split_once('\n').expect("the end of the line").1;
    fs::write(term.at(PROFILING), format!("{before}    title: \"Task 4{line}{after}"))
        .expect("written");

    let checks = "check_samples(samples, f64::is_finite)?;";
    let unchecked = format!("if samples.is_empty() {{ return Ok(0.0) }} {checks}");
    let class = ClassFolder::new().edited("ada", "src/timer.rs", checks, &unchecked);
    // The task for practice is not begun.
    let stub = root().join("assignments/profiling/src/context.rs");
    fs::copy(stub, class.student("ada").join("src/context.rs")).expect("a copy");
    run(&mut class.graded_by(grader_on(term.folder.path()))).done();
    let grade = class.grade_of("ada");
    assert_eq!(grade.points, Some(grade.max_points));
    assert_eq!(grade.outcome, grader_model::Outcome::Pass);
    let timer = grade.tasks.iter().find(|task| task.id == "timer").expect("the task");
    assert_eq!(timer.passed, timer.cases, "no case waits for the one that is left out");
    let context = grade.tasks.iter().find(|task| task.id == "context").expect("the task");
    assert_eq!(context.outcome, grader_model::Outcome::NotStarted, "it is shown as it is");
}

/// The mistakes of one layer hid those of the next, and `release` saw none that `grade` refused.
#[test]
fn all_mistakes_of_the_course_are_shown_in_one_round_by_every_command() {
    let term = TermCourse::new();
    term.add("memory", "cases: { no_such_case: { weight: 2 } }");
    term.add("flops", "wieght: 2");
    edit(&term.at(CACHING), "WindowCache::attend", "WindowCache::attends");
    let class = ClassFolder::new().stub("ada");
    let words = ["3 mistakes in 2 files", "no_such_case", "wieght", "WindowCache::attends"];
    let graded = run(&mut class.graded_by(grader_on(term.folder.path()))).with(2, &words);
    assert!(!class.out().join("class.html").exists(), "a refused run writes no report");

    let out = term.at("handout");
    let released = term.release(&out).with(2, &words);
    assert!(!out.exists(), "a refused release writes nothing");
    assert_eq!(released.stderr, graded.stderr, "the same text");
    let check = run(grader_on(term.folder.path()).args(["release", "--check"])).with(2, &words);
    assert_eq!(check.stderr, graded.stderr);

    let doctor = run(grader_on(term.folder.path()).arg("doctor")).with(1, &[]);
    doctor.saying(&["no_such_case", "wieght", "WindowCache::attends"]);
    let mistakes = &term.doctor("config of profiling")["mistakes"];
    assert_eq!(mistakes.as_array().map(Vec::len), Some(2), "{mistakes}");
    assert!(mistakes[0]["text"].as_str().is_some_and(|text| text.contains("profiling.yaml:")));
}

/// Another module that is being worked on is no reason to grade nobody.
#[test]
fn a_mistake_in_another_module_is_mentioned_and_no_more() {
    let term = TermCourse::new();
    edit(&term.at(CACHING), "WindowCache::attend", "WindowCache::attends");
    let class = ClassFolder::new().stub("ada");
    let mut command = class.graded_by(grader_on(term.folder.path()));
    run(&mut command).with(0, &["1 mistake in", "in other modules: `grader doctor`"]);
}

#[test]
fn mistakes_in_the_list_of_modules_and_in_rubrics_are_shown_together() {
    let term = TermCourse::new();
    edit(&term.at("config/course.yaml"), "number: 16", "number: sixteen");
    term.add("memory", "cases: { no_such_case: { weight: 2 } }");
    let words = ["2 mistakes in 2 files", "sixteen", "no_such_case"];
    term.release(&term.at("handout")).with(2, &words);
}
