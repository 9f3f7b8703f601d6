//! The sample class: every submission has the result stored next to it.

use grader_model::student::StudentView;
use grader_model::{Grade, Outcome, Submission};
use grader_pipeline::collect::{self, ClassContents, FoundSubmission};
use grader_pipeline::{
    CachedGrade, ClassObserver, ClassRun, Fault, GradeOrigin, GradeRef, GradeStore,
    Result as StoreResult,
};
use grader_report::json;
use libtest_mimic::{Arguments, Failed, Trial};
use regression::expectation::ExpectedResult;
use regression::{explain, grade, grader, root};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

const MODULE: &str = "profiling";

fn main() {
    let arguments = Arguments::from_args();
    let discovery = collect::discover(&class()).expect("the sample class");
    let mut trials: Vec<_> = discovery
        .found
        .into_iter()
        .map(|found| Trial::test(found.student.clone(), move || check(&found)))
        .collect();
    trials.push(Trial::test("no_entry_is_unusable", no_entry_is_unusable));
    trials.push(Trial::test("together_as_one_by_one", together_as_one_by_one));
    trials.push(Trial::test("without_a_seed_nobody_is_graded", without_a_seed_nobody_is_graded));
    libtest_mimic::run(&arguments, trials).exit();
}

fn class() -> PathBuf {
    root().join("regression/class")
}

/// `ada/expected.yaml`, or `ada.expected.yaml` next to an archive.
fn expectation(found: &FoundSubmission) -> Result<ExpectedResult, String> {
    let inside = found.path.join("expected.yaml");
    let beside = class().join(format!("{}.expected.yaml", found.student));
    ExpectedResult::load(if inside.is_file() { &inside } else { &beside })
}

fn check(found: &FoundSubmission) -> Result<(), Failed> {
    let expectation = expectation(found)?;
    let grade = grade(MODULE, &found.path, 20);
    // A student who has the JSON can recompute the points.
    regression::recompute::points(&json::student(&StudentView::from(&grade)))?;
    let differences = expectation.differences(&grade);
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nin all: {}", differences.join("\n"), explain(&grade)).into())
}

fn no_entry_is_unusable() -> Result<(), Failed> {
    let discovery = collect::discover(&class()).map_err(|error| error.to_string())?;
    match discovery.unusable.first() {
        None => Ok(()),
        Some(one) => Err(format!("{}: {}", one.name, one.reason).into()),
    }
}

/// Grades attacks and honest submissions together, with different inputs. The points must be the
/// expected ones.
fn together_as_one_by_one() -> Result<(), Failed> {
    let discovery = collect::discover(&class()).map_err(|error| error.to_string())?;
    let result = ClassRun {
        grader: grader(MODULE),
        jobs: 4,
        seed: &|| Ok(4711),
        stop: &AtomicBool::new(false),
        store: &NullStore,
        watch: &NullStore,
    }
    .run(&discovery);
    let points: BTreeMap<&str, Option<f64>> = result
        .grades
        .iter()
        .filter_map(GradeRef::here)
        .map(|grade| (grade.submission.student.as_str(), grade.points))
        .collect();
    for found in &discovery.found {
        let expected = expectation(found)?.points;
        let got = points.get(found.student.as_str()).copied().flatten();
        if got != expected {
            let path = Path::new(&found.student).display();
            return Err(
                format!("{path}: {got:?} points in the class, expected {expected:?}").into()
            );
        }
    }
    Ok(())
}

/// Once, a failing random generator of the system gave everybody seed 0, whose inputs anybody can draw.
fn without_a_seed_nobody_is_graded() -> Result<(), Failed> {
    let all = collect::discover(&class()).map_err(|error| error.to_string())?;
    let found = all.found.into_iter().take(2).collect();
    let result = ClassRun {
        grader: grader(MODULE),
        jobs: 1,
        seed: &|| Err(Fault::new("the system has no random numbers")),
        stop: &AtomicBool::new(false),
        store: &NullStore,
        watch: &NullStore,
    }
    .run(&ClassContents { found, ..ClassContents::default() });
    let grades: Vec<&Grade> = result.grades.iter().filter_map(GradeRef::here).collect();
    let is_fault = |grade: &&Grade| {
        let fault = grade.fault.as_ref().map_or("", |fault| fault.for_instructor());
        grade.outcome == Outcome::GraderFault
            && grade.points.is_none()
            && grade.cases.is_empty()
            && fault.contains("random numbers")
    };
    if (result.faults, grades.len()) == (2, 2) && grades.iter().all(is_fault) {
        return Ok(());
    }
    Err(grades.into_iter().map(explain).collect::<Vec<_>>().join("\n").into())
}

struct NullStore;

impl GradeStore for NullStore {
    fn cached(&self, _: &str, _: &Submission) -> StoreResult<Option<CachedGrade>> {
        Ok(None)
    }
    fn record(&self, _: &Grade) -> StoreResult<Option<i64>> {
        Ok(None)
    }
    fn read(&self, number: i64) -> StoreResult<Grade> {
        Err(Fault::new(format!("nothing is kept, not even {number}")))
    }
}

impl ClassObserver for NullStore {
    fn started(&self, _: &str) {}
    fn finished(&self, _: &Grade, _: GradeOrigin) {}
}
