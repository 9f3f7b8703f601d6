//! The program, started and watched from outside.

use grader_gradebook::Gradebook;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What came of each student: points and outcome, as the gradebook's newest attempt has them.
pub type StudentOutcomes = BTreeMap<String, (Option<f64>, String)>;

/// The program of this workspace, built as this one was.
///
/// # Panics
/// When cargo cannot build it.
pub fn program() -> PathBuf {
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "-p", "grader"]).current_dir(regression::root());
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    assert!(build.status().expect("cargo").success(), "the grader does not build");
    let examples = std::env::current_exe().expect("a path");
    let folder = examples.parent().and_then(Path::parent).expect("the target folder");
    folder.join("grader")
}

/// One class to be graded by the program.
pub struct ClassProgram<'a> {
    /// The program.
    pub program: &'a Path,
    /// The class.
    pub class: &'a Path,
    /// Where the reports and the gradebook go.
    pub out: &'a Path,
    /// Its temporary folder.
    pub temp: &'a Path,
    /// How many submissions at once.
    pub jobs: usize,
}

impl ClassProgram<'_> {
    /// Starts it. What it prints goes to the output folder's `stdout` and `stderr`.
    pub fn start(&self) -> Child {
        std::fs::create_dir_all(self.out).expect("a folder");
        let log = |name: &str| {
            let file = std::fs::File::create(self.out.join(name)).expect("a log");
            Stdio::from(file)
        };
        Command::new(self.program)
            .arg("--course")
            .arg(regression::root())
            .args(["grade", "-m", "profiling", "--jobs", &self.jobs.to_string(), "--out"])
            .arg(self.out)
            .arg(self.class)
            .env("TMPDIR", self.temp)
            .stdout(log("stdout"))
            .stderr(log("stderr"))
            .spawn()
            .expect("the program starts")
    }

    /// Runs it to its end; its exit code has to be 0.
    pub fn to_its_end(&self) -> Result<(), String> {
        let status = self.start().wait().map_err(|error| error.to_string())?;
        if status.success() {
            return Ok(());
        }
        let said = std::fs::read_to_string(self.out.join("stderr")).unwrap_or_default();
        Err(format!("the grader ended with {status}:\n{said}"))
    }

    /// The newest attempts of its gradebook; `None` while there is none.
    pub fn outcomes(&self) -> Result<Option<StudentOutcomes>, String> {
        let path = self.out.join("gradebook.sqlite");
        if !path.is_file() {
            return Ok(None);
        }
        let failed = |error: grader_gradebook::GradebookError| error.to_string();
        let book = match Gradebook::open_read_only(&path) {
            Ok(book) => book,
            // Killed before its tables were made: as good as not there.
            Err(grader_gradebook::GradebookError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        book.check().map_err(failed)?;
        let attempts = book.latest("profiling").map_err(failed)?;
        let of = |grade: grader_model::Grade| {
            (grade.submission.student.clone(), (grade.points, grade.outcome.to_string()))
        };
        Ok(Some(attempts.into_iter().map(|attempt| of(attempt.grade)).collect()))
    }
}

/// What differs between two runs, in words.
pub fn differences(expected: &StudentOutcomes, got: &StudentOutcomes) -> Vec<String> {
    let names: std::collections::BTreeSet<_> = expected.keys().chain(got.keys()).collect();
    let differs = |name: &&&String| expected.get(**name) != got.get(**name);
    let words =
        |name: &String| format!("{name}: {:?}, now {:?}", expected.get(name), got.get(name));
    names.iter().filter(differs).map(|name| words(name)).collect()
}
