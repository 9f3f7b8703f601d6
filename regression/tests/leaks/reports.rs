//! Nothing that a student may receive contains a seed, an expected value or a line of a hidden
//! case.
//!
//! The grades are real: known-wrong variants of every module, and submissions of the sample class
//! that do not compile or compile only in part. A mark is put into every possible hidden value of a
//! grade, and every report for students is searched for it.

use crate::SEED;
use grader_model::{Grade, Hidden, NOT_FOR_STUDENTS, Outcome};
use regression::attack::run::{for_students, of_student};
use regression::variant::Variant;
use regression::{copy_of, grade, modules, root};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const MARK: &str = "CANARY-7c1e";
/// So many known-wrong variants of each module are graded here. The suites `variants` and `gates` cover all of them.
const OF_EACH_MODULE: usize = 4;

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// Grades with wrong answers, for every module.
fn wrong() -> Vec<Grade> {
    static WRONG: OnceLock<Vec<Grade>> = OnceLock::new();
    WRONG.get_or_init(grade_wrong).clone()
}

fn grade_wrong() -> Vec<Grade> {
    let mut grades = Vec::new();
    for module in modules() {
        let solution = root().join("solutions").join(&module.slug);
        let variants = files(&solution.join("wrong"), "yaml");
        for path in variants.iter().step_by(variants.len().div_ceil(OF_EACH_MODULE).max(1)) {
            let folder = copy_of(&solution);
            Variant::load(path).and_then(|one| one.apply(folder.path())).expect("a variant");
            grades.push(grade(&module.slug, folder.path(), SEED));
        }
    }
    assert!(grades.len() >= modules().count(), "too few variants");
    grades
}

/// Grades of submissions that do not compile, compile only in part, or produce much output.
fn refused() -> Vec<Grade> {
    static REFUSED: OnceLock<Vec<Grade>> = OnceLock::new();
    REFUSED.get_or_init(grade_refused).clone()
}

fn grade_refused() -> Vec<Grade> {
    let class = root().join("regression/class");
    let names = ["elif", "emeka", "kavya", "anders", "zora", "xenia", "dmitri"];
    names.map(|name| grade("profiling", &class.join(name), SEED)).into()
}

/// Everything of a grade that students may receive, including `Debug` text, which could appear in
/// logs.
fn received(grade: &Grade) -> Vec<String> {
    let mut all = for_students(grade);
    all.push(format!("{grade:?}"));
    all
}

/// Puts a mark into every possible hidden value.
fn marked(mut grade: Grade) -> Grade {
    for case in &mut grade.cases {
        let was = case.detail.as_ref().map_or("", |detail| detail.for_instructor());
        case.detail = Some(Hidden::new(format!("{MARK} {was}")));
    }
    grade
}

#[test]
fn marks_in_hidden_values_reach_no_student() {
    for grade in wrong().into_iter().chain(refused()).map(marked) {
        for text in received(&grade) {
            assert!(!text.contains(MARK), "a mark is shown: {text}");
            assert!(!text.contains(&SEED.to_string()), "the seed is shown: {text}");
        }
        let instructors = grader_report::json::class(std::slice::from_ref(&grade));
        assert!(grade.cases.is_empty() || instructors.contains(MARK), "the search finds nothing");
    }
}

/// The judge starts every text with expected values with this prefix.
#[test]
fn what_is_not_for_students_says_so_and_reaches_none() {
    let mut details = 0;
    for grade in wrong() {
        for detail in grade.cases.iter().filter_map(|case| case.detail.as_ref()) {
            let text = detail.for_instructor();
            assert!(text.starts_with(NOT_FOR_STUDENTS), "{text}");
            details += 1;
        }
        for text in received(&grade) {
            assert!(!text.contains(NOT_FOR_STUDENTS), "{text}");
        }
    }
    assert!(details > 10, "only {details} details");
}

/// A fault may quote a hidden case, a path, or the driver's sources.
#[test]
fn a_fault_of_ours_reaches_no_student() {
    for mut grade in wrong().into_iter().take(3) {
        (grade.outcome, grade.points) = (Outcome::GraderFault, None);
        grade.fault = Some(Hidden::text(MARK));
        for text in of_student(&grade).into_iter().chain([format!("{grade:?}")]) {
            assert!(!text.contains(MARK), "the fault is shown: {text}");
        }
        // The class page tells the instructor what to fix.
        let for_instructors = for_students(&grade).into_iter().any(|text| text.contains(MARK));
        assert!(for_instructors, "nobody is told what to mend");
    }
}

#[test]
fn expected_values_reach_no_student() {
    let mut values = 0;
    for grade in wrong() {
        let details = grade.cases.iter().filter_map(|case| case.detail.as_ref());
        let said: Vec<String> = details.map(|detail| detail.for_instructor().clone()).collect();
        let numbers: BTreeSet<&str> = said.iter().flat_map(|text| drawn(text)).collect();
        values += numbers.len();
        for text in received(&grade) {
            let shown: Vec<_> = numbers.iter().filter(|number| text.contains(**number)).collect();
            assert!(shown.is_empty(), "{shown:?} in {text}");
        }
    }
    assert!(values > 10, "only {values} values were looked for");
}

/// Numbers with eight digits or more, which no one writes by hand.
fn drawn(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    words.filter(|word| word.bytes().filter(u8::is_ascii_digit).count() >= 8)
}

#[test]
fn lines_of_hidden_code_reach_no_student() {
    let mut lines = BTreeSet::new();
    for module in modules() {
        let hidden = root().join("solutions").join(&module.slug).join("grading");
        for path in files(&hidden, "rs") {
            let text = fs::read_to_string(path).expect("sources are UTF-8");
            let code = |line: &&str| line.starts_with("let ") || line.starts_with("fn ");
            let code = text.lines().map(str::trim).filter(code);
            lines.extend(code.filter(|line| line.len() > 40).map(str::to_owned));
        }
    }
    assert!(lines.len() > 200, "only {} lines were looked for", lines.len());
    for grade in refused() {
        for text in received(&grade) {
            let shown: Vec<_> = lines.iter().filter(|line| text.contains(line.as_str())).collect();
            assert!(shown.is_empty(), "{shown:?}");
        }
    }
}
