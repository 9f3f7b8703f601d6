//! Points that are pending are said in every report, and nothing that holds them is called complete.

mod support;

use grader_model::student::StudentView;
use grader_model::{CaseAward, CaseDecision, Grade};
use grader_report::{ClassPage, html, json, markdown, terminal};
use support::pending;

/// The submission with 40 of 60 points, 20 of them pending.
fn open() -> Grade {
    pending().pop().expect("a grade")
}

/// Each report of a class or a student, under its name.
fn reports(grade: &Grade) -> [(&'static str, String); 9] {
    let class = std::slice::from_ref(grade);
    let (view, page) = (StudentView::from(grade), ClassPage::new(class));
    let style = terminal::TextStyle::default();
    [
        ("student: terminal", terminal::student(&view, &style)),
        ("student: instructor's terminal", terminal::instructor(grade, &style)),
        ("student: page", html::student(&view)),
        ("student: Markdown", markdown::student(&view)),
        ("student: JSON", json::student(&view)),
        ("class: terminal", terminal::class(&page, &style)),
        ("class: page", html::class(&page)),
        ("class: Markdown", markdown::class(&page)),
        ("class: JSON", json::class(class)),
    ]
}

/// Words that say that nothing is missing.
const COMPLETE: [&str; 5] =
    ["everything that was asked", "is right.", "all passed", "full marks: 1", "full marks 1"];

#[test]
fn pending_points_are_in_every_report() {
    for (name, report) in reports(&open()) {
        let text = report.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.contains("20 pending") || text.contains("\"pending\": 20"),
            "{name} does not say it:\n{report}"
        );
    }
}

#[test]
fn nothing_is_called_complete_while_points_are_pending() {
    for (name, report) in reports(&open()) {
        let lower = report.to_lowercase();
        for words in COMPLETE {
            assert!(!lower.contains(words), "{name} says {words:?}:\n{report}");
        }
    }
    // The words do stand where all is right, or nothing above is shown.
    let text = reports(&support::perfect()).map(|(_, report)| report.to_lowercase()).concat();
    assert!(text.contains("everything that was asked") && text.contains("full marks 1"), "{text}");
}

#[test]
fn a_class_says_how_many_points_are_pending_and_what_the_mean_could_be() {
    let page = ClassPage::new(&pending());
    let totals = &page.totals;
    assert_eq!((totals.pending, totals.full), (1, 1));
    assert!((totals.pending_points - 20.0).abs() < 1e-9);
    assert_eq!((totals.mean, totals.mean_at_most), (Some(50.0), Some(60.0)));
    for report in [
        terminal::class(&page, &terminal::TextStyle::default()),
        html::class(&page),
        markdown::class(&page),
    ] {
        let text = report.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("1 submission has 20 points pending"), "{report}");
        assert!(text.contains("with all of them the mean is 60 / 60"), "{report}");
    }
}

fn decided(private: bool) -> Grade {
    let mut grade = open();
    let case = grade.cases[4].name.clone();
    grade.decisions.push(CaseDecision {
        case,
        award: CaseAward::Full,
        reason: "seen <b>by hand</b>".into(),
        private,
        decided_by: "anna on lab7".into(),
        decided_at: 1_764_518_400,
        counts: true,
        share: 1.0,
    });
    grade
}

#[test]
fn a_decision_is_in_every_report_with_its_reason() {
    for (name, report) in reports(&decided(false)) {
        let text = report.split_whitespace().collect::<Vec<_>>().join(" ");
        let (what, why) = match name {
            // A column of remarks has no room for more.
            "class: terminal" => ("Full points for", ""),
            json if json.ends_with("JSON") => ("\"award\": \"full\"", "by hand"),
            _ => ("decided by instructor anna", "by hand"),
        };
        assert!(text.contains(what) && text.contains(why), "{name}:\n{report}");
        let is_terminal = name.contains("terminal");
        assert!(is_terminal || !report.contains("<b>by hand"), "{name} shows a tag of the reason");
    }
}

/// The record keeps the measured outcome, and every page for people shows the decision.
#[test]
fn a_decided_case_is_not_shown_as_undecided() {
    let mut grade = decided(false);
    let second = CaseDecision { case: grade.cases[5].name.clone(), ..grade.decisions[0].clone() };
    grade.decisions.push(CaseDecision { award: CaseAward::None, share: 0.0, ..second });
    grade.outcome = grader_model::Outcome::Partial;
    for task in &mut grade.tasks {
        task.outcome = grader_model::Outcome::Partial;
    }
    for (name, report) in reports(&grade).into_iter().filter(|(name, _)| !name.ends_with("JSON")) {
        assert!(!report.contains("undecided"), "{name}:\n{report}");
        let is_of_student = name.starts_with("student");
        let labels = ["decided (full points)", "decided (no points)"];
        let has_labels = labels.iter().all(|label| report.contains(label));
        assert_eq!(has_labels, is_of_student, "{name}:\n{report}");
    }
    let page = ClassPage::new(std::slice::from_ref(&grade));
    assert!(
        page.attention.iter().all(|item| item.reason != grader_report::AttentionReason::Undecided)
    );
    assert_eq!(page.unreached, 0, "a decided case is not an unreached one");
}

#[test]
fn a_private_reason_reaches_instructors_alone() {
    for (name, report) in reports(&decided(true)) {
        let is_for_student = name.starts_with("student:") && !name.contains("instructor");
        let has_no_room = name == "class: terminal";
        let is_shown = report.contains("by hand");
        assert_eq!(is_shown, !is_for_student && !has_no_room, "{name}:\n{report}");
    }
}

#[test]
fn a_decision_that_a_measurement_replaced_is_said_to_be_no_longer_needed() {
    let mut grade = decided(false);
    grade.decisions[0].counts = false;
    let view = StudentView::from(&grade);
    assert!(markdown::student(&view).contains("no longer needed"));
}

#[test]
fn weights_add_up_with_a_decision() {
    let view = StudentView::from(&decided(false));
    let weights = view.tasks[2].weights;
    assert!((weights.passed - 1.0).abs() < 1e-9 && (weights.undecided - 1.0).abs() < 1e-9);
}
