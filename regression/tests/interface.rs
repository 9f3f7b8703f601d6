//! A public interface that does not fit is charged to its task, with the signature, whatever of ours does not compile
//! with it. It is never a fault of ours.

use grader_model::{Grade, Outcome};
use regression::{copy_of, explain, grade_with, grader, grader_that_times, modules, root};
use std::collections::BTreeSet;

/// File, what stands there, and what takes its place.
type Edit = (&'static str, &'static str, &'static str);

/// The grade of the reference with these edits, with the timed cases `timed`.
fn edited(slug: &str, edits: &[Edit], timed: &[&str]) -> Grade {
    let folder = copy_of(&root().join("solutions").join(slug));
    for (file, find, replace) in edits {
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(find), "{file}: {find}");
        std::fs::write(&path, text.replace(find, replace)).unwrap();
    }
    grade_with(&grader_that_times(slug, timed.iter().copied()), folder.path(), 3)
}

/// Exactly the cases that `is_charged` picks are compile errors, and all others passed or were not due. The student
/// reads `signature`.
fn is_charged(grade: &Grade, is_charged: impl Fn(&str, &str) -> bool, signature: &str) {
    let told = format!("{}\n{}", explain(grade), grade.notes.join("\n"));
    assert!(grade.fault.is_none() && grade.points.is_some(), "{told}");
    let mut charged = 0;
    for case in &grade.cases {
        let is_error = case.outcome == Outcome::CompileError;
        // What depends on a case that was charged is not asked.
        let is_charged = is_charged(&case.task, &case.name) && case.outcome != Outcome::Skipped;
        assert_eq!(is_error, is_charged, "{}\n{told}", case.name);
        let is_fine = matches!(case.outcome, Outcome::Pass | Outcome::Skipped | Outcome::Undecided);
        assert!(is_error || is_fine, "{}\n{told}", case.name);
        charged += usize::from(is_error);
    }
    assert!(charged > 0, "{told}");
    let mut said = grade.problems.iter().map(|one| format!("{}\n{}", one.message, one.explanation));
    assert!(said.any(|text| text.contains(signature)), "{told}");
}

#[test]
fn an_argument_that_only_the_kernels_cannot_pass() {
    let timed = ["decode_is_fast_after_100"];
    let vectors = (
        "src/gpt.rs",
        "forward(&self, ids: &[Vec<usize>],",
        "forward(&self, ids: &Vec<Vec<usize>>,",
    );
    let grade = edited("caching", &[vectors], &timed);
    is_charged(&grade, |_, name| timed.contains(&name), "forward(&self, ids: &[Vec<usize>]");
}

#[test]
fn a_model_that_borrows_cannot_be_kept() {
    let edits = [
        (
            "src/gpt.rs",
            "pub struct CachedGpt {",
            "pub struct CachedGpt<'a> {\n    origin: std::marker::PhantomData<&'a Gpt>,",
        ),
        ("src/gpt.rs", "impl CachedGpt {", "impl<'a> CachedGpt<'a> {"),
        ("src/gpt.rs", "pub fn new(gpt: &Gpt) -> Self {", "pub fn new(gpt: &'a Gpt) -> Self {"),
        (
            "src/gpt.rs",
            "        Self {\n",
            "        Self {\n            origin: std::marker::PhantomData,\n",
        ),
    ];
    let grade = edited("caching", &edits, &[]);
    is_charged(
        &grade,
        |task, _| ["model", "generate"].contains(&task),
        "pub struct CachedGpt, without",
    );
}

#[test]
fn a_given_function_that_only_the_kernels_use_costs_what_is_timed() {
    let timed = ["reordered_is_fast"];
    let renamed = ("src/matrix.rs", "pub fn from_vec(", "pub fn of_vec(");
    let grade = edited("acceleration", &[renamed], &timed);
    is_charged(&grade, |_, name| timed.contains(&name), "pub fn from_vec(data: Vec<f32>");
    let private = ("src/matrix.rs", "pub fn view(", "pub(crate) fn view(");
    let grade = edited("acceleration", &[private], &timed);
    is_charged(&grade, |_, name| timed.contains(&name), "pub fn view(&self) -> MatRef<'_>");
}

#[test]
fn an_audited_function_that_is_not_there_has_a_signature_too() {
    let hidden = (
        "src/lib.rs",
        "pub use tiled::{Buffer, add_matmul_tiled,",
        "pub(crate) use tiled::add_matmul_tiled;\npub use tiled::{Buffer,",
    );
    let grade = edited("acceleration", &[hidden], &[]);
    is_charged(&grade, |task, _| task == "tiled", "pub fn add_matmul_tiled(a: MatRef<'_>");
}

/// It compiles until it is called with the type that the grader has: no probe sees that.
#[test]
fn what_no_probe_explains_costs_the_task_that_does_not_compile() {
    let edits = [
        (
            "src/blocked.rs",
            "pub fn matmul_blocked(a: MatRef<'_>, b: MatRef<'_>, block: usize) -> Result<Matrix> {",
            "pub fn matmul_blocked<N: Into<usize>>(a: MatRef<'_>, b: MatRef<'_>, block: N) -> Result<Matrix> {
    const { assert!(size_of::<N>() < 8, \"a block is small\") };
    let block: usize = block.into();",
        ),
        ("src/backend.rs", "matmul_blocked(a, b, BLOCK)", "matmul_blocked(a, b, BLOCK as u16)"),
    ];
    let grade = edited("acceleration", &edits, &[]);
    is_charged(&grade, |task, _| task == "blocked", "a block is small");
    let shown = format!("{:?}", grade.problems);
    assert!(shown.contains("block: usize) -> Result<Matrix>"), "{shown}");
    assert!(!shown.contains("acceleration::matmul_blocked(a, b, block)"), "the driver: {shown}");
}

/// A function that the audit looks at and that has no probe would have no signature to name.
#[test]
fn every_audited_function_has_a_probe() {
    for module in modules() {
        let setup = &grader(&module.slug).module;
        let Some(links) = &setup.rubric.links else { continue };
        let headings = setup.surface.lines().filter_map(|line| line.strip_prefix("// PROBE "));
        let items: BTreeSet<_> =
            headings.filter_map(|line| Some(line.split_once(": ")?.1)).collect();
        for (function, _) in links.roots() {
            assert!(items.contains(function), "{}: {function}", module.slug);
        }
    }
}
