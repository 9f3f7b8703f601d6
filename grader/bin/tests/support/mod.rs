//! Classes to grade, and the program to grade them with.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

mod files;

pub use files::{belongs_to_another, contents, copy, edit, is_root, repository_files, set_mode};

use grader_model::Grade;
use serde::Deserialize;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a loaded machine may need for anything that is waited for here.
const PATIENCE: Duration = Duration::from_mins(10);

/// The commands that these tests are about, for the module that their submissions are of.
pub const CHECK: [&str; 3] = ["check", "-m", "profiling"];
pub const GRADE: [&str; 3] = ["grade", "-m", "profiling"];
pub const REPORT: [&str; 3] = ["report", "-m", "profiling"];

/// The course: this repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("../..").canonicalize().expect("the repository is there")
}

/// What submissions are compiled against: kept by content, and built once for the suites of all crates.
pub fn kits() -> PathBuf {
    root().join("target/grader-cache")
}

/// The program, on the course at `course`.
pub fn grader_on(course: &Path) -> Command {
    through(Command::new(env!("CARGO_BIN_EXE_grader")), course)
}

/// The program, on the repository's own course.
pub fn grader() -> Command {
    grader_on(&root())
}

/// The program, started by `wrapper` (`prlimit ... grader`).
pub fn wrapped(wrapper: &[&str]) -> Command {
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(env!("CARGO_BIN_EXE_grader"));
    through(command, &root())
}

/// Nothing of the caller's terminal or of an outer run gets in.
fn through(mut command: Command, course: &Path) -> Command {
    for name in ["NO_COLOR", "RUST_LOG", "LC_CTYPE", "LANG", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("GRADER_CACHE", kits()).env("COLUMNS", "100").env("LC_ALL", "C.UTF-8");
    command.arg("--course").arg(course);
    command
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct ProgramOutput {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for ProgramOutput {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Self { code: output.status.code(), stdout, stderr }
    }
}

impl ProgramOutput {
    /// Asserts the exit code, and that all `words` were said on standard error.
    #[track_caller]
    pub fn with(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in:\n{}", self.stderr);
        }
        self
    }

    /// Asserts that all went well.
    #[track_caller]
    pub fn done(self) -> Self {
        self.with(0, &[])
    }

    /// Asserts that `words` stand on standard output.
    #[track_caller]
    pub fn saying(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stdout.contains(word), "no {word:?} in:\n{}", self.stdout);
        }
        self
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> ProgramOutput {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")).into()
}

/// A class folder in the making, and beside it the folder that its reports go to.
pub struct ClassFolder {
    dir: TempDir,
}

impl ClassFolder {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(dir.path().join("class")).expect("a class folder");
        Self { dir }
    }

    /// The folder that holds everything.
    pub fn base(&self) -> &Path {
        self.dir.path()
    }

    /// The folder of submissions.
    pub fn path(&self) -> PathBuf {
        self.dir.path().join("class")
    }

    /// Where reports go.
    pub fn out(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    /// Where the reports of the module go.
    pub fn reports(&self) -> PathBuf {
        self.out().join("profiling")
    }

    pub fn gradebook(&self) -> PathBuf {
        self.out().join("gradebook.sqlite")
    }

    /// One student's folder.
    pub fn student(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    /// A submission that earns everything.
    pub fn reference(self, name: impl AsRef<Path>) -> Self {
        copy(&root().join("solutions/profiling/src"), &self.student(name).join("src"));
        self
    }

    /// A submission as it was handed out.
    pub fn stub(self, name: impl AsRef<Path>) -> Self {
        copy(&root().join("assignments/profiling/src"), &self.student(name).join("src"));
        self
    }

    /// The reference, but for one file: `find` is replaced there.
    pub fn edited(self, name: &str, file: &str, find: &str, replace: &str) -> Self {
        let class = self.reference(name);
        edit(&class.student(name).join(file), find, replace);
        class
    }

    /// The reference's `files` alone: all others are taken as handed out.
    pub fn handing_in(self, name: &str, files: &[&str]) -> Self {
        for file in files {
            let to = self.student(name).join("src").join(file);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder of sources");
            fs::copy(root().join("solutions/profiling/src").join(file), to).expect("a copy");
        }
        self
    }

    /// Any entry of the class folder.
    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        let path = self.student(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
        self
    }

    /// `grader grade` on it.
    pub fn grade(&self) -> Command {
        self.graded_by(grader())
    }

    /// `grade` on it, by `program`.
    pub fn graded_by(&self, mut program: Command) -> Command {
        program.args(GRADE).arg(self.path()).arg("--out").arg(self.out());
        program
    }

    /// `grader report` on its gradebook.
    pub fn report(&self) -> Command {
        let mut command = grader();
        command.args(REPORT).arg("--out").arg(self.out());
        command
    }

    /// The grades of the last run, as its `class.json` has them.
    pub fn grades(&self) -> Vec<Grade> {
        self.grades_of_module("profiling")
    }

    /// Those of another module.
    pub fn grades_of_module(&self, module: &str) -> Vec<Grade> {
        let file = self.out().join(module).join("class.json");
        grades(&fs::read_to_string(file).expect("class.json"))
    }

    /// The points of each student in `class.json`.
    pub fn points(&self) -> Vec<(String, Option<f64>)> {
        points(&self.grades())
    }

    /// The grade of one student.
    #[track_caller]
    pub fn grade_of(&self, student: &str) -> Grade {
        let grades = self.grades();
        let names: Vec<_> = grades.iter().map(|grade| grade.submission.student.clone()).collect();
        let found = grades.into_iter().find(|grade| grade.submission.student == student);
        found.unwrap_or_else(|| panic!("no {student:?} among {names:?}"))
    }

    /// Asserts that nobody was hurt by the entry beside them.
    #[track_caller]
    pub fn full_marks(&self, student: &str) {
        let grade = self.grade_of(student);
        assert_eq!(grade.points, Some(grade.max_points), "{student}");
    }

    /// Asserts that an entry of the class folder has no grade, for a reason that holds `words`. It is an
    /// attempt of its student, and names the entry.
    #[track_caller]
    pub fn no_grade(&self, entry: &str, words: &[&str]) {
        let grades = self.grades();
        let own = grades.iter().find(|grade| grade.submission.student == entry);
        let named = || {
            grades
                .iter()
                .find(|grade| grade.notes.iter().any(|note| note.to_string().contains(entry)))
        };
        let grade = own.or_else(named).unwrap_or_else(|| panic!("no word of {entry}"));
        assert_eq!(grade.points, None, "{entry} has points");
        for word in words {
            let told = grade.notes.iter().any(|note| note.to_string().contains(word));
            assert!(told, "no {word:?} in {:?}", grade.notes);
        }
    }
}

/// The grades in an instructor's JSON.
pub fn grades(json: &str) -> Vec<Grade> {
    #[derive(Deserialize)]
    struct OutputDocument {
        schema: String,
        submissions: Vec<Grade>,
    }
    let document: OutputDocument = serde_json::from_str(json).expect("an instructor's JSON");
    assert_eq!(document.schema, "grader/class/v2");
    document.submissions
}

/// Who has how many points.
pub fn points(grades: &[Grade]) -> Vec<(String, Option<f64>)> {
    grades.iter().map(|grade| (grade.submission.student.clone(), grade.points)).collect()
}

/// Waits until `look` finds what it looks for; fails with what it saw last.
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match look() {
            Ok(found) => return found,
            Err(seen) if start.elapsed() > PATIENCE => panic!("{what} never came: {seen}"),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// The program without the right to ignore permissions: an ordinary user has none anyway, and
/// root gives up the two capabilities (what only root may reach stays within reach, such as a
/// toolchain in its home folder).
pub fn bound_by_permissions() -> Command {
    if !is_root() {
        return grader();
    }
    let without = "-dac_override,-dac_read_search";
    wrapped(&["setpriv", "--bounding-set", without, "--inh-caps", without, "--"])
}

/// Whether a program can be run and succeeds.
pub fn works(program: &str, args: &[&str]) -> bool {
    let output = Command::new(program).args(args.iter().map(OsStr::new)).output();
    output.is_ok_and(|output| output.status.success())
}
