//! A mismatch in the public interface is charged to its task and reported with the signature,
//! regardless of which part of the grader fails to compile with it. It is never a grader fault.

use grader_model::{Grade, Outcome};
use regression::{copy_of, explain, grade_with, grader, grader_that_times, modules, root};
use std::collections::BTreeSet;

/// The file, the text to find, and its replacement.
type Edit = (&'static str, &'static str, &'static str);

/// The grade of the reference solution with these edits and the timed cases `timed`.
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

/// Checks that exactly the cases selected by `is_charged` are compile errors, that all others
/// passed, were skipped or are undecided, and that the student sees `signature`.
fn is_charged(grade: &Grade, is_charged: impl Fn(&str, &str) -> bool, signature: &str) {
    let told = format!("{}\n{}", explain(grade), grade.remark_texts().join("\n"));
    assert!(grade.fault.is_none() && grade.points.is_some(), "{told}");
    let mut charged = 0;
    for case in &grade.cases {
        let is_error = case.outcome == Outcome::CompileError;
        // A case that depends on a charged case is skipped.
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

/// The change compiles in every probe. It fails only when compiled for the type that the driver
/// passes.
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

/// An audited function without a probe could not be reported with its signature.
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
