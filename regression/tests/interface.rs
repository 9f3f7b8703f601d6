//! A mismatch in the public interface is charged to its task and reported with the signature,
//! regardless of which part of the grader fails to compile with it. It is never a grader fault.

use grader_model::{Grade, Outcome};
use grader_pipeline::{ProbePurpose, collect};
use grader_probes::{Probe, ProbeKind};
use regression::{copy_of, explain, grade_with, grader, grader_that_times, modules, root};

/// The file, the text to find, and its replacement.
type SourceEdit = (&'static str, &'static str, &'static str);

/// The grade of the reference solution with these edits and the timed cases `timed`.
fn edited(slug: &str, edits: &[SourceEdit], timed: &[&str]) -> Grade {
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

/// The driver takes `blocks()` of the foundation's model, so `blocks()` of the student's model has a probe too. Nothing
/// calls it: a submission without it lost two tasks more when another signature was wrong besides.
#[test]
fn an_item_that_nothing_uses_costs_nothing_beside_a_mistake() {
    let edits = [
        ("src/gpt.rs", "pub fn blocks(&self)", "pub(crate) fn blocks(&self)"),
        (
            "src/window.rs",
            "pub fn push(&mut self, layer: usize,",
            "pub fn push(&mut self, layer: u8,",
        ),
        (
            "src/window.rs",
            "this position\n        self.ring(layer)?;",
            "this position\n        let layer = usize::from(layer);\n        self.ring(layer)?;",
        ),
    ];
    let grade = edited("caching", &edits, &[]);
    is_charged(&grade, |task, _| task == "window", "pub fn push(&mut self, layer: usize");
}

/// An audited function without a probe could not be reported with its signature.
#[test]
fn every_audited_function_has_a_probe() {
    for module in modules() {
        let setup = &grader(&module.slug).module;
        let Some(links) = &setup.rubric.links else { continue };
        for (function, _) in links.roots() {
            assert!(setup.probes.by_path(function).is_some(), "{}: {function}", module.slug);
        }
    }
}

/// The probes are generated from the reference, and compile around it: in the sandbox, as in a grading.
#[test]
fn every_probe_fits_the_reference() {
    for module in modules() {
        let grader = grader(&module.slug);
        let found = collect::single(&root().join("solutions").join(&module.slug)).unwrap();
        let sources =
            grader.collect(&found).sources.unwrap_or_else(|refusal| panic!("{refusal:?}"));
        let misfits = grader.misfits(&sources).unwrap_or_else(|error| panic!("{error:?}"));
        assert!(misfits.is_empty(), "{misfits:#?}");
    }
}

/// Each public item, what uses it, and how it is used in its probe.
#[test]
fn the_probes_of_each_module() {
    for module in modules() {
        let probes = &grader(&module.slug).module.probes;
        let mut shown = Vec::new();
        for probe in probes.all().iter().filter(|probe| probe.kind == ProbeKind::Use) {
            let purposes = [(ProbePurpose::Driver, "driver"), (ProbePurpose::Kernels, "kernels")];
            let used = purposes.map(|(purpose, name)| {
                let probes = probes.of_kind(purpose, ProbeKind::Use);
                // The probe of a type reads the fields that are used there.
                let same = probes.into_iter().find(|one| one.item == probe.item);
                same.map(|one| {
                    if one.code == probe.code {
                        name.to_owned()
                    } else {
                        format!("{name} {}", one.code)
                    }
                })
            });
            let used: Vec<_> = used.into_iter().flatten().collect();
            let Probe { task, item, expected, file, code, .. } = probe;
            let used = if used.is_empty() { "not used".into() } else { used.join("\n  ") };
            shown.push(format!("{task}: {item} ({file})\n  {expected}\n  {code}\n  {used}\n"));
        }
        insta::assert_snapshot!(format!("probes_of_{}", module.slug), shown.concat());
    }
}
