//! A verdict about speed can be defended from the gradebook alone.

mod support;

use grader_gradebook::Gradebook;
use grader_model::{
    CaseResult, CaseVisibility, Grade, Hidden, Outcome, Provenance, Submission, TaskScore,
    TimedPair, TimingBasis, TimingClock, TimingResult,
};
use support::{grader, run};

/// A submission of somebody whose tiles are 9.8 times as fast as the naive product, or nearly so.
fn grade(recorded: Outcome) -> Grade {
    let pair = |n: u32| TimedPair {
        baseline: 49e-3,
        submission: if n.is_multiple_of(2) { 4.9e-3 } else { 5.1e-3 },
        excess: -1e-3,
        threads: None,
        wall: None,
    };
    let case = CaseResult {
        name: "tiled_is_fast".into(),
        task: "tiled".into(),
        claim: "Tiles are fast.".into(),
        outcome: recorded,
        message: None,
        location: None,
        blocked_by: Vec::new(),
        detail: None,
        weight: 6.0,
        visibility: CaseVisibility::Message,
        wall_seconds: 1.0,
        timing: Some(TimingResult {
            against: "the naive product".into(),
            gate: 16.0,
            estimate: 9.8,
            low: 9.0,
            high: 10.6,
            pairs: 8,
            launches: 1,
            clock: TimingClock::Cpu,
            cpus: 1,
            charged_share: 0.0,
            seconds: 1.0,
            threads: None,
            basis: TimingBasis::AllPairs,
        }),
        timed_pairs: Some(Hidden::new((0..8).map(pair).collect())),
    };
    let task = TaskScore {
        id: "tiled".into(),
        title: "Tiles".into(),
        points: 0.0,
        max_points: 22.0,
        passed: 0,
        cases: 1,
        outcome: recorded,
        hint: String::new(),
        pending: if recorded == Outcome::Undecided { 22.0 } else { 0.0 },
        credit: None,
    };
    Grade {
        submission: Submission {
            student: "ada".into(),
            module: "acceleration".into(),
            content_hash: "c".into(),
            ..Submission::default()
        },
        title: "Acceleration".into(),
        outcome: recorded,
        points: Some(0.0),
        max_points: 22.0,
        tasks: vec![task],
        cases: vec![case],
        problems: Vec::new(),
        notes: Vec::new(),
        audit: Vec::new(),
        decisions: Vec::new(),
        fault: None,
        costs: Vec::new(),
        provenance: Provenance { key: "k".into(), ..Provenance::default() },
        due: None,
        recorded: None,
    }
}

/// What `grader report --student ada` and one more option say of a gradebook with that grade.
fn told(recorded: Outcome, option: &str) -> String {
    let out = tempfile::tempdir().expect("a folder");
    let mut book = Gradebook::open(out.path().join("gradebook.sqlite")).expect("a gradebook");
    book.record(&grade(recorded), 1_700_000_000).expect("to record");
    drop(book);
    let mut command = grader();
    command.args(["report", "-m", "acceleration", "--student", "ada", option, "--out"]);
    run(command.arg(out.path())).done().stdout
}

#[test]
fn a_verdict_is_decided_again_from_its_pairs() {
    let text = told(Outcome::TooSlow, "--pairs");
    assert!(text.contains("at least 16 times as fast as the naive product; recorded: too slow"));
    assert!(text.contains("decided again: too slow, as recorded"), "{text}");
    // Both looks, and all pairs.
    let looks = text.lines().filter(|line| line.ends_with("too slow")).count();
    assert_eq!((looks, text.matches("49.0000").count()), (3, 8), "{text}");
}

#[test]
fn a_verdict_that_its_pairs_do_not_bear_out_is_found() {
    assert!(told(Outcome::Pass, "--pairs").contains("too slow, and NOT as recorded"));
}

#[test]
fn pending_points_come_back_from_the_gradebook() {
    assert!(told(Outcome::Undecided, "--history").contains("0 / 22 (22 pending)"));
}
