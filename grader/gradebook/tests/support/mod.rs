//! Sample grades.

use grader_model::{Grade, Hidden, Outcome, Provenance, Submission};

/// A small grade of `student`, stored under `key`.
pub fn grade(student: &str, key: &str, outcome: Outcome) -> Grade {
    Grade {
        submission: Submission {
            student: student.into(),
            module: "searching".into(),
            content_hash: format!("content of {key}"),
            ..Submission::default()
        },
        title: "Searching".into(),
        outcome,
        points: (!outcome.is_our_fault() && outcome != Outcome::NotGraded).then_some(7.5),
        max_points: 10.0,
        tasks: vec![],
        cases: vec![],
        problems: vec![],
        notes: vec![],
        audit: vec![],
        decisions: vec![],
        fault: None,
        costs: vec![],
        provenance: Provenance {
            key: key.into(),
            seed: Hidden::new(u64::MAX),
            ..Provenance::default()
        },
        due: None,
        recorded: None,
    }
}
