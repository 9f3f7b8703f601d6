//! Stored results under changed rubrics.

use super::*;
use crate::decided::with_decisions;
use grader_judge::{Case, TimedCase};
use grader_model::{
    CaseAward, CaseDecision, CaseVisibility, CreditRule, Hidden, Provenance, RecordFacts,
    Submission, TimedPair, TimingBasis, TimingClock, TimingResult,
};

const RUBRIC: &str = "\
module: small
title: Small
limits: { call_seconds: 5, cpu_seconds: 60, memory_mb: 512, threads: 4, compile_seconds: 60, compile_memory_mb: 1024 }
tasks:
  - id: one
    title: One
    points: 10
    file: src/one.rs
    hint: think
    gates: { fast: { at_least: 16, reference: 200, best_wrong: 3 } }
    cases: { right: { weight: 1 } }
  - id: two
    title: Two
    points: 20
    file: src/two.rs
    hint: think
";

const fn case(name: &'static str, task: &'static str, after: &'static [&'static str]) -> Case {
    Case { name, task, claim: "a claim", after, run: |_, _| Ok(()) }
}

const RIGHT: Case = case("right", "one", &[]);
const WRONG: Case = case("wrong", "one", &[]);
const CHILD: Case = case("child", "two", &["wrong"]);
const OTHER: Case = case("other", "two", &[]);

fn suite(cases: &[Case]) -> Suite {
    let fast = TimedCase {
        name: "fast",
        task: "one",
        claim: "a claim",
        after: &["right"],
        kernel: "k",
        against: "b",
        called: "the naive product",
        work: |_| unreachable!("nothing is measured here"),
    };
    Suite::new(cases.iter().copied()).unwrap().with_timed([fast]).unwrap()
}

fn whole() -> Suite {
    suite(&[RIGHT, WRONG, CHILD, OTHER])
}

fn rubric(edits: &[(&str, &str)]) -> Rubric {
    let mut text = RUBRIC.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    Rubric::parse("small.yaml", &text).unwrap()
}

fn result(case: &Case, outcome: Outcome) -> CaseResult {
    CaseResult {
        name: case.name.into(),
        task: case.task.into(),
        claim: case.claim.into(),
        outcome,
        message: None,
        location: None,
        blocked_by: Vec::new(),
        detail: None,
        weight: 1.0,
        visibility: CaseVisibility::Message,
        wall_seconds: 0.0,
        timing: None,
        timed_pairs: None,
    }
}

/// About twenty times as fast as the baseline, against a gate of 16.
fn measured() -> CaseResult {
    let pair = |n: u32| TimedPair {
        baseline: 20.0 + 0.01 * f64::from(n % 3),
        submission: 1.0,
        excess: -1.0,
        threads: None,
        wall: None,
    };
    CaseResult {
        name: "fast".into(),
        timing: Some(TimingResult {
            against: "the naive product".into(),
            gate: 16.0,
            estimate: 20.0,
            low: 19.9,
            high: 20.1,
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
        ..result(&RIGHT, Outcome::Pass)
    }
}

/// Task one: two of three cases; task two: one of two, the other waits for a case of task one.
fn stored() -> Grade {
    let child = CaseResult { blocked_by: vec!["wrong".into()], ..result(&CHILD, Outcome::Skipped) };
    let mut grade = Grade {
        submission: Submission {
            student: "ada".into(),
            module: "small".into(),
            content_hash: "c".into(),
            ..Submission::default()
        },
        title: "Small".into(),
        outcome: Outcome::Partial,
        points: Some(0.0),
        max_points: 30.0,
        tasks: Vec::new(),
        cases: vec![
            result(&RIGHT, Outcome::Pass),
            result(&WRONG, Outcome::WrongAnswer),
            child,
            result(&OTHER, Outcome::Pass),
            measured(),
        ],
        problems: Vec::new(),
        notes: Vec::new(),
        audit: Vec::new(),
        decisions: Vec::new(),
        fault: None,
        costs: Vec::new(),
        provenance: Provenance { key: "k".into(), ..Provenance::default() },
        due: None,
        recorded: Some(RecordFacts { attempt: 1, graded_at: 0 }),
    };
    grade.provenance.rubric_hash = rubric_hash(&rubric(&[]));
    by_cases(grade)
}

fn by_cases(grade: Grade) -> Grade {
    Score::of_cases(&rubric(&[]), &grade.cases, &[]).applied_to(grade)
}

#[track_caller]
fn scored(grade: &Grade, rubric: &Rubric, suite: &Suite) -> Grade {
    match rescore_with(grade, rubric, suite, &MeasureScope::All, None) {
        RescoreOutcome::Scored(grade) => *grade,
        RescoreOutcome::GradeAgain(why) => panic!("{why}"),
    }
}

#[track_caller]
fn grade_again(grade: &Grade, rubric: &Rubric, suite: &Suite) -> String {
    match rescore_with(grade, rubric, suite, &MeasureScope::All, None) {
        RescoreOutcome::Scored(grade) => panic!("{:?} points", grade.points),
        RescoreOutcome::GradeAgain(why) => why,
    }
}

#[test]
fn the_same_rubric_gives_the_same_grade() {
    let stored = stored();
    assert_eq!(stored.points, Some(16.67));
    assert_eq!(scored(&stored, &rubric(&[]), &whole()), stored);
}

#[test]
fn points_weights_credit_and_texts_are_todays() {
    let today = rubric(&[
        ("points: 10", "points: 40"),
        ("right: { weight: 1 }", "right: { weight: 2, visibility: nothing }"),
        ("title: Two", "title: The second"),
        ("points: 20\n", "points: 20\n    partial: all_or_nothing\n"),
        ("hint: think\n    gates", "hint: look\n    gates"),
    ]);
    let grade = scored(&stored(), &today, &whole());
    // Weights 3 of 4, and not everything of the second task.
    assert_eq!((grade.points, grade.max_points), (Some(30.0), 60.0));
    assert_eq!(grade.tasks[0].hint, "look");
    assert_eq!(grade.tasks[1].title, "The second");
    assert_eq!(grade.tasks[1].credit, Some(CreditRule::AllOrNothing));
    assert_eq!(grade.cases[0].visibility, CaseVisibility::Nothing);
    assert_ne!(grade.provenance.rubric_hash, stored().provenance.rubric_hash);
    assert_eq!(grade.provenance.key, "k", "the evidence is the same");
}

#[test]
fn a_dropped_task_takes_its_cases_and_points_along() {
    let two = RUBRIC.find("  - id: two").unwrap();
    let today = Rubric::parse("small.yaml", &RUBRIC[..two]).unwrap();
    let grade = scored(&stored(), &today, &suite(&[RIGHT, WRONG]));
    assert_eq!((grade.points, grade.max_points), (Some(6.67), 10.0));
    assert!(grade.cases.iter().all(|case| case.task == "one"));
    // The suite may hold cases of a task that the rubric leaves out.
    assert_eq!(scored(&stored(), &today, &whole()), grade);
}

#[test]
fn a_case_without_evidence_is_graded_again() {
    let new = case("new", "two", &[]);
    let why = grade_again(&stored(), &rubric(&[]), &suite(&[RIGHT, WRONG, CHILD, OTHER, new]));
    assert!(why.contains("new in task `two`"), "{why}");
}

/// What waited for a case that is taken out would run now.
#[test]
fn a_case_that_waited_for_a_dropped_one_is_graded_again() {
    let child = case("child", "two", &[]);
    let why = grade_again(&stored(), &rubric(&[]), &suite(&[RIGHT, child, OTHER]));
    assert!(why.contains("used to wait"), "{why}");
}

#[test]
fn another_gate_is_compared_with_the_stored_pairs() {
    let gate = |at_least: &str| rubric(&[("at_least: 16", &format!("at_least: {at_least}"))]);
    let lower = scored(&stored(), &gate("10"), &whole());
    assert_eq!(lower.cases[4].outcome, Outcome::Pass);
    let higher = scored(&stored(), &gate("30"), &whole());
    assert_eq!((higher.cases[4].outcome, higher.points), (Outcome::TooSlow, Some(13.33)));
    assert_eq!(higher.cases[4].timing.as_ref().unwrap().gate.to_bits(), 30_f64.to_bits());
    let why = grade_again(&stored(), &gate("20.01"), &whole());
    assert!(why.contains("does not decide it"), "{why}");
    let mut dropped = stored();
    dropped.cases[4].timed_pairs = None;
    grade_again(&dropped, &gate("10"), &whole());
    assert_eq!(scored(&dropped, &rubric(&[]), &whole()).points, Some(16.67));
}

/// Graded on a processor without the instructions that a gate needs, a submission has no such case: it is judged by the
/// others, and nothing is to be graded again.
#[test]
fn a_case_that_a_processor_cannot_measure_is_not_missed() {
    let mut elsewhere = stored();
    elsewhere.cases.retain(|case| case.name != "fast");
    let why = grade_again(&elsewhere, &rubric(&[]), &whole());
    assert!(why.contains("new in task `one`"), "{why}");
    let needs = rubric(&[("best_wrong: 3 }", "best_wrong: 3, needs: vnni }")]);
    let score = scored(&elsewhere, &needs, &whole());
    assert_eq!((score.cases.len(), score.tasks[0].cases), (4, 2));
    // Where it was measured, it counts.
    assert_eq!(scored(&stored(), &needs, &whole()).tasks[0].cases, 3);
}

#[test]
fn what_did_not_compile_has_the_new_maximum_and_no_points() {
    let mut grade = stored();
    grade.cases.clear();
    let score = Score::of_unbuilt(&rubric(&[]), &whole(), Outcome::CompileError);
    let grade = score.applied_to(grade);
    let again = scored(&grade, &rubric(&[("points: 10", "points: 40")]), &whole());
    assert_eq!((again.points, again.max_points), (Some(0.0), 60.0));
    assert!(again.tasks.iter().all(|task| task.outcome == Outcome::CompileError));
    assert_eq!((again.tasks[0].cases, again.tasks[0].max_points.to_bits()), (3, 40_f64.to_bits()));
}

/// No grade stays no grade, whatever the points are.
#[test]
fn what_has_no_grade_gets_no_zero() {
    for outcome in [Outcome::NotGraded, Outcome::GraderFault] {
        let grade =
            Grade { outcome, points: None, tasks: Vec::new(), cases: Vec::new(), ..stored() };
        let again = scored(&grade, &rubric(&[("points: 10", "points: 40")]), &whole());
        assert_eq!((again.points, again.outcome, again.max_points), (None, outcome, 60.0));
    }
}

/// One task of 10 points: three cases of weight 1 and its timed case, which is undecided.
fn undecided() -> Grade {
    let mut grade = stored();
    for case in &mut grade.cases {
        if case.name == "fast" {
            case.outcome = Outcome::Undecided;
        }
    }
    by_cases(grade)
}

fn award(case: &str, award: CaseAward) -> CaseDecision {
    CaseDecision {
        case: case.into(),
        award,
        reason: "seen by hand".into(),
        private: false,
        decided_by: "anna on lab7".into(),
        decided_at: 7,
        counts: false,
        share: 0.0,
    }
}

fn by(decision: CaseDecision) -> Grade {
    with_decisions(undecided(), vec![decision], &rubric(&[]))
}

#[test]
fn a_decision_takes_the_place_of_pending_points() {
    let open = undecided();
    assert_eq!((open.points, open.pending()), (Some(13.33), 3.34));
    let task = |grade: &Grade| (grade.tasks[0].points, grade.tasks[0].pending);
    assert_eq!(task(&by(award("fast", CaseAward::Full))), (6.67, 0.0));
    assert_eq!(task(&by(award("fast", CaseAward::None))), (3.33, 0.0));
    assert_eq!(task(&by(award("fast", CaseAward::Points(1.5)))), (4.83, 0.0));
    assert_eq!(
        task(&by(award("fast", CaseAward::Points(99.0)))),
        (6.67, 0.0),
        "never more than it can bring"
    );
    assert_eq!(by(award("fast", CaseAward::Full)).outcome, Outcome::Partial);
}

#[test]
fn what_was_measured_wins_and_the_decision_is_shown_all_the_same() {
    let measured = with_decisions(stored(), vec![award("fast", CaseAward::None)], &rubric(&[]));
    assert_eq!((measured.points, &measured.tasks), (stored().points, &stored().tasks));
    assert!(!measured.decisions[0].counts);
    let unknown = with_decisions(stored(), vec![award("gone", CaseAward::Full)], &rubric(&[]));
    assert_eq!(unknown, stored());
}

#[test]
fn a_decision_does_not_change_the_attempt_and_is_applied_again_to_no_effect() {
    let decided = by(award("fast", CaseAward::Full));
    assert_eq!(decided.cases, undecided().cases);
    let again = with_decisions(decided.clone(), decided.decisions.clone(), &rubric(&[]));
    assert_eq!(again, decided);
}
