//! Classes to grade, and the program to grade them with.
#![allow(dead_code, reason = "each test binary uses a part of it")]

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

/// The course: this repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("../..").canonicalize().expect("the repository is there")
}

/// What submissions are compiled against, built once for all tests (it is kept by content).
pub fn kits() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("kits")
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
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Self { code: output.status.code(), stdout, stderr }
    }
}

impl Ended {
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
pub fn run(command: &mut Command) -> Ended {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")).into()
}

/// A class folder in the making, and beside it the folder that its reports go to.
pub struct Class {
    dir: TempDir,
}

impl Class {
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
        fs::write(self.student(name), bytes).expect("a file");
        self
    }

    /// `grader grade` on it.
    pub fn grade(&self) -> Command {
        self.graded_by(grader())
    }

    /// `grade` on it, by `program`.
    pub fn graded_by(&self, mut program: Command) -> Command {
        program.arg("grade").arg(self.path()).arg("--out").arg(self.out());
        program
    }

    /// `grader report` on its gradebook.
    pub fn report(&self) -> Command {
        let mut command = grader();
        command.arg("report").arg("--out").arg(self.out());
        command
    }

    /// The grades of the last run, as its `class.json` has them.
    pub fn grades(&self) -> Vec<Grade> {
        let text = fs::read_to_string(self.out().join("class.json")).expect("class.json");
        grades(&text)
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
        assert_eq!(self.grade_of(student).points, Some(100.0), "{student}");
    }

    /// Asserts that an entry has no grade, for a reason that holds `words`.
    #[track_caller]
    pub fn no_grade(&self, student: &str, words: &[&str]) {
        let grade = self.grade_of(student);
        assert_eq!(grade.points, None, "{student} has points");
        for word in words {
            let told = grade.notes.iter().any(|note| note.contains(word));
            assert!(told, "no {word:?} in {:?}", grade.notes);
        }
    }
}

/// The grades in an instructor's JSON.
pub fn grades(json: &str) -> Vec<Grade> {
    #[derive(Deserialize)]
    struct Document {
        schema: String,
        submissions: Vec<Grade>,
    }
    let document: Document = serde_json::from_str(json).expect("an instructor's JSON");
    assert_eq!(document.schema, "grader/class/v1");
    document.submissions
}

/// Who has how many points.
pub fn points(grades: &[Grade]) -> Vec<(String, Option<f64>)> {
    grades.iter().map(|grade| (grade.submission.student.clone(), grade.points)).collect()
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

/// Replaces the one `find` in a file.
#[track_caller]
pub fn edit(file: &Path, find: &str, replace: &str) {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!(text.matches(find).count(), 1, "{find:?} in {}", file.display());
    fs::write(file, text.replace(find, replace)).expect("a write");
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

/// The files of the repository, relative to its root: what git tracks, and what is new and not
/// ignored; in a copy without a history, all but what is built.
pub fn repository_files() -> Vec<PathBuf> {
    // Whose the folder is does not matter for a listing (containers mount other users' folders).
    let list = ["-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"];
    let listed = Command::new("git").args(list).current_dir(root()).output();
    let mut files: Vec<PathBuf> = match listed {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).expect("names are UTF-8");
            text.split_terminator('\0').map(PathBuf::from).collect()
        }
        _ => below(&root())
            .into_iter()
            .map(|path| path.strip_prefix(root()).expect("is below").to_owned())
            .collect(),
    };
    // What is tracked may have been deleted.
    files.retain(|file| root().join(file).is_file());
    files
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let built = path.ends_with("target") || path.ends_with(".git") || path.ends_with("grades");
        if path.is_dir() && !built {
            found.extend(below(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

/// The files in a folder, by name, with what is in them; nothing when there is no folder.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.clone(), fs::read(&path).expect("a file")));
        }
    }
    found.sort();
    found
}

/// Whether permissions do not count for whoever runs the tests.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").expect("/proc").uid() == 0
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

/// Takes a file or folder away from whoever is [`bound_by_permissions`]: it becomes somebody
/// else's, with this mode for its owner alone.
pub fn belongs_to_another(path: &Path, mode: &str) {
    const NOBODY: u32 = 65534;
    if is_root() {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
    }
    set_mode(path, mode);
}

/// Sets permissions, in octal.
pub fn set_mode(path: &Path, mode: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = u32::from_str_radix(mode, 8).expect("octal");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the owner may");
}

/// Whether a program can be run and succeeds.
pub fn works(program: &str, args: &[&str]) -> bool {
    let output = Command::new(program).args(args.iter().map(OsStr::new)).output();
    output.is_ok_and(|output| output.status.success())
}
