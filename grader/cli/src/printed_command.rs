//! Commands that the grader prints, made in one place: each works as it is printed, in the folder where it is
//! printed.

use crate::args::{GraderArguments, OutputOptions};
use grader_report::escape::shell;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The gradebook's place in the output folder.
const DEFAULT_OUT: &str = "grades";

/// The program and the course, as the user named them, and where the results are.
pub struct CommandContext {
    program: String,
    course: Option<PathBuf>,
}

impl CommandContext {
    /// The context of the command that is running.
    pub fn new(arguments: &GraderArguments) -> Self {
        Self { program: program(), course: arguments.course.clone() }
    }

    /// `grader report` for a module, up to the student's name.
    pub fn report(&self, output: &OutputOptions, module: &str) -> String {
        let mut words = self.begin("report");
        if output.out != Path::new(DEFAULT_OUT) {
            words.extend(option("--out", &output.out));
        }
        if let Some(gradebook) = &output.gradebook {
            words.extend(option("--gradebook", gradebook));
        }
        words.extend(["-m".into(), shell(module)]);
        words.join(" ")
    }

    /// `grader check` for one submission; `module` as the user named it.
    pub fn check(&self, submission: &Path, module: Option<&str>) -> String {
        let mut words = self.begin("check");
        if let Some(module) = module {
            words.extend(["-m".into(), shell(module)]);
        }
        // What begins with a dash is no path to the command line.
        let dash = submission.as_os_str().as_encoded_bytes().starts_with(b"-");
        let path = if dash { Path::new(".").join(submission) } else { submission.to_owned() };
        words.push(shell(&path.to_string_lossy()));
        words.join(" ")
    }

    fn begin(&self, command: &str) -> Vec<String> {
        let mut words = vec![self.program.clone(), command.to_owned()];
        if let Some(course) = &self.course {
            words.extend(option("--course", course));
        }
        words
    }
}

/// An option with a path, as one word if the path begins with a dash.
fn option(name: &str, path: &Path) -> Vec<String> {
    let path = path.to_string_lossy();
    if path.starts_with('-') {
        vec![format!("{name}={}", shell(&path))]
    } else {
        vec![name.into(), shell(&path)]
    }
}

/// The program as the user started it. A bare name works if it is found as the shell finds it; cargo
/// starts it by a path, which works in that folder.
fn program() -> String {
    let typed = std::env::args_os().next().unwrap_or_default();
    let path = std::env::var_os("PATH").unwrap_or_default();
    if works_as_typed(&typed, &path) {
        return shell(&typed.to_string_lossy());
    }
    std::env::current_exe().map_or_else(|_| "grader".into(), |path| shell(&path.to_string_lossy()))
}

fn works_as_typed(typed: &OsString, path: &OsStr) -> bool {
    let name = Path::new(typed);
    if name.components().count() > 1 || name.is_absolute() {
        return name.is_file();
    }
    std::env::split_paths(path).any(|folder| folder.join(name).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(course: Option<&str>) -> CommandContext {
        CommandContext { program: "grader".into(), course: course.map(PathBuf::from) }
    }

    #[test]
    fn a_command_has_the_options_that_it_needs_and_no_others() {
        let output = |out: &str, gradebook: Option<&str>| OutputOptions {
            out: out.into(),
            gradebook: gradebook.map(PathBuf::from),
        };
        let plain = context(None).report(&output("grades", None), "searching");
        assert_eq!(plain, "grader report -m searching");
        let other = output("o'ut", Some("-b.sqlite"));
        let all = context(Some("../my course")).report(&other, "searching");
        let expected = r"grader report --course '../my course' --out 'o'\''ut' --gradebook='-b.sqlite' -m searching";
        assert_eq!(all, expected);
    }

    #[test]
    fn a_path_is_never_taken_for_an_option() {
        assert_eq!(context(None).check(Path::new("-x"), Some("15")), "grader check -m 15 ./-x");
        assert_eq!(context(None).check(Path::new("a b"), None), "grader check 'a b'");
    }

    #[test]
    fn a_bare_name_works_where_the_shell_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().as_os_str();
        assert!(!works_as_typed(&"grader".into(), path));
        std::fs::write(folder.path().join("grader"), "").unwrap();
        assert!(works_as_typed(&"grader".into(), path));
        assert!(!works_as_typed(&"./no/grader".into(), path));
    }
}
