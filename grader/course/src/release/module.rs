//! Generates the students' version of one module: `solutions/<slug>/` to `assignments/<slug>/`.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::ReleaseTree;
use super::errors::ReleaseErrors;
use super::strip::{self, SplitFile};
use super::{handout, manifest, markers};
use crate::config::{Course, CourseModule, Rubric, TaskRubric};
use crate::located::{LocatedProblem, SourceText};

/// Folders of a solution that students never receive.
pub(super) const SECRET: [&str; 2] = ["grading", "wrong"];

/// Files that every module must have.
const REQUIRED: [&str; 3] = ["Cargo.toml", "README.md", "src/lib.rs"];

/// The students' files of one module: path inside `assignments/<slug>/` -> content. Reads only
/// `solutions/<slug>/` and the root manifest; the same input gives the same bytes.
pub fn generate(
    root: &Path,
    course: &Course,
    module: &CourseModule,
    rubric: &Rubric,
) -> Result<ReleaseTree, ReleaseErrors> {
    made(root, course, module, Some(rubric))
}

/// [`generate`] with an optional rubric. Without one (it has mistakes), only problems that need the
/// rubric are not found.
pub(super) fn made(
    root: &Path,
    course: &Course,
    module: &CourseModule,
    rubric: Option<&Rubric>,
) -> Result<ReleaseTree, ReleaseErrors> {
    let folder = root.join("solutions").join(&module.slug);
    let mut tree = ReleaseTree::new();
    let mut problems = Vec::new();
    for path in files(&folder)? {
        let is_dropped_test = rubric.is_some_and(|rubric| is_test_of_dropped(rubric, &path));
        if is_secret(&path) || is_dropped_test || path == Path::new("Cargo.lock") {
            continue;
        }
        let shown = format!("solutions/{}/{}", module.slug, path.display());
        let bytes = read(&folder.join(&path))?;
        let source = SolutionFile { shown: &shown, path: &path, bytes };
        match student_file(root, course, source, rubric) {
            // A file that is empty after stripping is for instructors only.
            Ok(bytes) if bytes.trim_ascii().is_empty() && is_marked(&path) => {}
            Ok(bytes) => drop(tree.insert(path, bytes)),
            Err(found) => problems.extend(found),
        }
    }
    for required in REQUIRED {
        let there = folder.join(required).is_file();
        if !there {
            let name = format!("solutions/{}/{required}", module.slug);
            problems.push(LocatedProblem::whole_file(
                name,
                "this file is missing, and students need it",
            ));
        }
    }
    ReleaseErrors::unless_clean(tree, problems)
}

/// Path of a task's visible tests, inside its module.
pub(super) fn test_file(task: &TaskRubric) -> PathBuf {
    format!("tests/{}.rs", task.id).into()
}

fn is_test_of_dropped(rubric: &Rubric, path: &Path) -> bool {
    rubric.not_handed_out().iter().any(|task| path == test_file(task))
}

/// One file of a solution.
struct SolutionFile<'a> {
    /// Its name in messages.
    shown: &'a str,
    /// Its path in the module.
    path: &'a Path,
    bytes: Vec<u8>,
}

/// The students' version of one file.
fn student_file(
    root: &Path,
    course: &Course,
    file: SolutionFile<'_>,
    rubric: Option<&Rubric>,
) -> Result<Vec<u8>, Vec<LocatedProblem>> {
    let SolutionFile { shown, path, bytes } = file;
    // Binary files (images, weights, data) are copied unchanged.
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Ok(bytes);
    };
    let source = SourceText::new(shown, text);
    let Some(split) = split(&source, path)? else {
        if let Some((at, phrase)) = markers::phrase_in(text) {
            let span = at..at + phrase.len();
            return Err(vec![
                LocatedProblem::at(&source, span, "a marker where none is read")
                    .label("expected in .rs and .toml files only"),
            ]);
        }
        return match rubric.filter(|_| path == Path::new("README.md")) {
            Some(rubric) => handout::student(&source, course, rubric).map(String::into_bytes),
            None => Ok(bytes),
        };
    };
    if path != Path::new("Cargo.toml") {
        let note = rubric.and_then(|rubric| note_of_term(rubric, path)).unwrap_or_default();
        return Ok((note + &split.student).into_bytes());
    }
    let root_manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    manifest::student(shown, &split.student, &root_manifest).map(String::into_bytes)
}

/// The first line of a file whose task is not handed out this term.
fn note_of_term(rubric: &Rubric, path: &Path) -> Option<String> {
    let has_file = |task: &&TaskRubric| task.files.iter().any(|file| file == path);
    let dropped = rubric.not_handed_out().into_iter().find(has_file)?;
    let note = format!(
        "// Not part of this term: task {} (`{}`). Leave this file as it is.\n",
        dropped.number, dropped.id
    );
    (!rubric.handed_out().iter().any(has_file)).then_some(note)
}

/// Splits a file of a type that can contain markers; `None` for all other types.
pub(super) fn split(
    source: &SourceText,
    path: &Path,
) -> Result<Option<SplitFile>, Vec<LocatedProblem>> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => strip::rust(source).map(Some),
        Some("toml") => strip::toml(source).map(Some),
        _ => Ok(None),
    }
}

fn is_marked(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs" || extension == "toml")
}

/// Whether a path inside a solution is in a folder that is never shipped.
pub(super) fn is_secret(path: &Path) -> bool {
    let top = path.components().next();
    top.is_some_and(|top| SECRET.iter().any(|secret| top.as_os_str() == *secret))
}

/// All files in `folder`, relative to it and sorted, except build output and hidden files other
/// than `.gitignore`. A symbolic link is a problem, because it may lead anywhere.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, ReleaseErrors> {
    let mut found = Vec::new();
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        let is_build_output = name == "target" && entry.file_type().is_dir();
        let is_hidden = name.starts_with('.') && name != ".gitignore";
        entry.depth() == 0 || !(is_build_output || is_hidden)
    });
    for entry in walk {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).display().to_string();
            ReleaseErrors::from(LocatedProblem::whole_file(
                path,
                format!("cannot be read: {error}"),
            ))
        })?;
        if entry.file_type().is_symlink() {
            let path = entry.path().display().to_string();
            let problem = LocatedProblem::whole_file(path, "a symbolic link");
            return Err(problem.help("put the file itself there").into());
        }
        if entry.file_type().is_file() {
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            found.push(relative.to_owned());
        }
    }
    Ok(found)
}

/// The bytes of a required file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, ReleaseErrors> {
    std::fs::read(path).map_err(|error| ReleaseErrors::io(path, "read", &error))
}
