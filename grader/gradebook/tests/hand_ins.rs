//! Numbering of submissions.

mod support;

use grader_gradebook::Gradebook;
use grader_model::{Outcome, RecordFacts};
use support::grade;

/// Grading the same files again does not count as a new submission; returning to earlier files
/// does.
#[test]
fn hand_ins_are_counted_by_content() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Gradebook::open(folder.path().join("gradebook.sqlite")).unwrap();
    for (at, key) in ["first", "first", "second", "first"].into_iter().enumerate() {
        book.record(&grade("ada", key, Outcome::Partial), 100 + i64::try_from(at).unwrap())
            .unwrap();
        book.record(&grade("bob", "first", Outcome::Pass), 0).unwrap();
    }
    let facts = |student| -> Vec<_> {
        let history = book.history(student, "searching").unwrap();
        history.into_iter().map(|attempt| attempt.grade.recorded.unwrap()).collect()
    };
    let of = |attempt, graded_at| RecordFacts { attempt, graded_at };
    assert_eq!(facts("ada"), [of(1, 100), of(1, 101), of(2, 102), of(3, 103)]);
    assert_eq!(facts("bob"), [of(1, 0); 4]);
}
