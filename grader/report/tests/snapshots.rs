//! What people read, as it is. Nothing in the fixtures depends on a clock.

mod support;

use grader_model::student::StudentView;
use grader_report::terminal::{self, TextStyle};
use grader_report::{ClassPage, html, json, markdown};
use insta::assert_snapshot;
use support::{
    class, compile_error, crashed, fault, half_done, not_started, pending, refused, seven_tasks,
};

fn view(grade: &grader_model::Grade) -> StudentView {
    StudentView::from(grade)
}

#[test]
fn class_in_a_wide_terminal() {
    assert_snapshot!(terminal::class(
        &ClassPage::new(&class()),
        &TextStyle { width: 120, ..TextStyle::default() }
    ));
}

#[test]
fn class_in_a_narrow_ascii_terminal() {
    let style = TextStyle { width: 60, unicode: false, colour: false };
    assert_snapshot!(terminal::class(&ClassPage::new(&class()), &style));
}

#[test]
fn many_tasks_get_short_heads_where_it_is_narrow() {
    for width in [80, 100, 140] {
        let style = TextStyle { width, ..TextStyle::default() };
        let table = terminal::class(&ClassPage::new(&seven_tasks()), &style);
        assert_snapshot!(format!("class_of_seven_tasks_in_{width}_columns"), table);
        for line in table.lines() {
            assert!(line.chars().count() <= width, "{line}");
        }
    }
}

#[test]
fn nobody_handed_in() {
    assert_snapshot!(terminal::class(&ClassPage::new(&[]), &TextStyle::default()));
}

#[test]
fn each_student_in_a_terminal() {
    let style = TextStyle { width: 90, ..TextStyle::default() };
    let names =
        ["perfect", "half_done", "not_started", "compile_error", "refused", "crashed", "fault"];
    for (name, grade) in names.into_iter().zip(class()) {
        assert_snapshot!(format!("terminal_{name}"), terminal::student(&view(&grade), &style));
    }
}

#[test]
fn an_instructor_sees_the_details() {
    assert_snapshot!(terminal::instructor(&crashed(), &TextStyle::default()));
    assert_snapshot!(terminal::instructor(&fault(), &TextStyle::default()));
}

#[test]
fn students_in_markdown() {
    let grades = [
        ("half_done", half_done()),
        ("not_started", not_started()),
        ("compile_error", compile_error()),
        ("refused", refused()),
        ("fault", fault()),
    ];
    for (name, grade) in grades {
        assert_snapshot!(format!("markdown_{name}"), markdown::student(&view(&grade)));
    }
}

#[test]
fn class_in_markdown() {
    assert_snapshot!(markdown::class(&ClassPage::new(&class())));
}

/// The mean counts what is reached; what is pending is said beside it, and is no zero.
#[test]
fn pending_points_are_said_wherever_a_class_is_shown() {
    let page = ClassPage::new(&pending());
    assert_snapshot!(terminal::class(
        &ClassPage::new(&pending()),
        &TextStyle { width: 100, ..TextStyle::default() }
    ));
    assert_snapshot!(markdown::class(&page));
    let html = html::class(&page);
    for words in ["40 (20 pending)", ">pending<", "1 submission has 20 points pending"] {
        assert!(html.contains(words), "{words}");
    }
}

/// The body only: the style sheet is looked at, not diffed.
fn body(page: &str) -> &str {
    &page[page.find("<body>").unwrap()..]
}

#[test]
fn students_in_html() {
    let grades = [
        ("half_done", half_done()),
        ("compile_error", compile_error()),
        ("refused", refused()),
        ("fault", fault()),
    ];
    for (name, grade) in grades {
        assert_snapshot!(format!("html_{name}"), body(&html::student(&view(&grade))));
    }
}

#[test]
fn class_in_html() {
    assert_snapshot!(body(&html::class(&ClassPage::new(&class()))));
}

#[test]
fn one_student_in_json() {
    assert_snapshot!(json::student(&view(&half_done())));
}

#[test]
fn one_class_in_json() {
    assert_snapshot!(json::class(&[crashed()]));
}
