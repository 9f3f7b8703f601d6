//! Stored data can be found again by each query.

mod support;

use grader_gradebook::DecisionKind::{self, Readmitted, Withdrawn};
use grader_gradebook::{
    DecisionRecord, DecisionSubject, Gradebook, GradebookError, GradingRun, PassedOver,
};
use grader_model::Outcome::{GraderFault, NotGraded, Partial, Pass, WrongAnswer};
use grader_model::{CaseAward, Grade};
use support::grade;

fn book() -> (tempfile::TempDir, Gradebook) {
    let folder = tempfile::tempdir().unwrap();
    let book = Gradebook::open(folder.path().join("gradebook.sqlite")).unwrap();
    (folder, book)
}

#[test]
fn a_reopened_gradebook_has_the_whole_grade() {
    let (folder, mut book) = book();
    let id = book.record(&grade("ada", "k1", Partial), 1_700_000_000).unwrap();
    drop(book);
    let book = Gradebook::open_read_only(folder.path().join("gradebook.sqlite")).unwrap();
    let attempt = book.attempt(id).unwrap().unwrap();
    let facts = attempt.grade.recorded.unwrap();
    assert_eq!((facts.attempt, facts.graded_at), (1, 1_700_000_000));
    assert_eq!(Grade { recorded: None, ..attempt.grade }, grade("ada", "k1", Partial));
    assert_eq!((attempt.id, attempt.graded_at), (id, 1_700_000_000));
    book.check().unwrap();
}

#[test]
fn every_attempt_is_kept_even_of_the_same_content() {
    let (_folder, mut book) = book();
    let first = book.record(&grade("ada", "k1", Pass), 1).unwrap();
    let second = book.record(&grade("ada", "k1", Pass), 2).unwrap();
    let history = book.history("ada", "searching").unwrap();
    assert_eq!(history.iter().map(|a| a.id).collect::<Vec<_>>(), [first, second]);
    assert!(book.history("ada", "partitioning").unwrap().is_empty());
}

#[test]
fn a_fault_of_ours_is_never_reused() {
    let (_folder, mut book) = book();
    book.record(&grade("ada", "k1", GraderFault), 1).unwrap();
    assert_eq!(book.cached("k1").unwrap(), None);
    let good = book.record(&grade("ada", "k1", Pass), 2).unwrap();
    book.record(&grade("ada", "k1", GraderFault), 3).unwrap();
    assert_eq!(book.cached("k1").unwrap().unwrap().id, good);
}

#[test]
fn an_entry_that_could_not_be_graded_is_nobodys_result() {
    let (_folder, mut book) = book();
    book.record(&grade("ada", "k1", NotGraded), 1).unwrap();
    assert_eq!(book.cached("k1").unwrap(), None);
}

/// A damaged archive submitted after a good one does not cost the earlier grade.
#[test]
fn an_entry_that_could_not_be_graded_hides_no_grade() {
    let (_folder, mut book) = book();
    let graded = book.record(&grade("ada", "k1", Partial), 1).unwrap();
    let damaged = book.record(&grade("ada", "", NotGraded), 2).unwrap();
    let never = book.record(&grade("oda", "", NotGraded), 3).unwrap();
    let fault = book.record(&grade("bob", "k2", GraderFault), 4).unwrap();
    let class = book.class("searching").unwrap();
    let counting: Vec<_> =
        class.iter().map(|one| (&*one.student, one.number, one.newest)).collect();
    assert_eq!(counting, [("ada", graded, damaged), ("bob", fault, fault), ("oda", never, never)]);
    assert!(class[2].is(NotGraded) && !class[0].is(NotGraded));
}

#[test]
fn an_attempt_knows_who_graded_it() {
    let (_folder, mut book) = book();
    let older = book.record(&grade("ada", "k1", Pass), 1).unwrap();
    let run = GradingRun {
        module: "searching".into(),
        graded_by: "anna on lab7".into(),
        started_at: 5,
        passed_over: vec![PassedOver { name: "notes \"x\"".into(), reason: "is a file".into() }],
    };
    let number = book.begin_run(&run).unwrap();
    let newer = book.record_in(Some(number), &grade("ada", "k2", Pass), 6).unwrap();
    assert_eq!(book.run_of(older).unwrap(), None);
    assert_eq!(book.run_of(newer).unwrap(), Some(run));
    assert_eq!(book.newest_run("hashing").unwrap(), None);
}

/// A decision about `student`; without `module`, about all modules.
fn decision(student: &str, module: Option<&str>, kind: DecisionKind) -> DecisionRecord {
    DecisionRecord {
        student: student.into(),
        module: module.map(Into::into),
        kind,
        subject: None,
        value: None,
        private: false,
        reason: "left".into(),
        decided_by: "anna".into(),
        decided_at: 1,
    }
}

#[test]
fn who_is_withdrawn_follows_from_the_newest_decision() {
    let (_folder, mut book) = book();
    let withdrawn = |book: &Gradebook, module: &str| {
        let all = book.withdrawn(module).unwrap();
        all.into_iter().map(|one| one.student).collect::<Vec<_>>()
    };
    book.decide(&decision("ada", None, Withdrawn)).unwrap();
    book.decide(&decision("bob", Some("searching"), Withdrawn)).unwrap();
    assert_eq!(withdrawn(&book, "searching"), ["ada", "bob"]);
    assert_eq!(withdrawn(&book, "hashing"), ["ada"]);
    book.decide(&decision("ada", Some("searching"), Readmitted)).unwrap();
    assert_eq!(withdrawn(&book, "searching"), ["bob"]);
    assert_eq!(withdrawn(&book, "hashing"), ["ada"], "ada is back in one module alone");
    book.decide(&decision("ada", None, Readmitted)).unwrap();
    assert!(withdrawn(&book, "hashing").is_empty());
}

fn points(case: &str, hand_in: &str, award: CaseAward) -> DecisionRecord {
    let subject = DecisionSubject { content_hash: hand_in.into(), case: case.into() };
    DecisionRecord {
        subject: Some(subject),
        value: Some(award),
        ..decision("ada", Some("searching"), DecisionKind::Points)
    }
}

#[test]
fn the_newest_decision_about_a_case_of_a_hand_in_is_in_force() {
    let (_folder, mut book) = book();
    let in_force = |book: &Gradebook, hand_in: &str| {
        let all = book.case_decisions("ada", "searching", hand_in).unwrap();
        all.into_iter().map(|one| (one.case, one.award)).collect::<Vec<_>>()
    };
    let first =
        [points("fast", "c1", CaseAward::Full), points("faster", "c1", CaseAward::Points(2.5))];
    book.decide_all(&first).unwrap();
    assert_eq!(
        in_force(&book, "c1"),
        [("fast".into(), CaseAward::Full), ("faster".into(), CaseAward::Points(2.5))]
    );
    assert!(in_force(&book, "c2").is_empty(), "other work has no points by it");
    book.decide(&points("fast", "c1", CaseAward::None)).unwrap();
    let undone =
        DecisionRecord { kind: DecisionKind::PointsUndone, value: None, ..first[1].clone() };
    book.decide(&undone).unwrap();
    assert_eq!(in_force(&book, "c1"), [("fast".into(), CaseAward::None)]);
    let all = book.decisions_about_cases("ada", "searching", "c1").unwrap();
    assert_eq!((all.len(), &all[..2], &all[3]), (4, &first[..], &undone), "nothing is forgotten");
    assert!(book.withdrawn("searching").unwrap().is_empty());
}

#[test]
fn a_submission_without_a_key_reuses_nothing() {
    let (_folder, mut book) = book();
    book.record(&grade("ada", "", Pass), 1).unwrap();
    assert_eq!(book.cached("").unwrap(), None);
}

#[test]
fn latest_is_the_last_stored_attempt_of_each_student_even_when_clocks_jump() {
    let (_folder, mut book) = book();
    book.record(&grade("bob", "k1", WrongAnswer), 1).unwrap();
    book.record(&grade("ada", "k2", Pass), 900).unwrap();
    book.record(&grade("ada", "k3", GraderFault), 5).unwrap();
    let latest = book.latest("searching").unwrap();
    let seen: Vec<_> =
        latest.iter().map(|a| (a.grade.submission.student.as_str(), a.grade.outcome)).collect();
    assert_eq!(seen, [("ada", GraderFault), ("bob", WrongAnswer)]);
}

#[test]
fn names_are_text_and_nothing_else() {
    let (_folder, mut book) = book();
    let names =
        ["Zoë Łukasz", "名前", "a\nb", "'); DROP TABLE attempts; --", "\"q\"", "nul\0nul", ""];
    for name in names {
        book.record(&grade(name, "k", Pass), 1).unwrap();
    }
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    assert_eq!(book.students().unwrap(), sorted);
    for name in names {
        let history = book.history(name, "searching").unwrap();
        assert_eq!(history.len(), 1, "{name:?}");
        assert_eq!(history[0].grade.submission.student, name);
    }
}

#[test]
fn two_connections_see_each_other() {
    let (folder, mut first) = book();
    let mut second = Gradebook::open(folder.path().join("gradebook.sqlite")).unwrap();
    first.record(&grade("ada", "k1", Pass), 1).unwrap();
    second.record(&grade("bob", "k2", Pass), 2).unwrap();
    assert_eq!(first.students().unwrap(), ["ada", "bob"]);
    assert_eq!(second.students().unwrap(), ["ada", "bob"]);
}

#[test]
fn writers_in_parallel_lose_nothing() {
    let (folder, book) = book();
    let path = folder.path().join("gradebook.sqlite");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let mut book = Gradebook::open(path).unwrap();
                for n in 0..10 {
                    let student = format!("{writer}-{n}");
                    book.record(&grade(&student, "k", Pass), n).unwrap();
                }
            });
        }
    });
    assert_eq!(book.students().unwrap().len(), 40);
}

#[test]
fn a_grade_that_could_not_be_read_back_is_not_stored() {
    let (_folder, mut book) = book();
    let mut points = grade("ada", "k", Pass);
    points.points = Some(f64::NAN);
    let mut max_points = grade("bob", "k", Pass);
    max_points.max_points = f64::INFINITY;
    for bad in [points, max_points] {
        let error = book.record(&bad, 1).unwrap_err();
        assert!(matches!(error, GradebookError::Unstorable { .. }), "{error}");
    }
    assert!(book.students().unwrap().is_empty());
}
