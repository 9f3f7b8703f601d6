//! The files next to a student's code during compilation and execution: the driver it is linked
//! with, the kit it is compiled against, and the folders visible to the compiler. None of them
//! contains anything of a hidden case.

use crate::needles::{self, TextSearch};
use grader_pipeline::collect;
use regression::{grader, modules, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// All files next to an unchanged stub. With a stub, nothing of a solution can be in them because a
/// student wrote it.
fn beside(work: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for module in modules() {
        let grader = grader(&module.slug);
        let stub = root().join("assignments").join(&module.slug);
        let collected = grader.collect(&collect::single(&stub).expect("a folder"));
        let sources = collected.sources.unwrap_or_else(|refusal| panic!("{refusal}"));
        let folder = work.join(&module.slug);
        let drivers = grader.drivers(&sources, &folder).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(drivers.len(), 1 + usize::from(grader.module.timed.is_some()));
        all.extend(needles::files(&folder));
        all.extend(needles::files(&grader.kit.deps()));
    }
    all.sort();
    all.dedup();
    all
}

#[test]
fn drivers_and_kit_hold_nothing_of_a_hidden_case() {
    let known: BTreeMap<String, String> = needles::all();
    let texts: Vec<&String> = known.keys().collect();
    let search = TextSearch::new(texts.iter().map(|text| text.as_bytes().to_vec()));
    let work = tempfile::tempdir().expect("a folder");
    let mut found = Vec::new();
    for path in beside(work.path()) {
        let bytes = fs::read(&path).expect("a file");
        let name = path.file_name().unwrap_or_default().display();
        found.extend(search.found_in(&bytes).iter().map(|number| {
            format!("{name} holds {:?} of {}", texts[*number], known[texts[*number]])
        }));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Hidden files that are not part of any program: tests, scripts, and texts used by tests. `grader
/// release --check` keeps their lines out of the students' files.
const IN_NO_PROGRAM: [&str; 5] = ["tests/profiled_models.rs", ".toml", ".py", ".snap", ".csv"];

/// The control: this test program contains the cases, so it must contain nearly all of these texts,
/// and something of each file.
#[test]
fn what_judges_holds_something_of_every_hidden_file() {
    let known = needles::all();
    let texts: Vec<&String> = known.keys().collect();
    let search = TextSearch::new(texts.iter().map(|text| text.as_bytes().to_vec()));
    let me = fs::read(std::env::current_exe().expect("a path")).expect("this program");
    let found: BTreeSet<&String> = search.found_in(&me).iter().map(|at| texts[*at]).collect();
    let missing: Vec<_> = texts.iter().filter(|text| !found.contains(**text)).collect();
    assert!(texts.len() > 1000 && missing.len() * 20 < texts.len(), "{missing:#?}");
    let cases = needles::of_cases();
    assert!(!missing.iter().any(|text| cases.contains(**text)), "{missing:#?}");
    let places: BTreeSet<&String> = found.iter().map(|text| &known[*text]).collect();
    for path in needles::hidden_files() {
        let place = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let in_a_program = !IN_NO_PROGRAM.iter().any(|ending| place.ends_with(ending));
        let whole = place.ends_with("grading/lib.rs");
        assert!(whole || !in_a_program || places.contains(&place), "{place} has no mark");
    }
}
