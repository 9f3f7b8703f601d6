//! What submissions are compiled against is damaged: a fault of ours, seen as one, and never a zero.

mod support;

use grader_gradebook::Gradebook;
use grader_model::Grade;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::{ClassFolder, ProgramOutput, copy, eventually, grader, run};

/// A cache of its own with the kit in it, to be damaged.
fn cache(class: &ClassFolder) -> PathBuf {
    run(grader().args(support::CHECK).arg(class.student("student-0"))).done();
    let cache = class.base().join("cache");
    copy(&support::kits(), &cache);
    cache
}

fn grade(class: &ClassFolder, cache: &Path) -> Command {
    let mut program = grader();
    program.env("GRADER_CACHE", cache);
    class.graded_by(program)
}

/// Full marks for each of `count`; no two hand in the same, so that no result is used twice.
fn class_of(count: usize) -> ClassFolder {
    (0..count).fold(ClassFolder::new(), |class, n| {
        let name = format!("student-{n}");
        let class = class.reference(&name);
        // Else one grading would do for all of them.
        let lib = class.student(&name).join("src/lib.rs");
        let text = fs::read_to_string(&lib).expect("a library");
        fs::write(&lib, format!("{text}// {name}\n")).expect("a write");
        class
    })
}

/// The foundation's library in each kit of a cache: which kit will be used is not known here.
fn libraries(cache: &Path) -> Vec<PathBuf> {
    let entries = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
    let kits = entries(cache.to_owned()).map(|kit| kit.path().join("deps"));
    let files = kits.flat_map(entries).map(|file| file.path());
    let named = |path: &PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy();
        name.starts_with("libtinytorch") && name.ends_with(".rlib")
    };
    let found: Vec<_> = files.filter(named).collect();
    assert!(!found.is_empty(), "no kit in {}", cache.display());
    found
}

/// A library that a failing disk had cut short once made every submission "not compile": a zero for
/// the whole class.
#[test]
fn a_damaged_kit_is_built_again() {
    let class = class_of(1);
    let cache = cache(&class);
    for library in libraries(&cache) {
        let file = fs::File::options().write(true).open(library).expect("opens");
        file.set_len(100_000).expect("cut short");
    }
    run(&mut grade(&class, &cache)).with(0, &["building what submissions are compiled against"]);
    class.full_marks("student-0");
    let ended = run(grade(&class, &cache).arg("--again")).done();
    assert!(!ended.stderr.contains("building"), "it is whole now: {}", ended.stderr);
}

#[test]
fn a_library_that_is_lost_during_a_run_costs_nobody_a_grade() {
    let class = class_of(6);
    let cache = cache(&class);
    let mut command = grade(&class, &cache);
    command.args(["--jobs", "1"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("starts");
    eventually("the first grade", || {
        let book = Gradebook::open_read_only(class.gradebook()).map_err(|why| why.to_string())?;
        match book.latest("profiling").map_err(|why| why.to_string())?.len() {
            0 => Err("none".into()),
            _ => Ok(()),
        }
    });
    let away = |library: &PathBuf| library.with_extension("taken-away");
    let lost = libraries(&cache);
    for library in &lost {
        fs::rename(library, away(library)).expect("taken away");
    }
    let ended: ProgramOutput = child.wait_with_output().expect("ends").into();
    ended.with(3, &[]).saying(&["grader fault", "never a zero"]);
    let (graded, lost_grades): (Vec<_>, Vec<_>) =
        class.grades().into_iter().partition(|grade| grade.points.is_some());
    assert!(!lost_grades.is_empty(), "all were graded before it was taken away");
    let is_full = |grade: &Grade| grade.points == Some(grade.max_points);
    assert!(graded.iter().all(is_full), "{:?}", class.points());

    for library in &lost {
        fs::rename(away(library), library).expect("put back");
    }
    run(&mut grade(&class, &cache)).done();
    assert!(class.grades().iter().all(is_full), "{:?}", class.points());
}
