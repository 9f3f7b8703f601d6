//! The audit recognises everything reached through the standard library as the standard library.
//! Honest code calls a large part of it, from every audited function, in both builds.

use grader_pipeline::{FunctionRefusal, Grader, collect};
use regression::{copy_of, grader, root, std_calls};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The public functions of a module where the audit starts.
fn audited(slug: &str) -> BTreeSet<String> {
    let links = grader(slug).module.rubric.links.as_ref().expect("an audited module");
    links.roots().map(|(function, _)| function.to_owned()).collect()
}

/// The functions that the audit rejects in a module's reference solution if every audited function
/// first calls all of `bodies`.
fn refused(slug: &str, bodies: &[String]) -> Vec<FunctionRefusal> {
    let folder = copy_of(&root().join("solutions").join(slug));
    let src = folder.path().join("src");
    let library = fs::read_to_string(src.join("lib.rs")).unwrap();
    fs::write(src.join("lib.rs"), library.replacen("\nmod ", "\nmod std_calls;\nmod ", 1)).unwrap();
    for function in audited(slug) {
        let name = function.rsplit("::").next().unwrap_or(&function);
        let places = files(&src).iter().filter(|file| insert_call(file, name)).count();
        assert!(places > 0, "{function} is nowhere");
    }
    fs::write(src.join("std_calls.rs"), std_calls::module(bodies)).unwrap();
    let mut grader: Grader = grader(slug).clone();
    // The corpus is larger than a submission, and the machine may be busy.
    grader.module.rubric.limits.compile_seconds = 600;
    let found = collect::single(folder.path()).unwrap_or_else(|error| panic!("{error}"));
    let sources = grader.collect(&found).sources.unwrap_or_else(|refusal| panic!("{refusal}"));
    let refusals = grader.audit(&sources);
    refusals.unwrap_or_else(|error| panic!("{error:#?}"))
}

/// All files in a folder, recursively.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Inserts a call of the corpus at the start of each public function called `name`. Returns whether
/// there was one.
fn insert_call(file: &Path, name: &str) -> bool {
    let text = fs::read_to_string(file).unwrap();
    let start = format!("pub fn {name}(");
    let mut parts = text.split_inclusive(&start);
    let mut changed = parts.next().unwrap_or_default().to_owned();
    let mut found = false;
    for part in parts {
        // A function body starts at the first brace that ends a line.
        changed += &part.replacen("{\n", "{\n    crate::std_calls::all();\n", 1);
        found = true;
    }
    fs::write(file, changed).unwrap();
    found
}

fn nothing_is_refused(slug: &str) {
    let bodies = std_calls::bodies();
    let refusals = refused(slug, &bodies);
    let messages: Vec<_> = refusals.iter().map(FunctionRefusal::remark).collect();
    assert!(refusals.is_empty(), "{messages:#?}");
    println!("{} calls from {} functions of {slug}", bodies.len(), audited(slug).len());
}

#[test]
fn no_call_of_std_is_refused_in_caching() {
    nothing_is_refused("caching");
}

#[test]
fn no_call_of_std_is_refused_in_acceleration() {
    nothing_is_refused("acceleration");
}

#[test]
fn the_corpus_is_wide() {
    let bodies = std_calls::bodies();
    assert_eq!(bodies.iter().collect::<BTreeSet<_>>().len(), bodies.len(), "one is there twice");
    assert!(bodies.len() > 900, "{}", bodies.len());
}

/// Control: without this test, the two tests above would pass even if the corpus were never
/// reached.
#[test]
fn a_foreign_call_in_the_corpus_is_refused_from_every_audited_function() {
    let gpt = "let ids = vec![vec![1_usize]]; let model: Option<&tinytorch::models::Gpt> = black_box(None); \
               let _ = model.map(|model| model.forward_ids(&ids));";
    let refusals = refused("caching", &[gpt.to_owned()]);
    let functions: BTreeSet<_> = refusals.iter().map(|refusal| refusal.function.clone()).collect();
    assert_eq!(functions, audited("caching"));
}
