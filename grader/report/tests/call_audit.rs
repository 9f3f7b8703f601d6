//! What the call audit refuses, an instructor sees at once, with the way to the call. A wrong refusal costs honest
//! work its points.

mod support;

use grader_model::{AuditRefusal, Grade, Outcome};
use grader_report::terminal::{self, TextStyle};
use grader_report::{AttentionReason, ClassPage, html, json, markdown};

/// The first grade of the class of which everything passed, with one task refused by the audit.
fn refused() -> Grade {
    let class = support::class();
    let passed = class.into_iter().find(|grade| grade.outcome == Outcome::Pass);
    let mut grade = passed.expect("somebody passes");
    let task = grade.tasks[0].id.clone();
    for case in grade.cases.iter_mut().filter(|case| case.task == task) {
        case.outcome = Outcome::Refused;
        case.message = Some("`forward` leads to `lib::Layer::forward`".into());
    }
    grade.outcome = Outcome::Partial;
    grade.audit.push(AuditRefusal {
        function: "Attention::forward".into(),
        tasks: vec![task],
        way: vec!["Attention::forward".into(), "scores".into()],
        leads_to: Some("lib::Layer::forward".into()),
        around: None,
    });
    grade
}

#[test]
fn a_refusal_is_listed_for_attention_with_its_own_reason() {
    let page = ClassPage::new(&[refused()]);
    assert_eq!(page.attention.len(), 1);
    assert_eq!(page.attention[0].reason, AttentionReason::CallAudit);
    assert_eq!(
        page.attention[0].why,
        "call audit: check that this is right: `Attention::forward`, then `scores`, then \
         `lib::Layer::forward`"
    );
}

#[test]
fn every_report_of_the_class_shows_it() {
    let grades = [refused()];
    let page = ClassPage::new(&grades);
    let style = TextStyle { width: 300, ..TextStyle::default() };
    for text in [terminal::class(&page, &style), html::class(&page), markdown::class(&page)] {
        for words in ["call audit: check that this is right", "scores", "lib::Layer::forward"] {
            // Both formats escape what would be obeyed.
            let plain = text.replace("&#58;", ":").replace('\\', "");
            assert!(plain.contains(words), "{words}: {text}");
        }
    }
    assert!(json::class(&grades).contains("\"leads_to\": \"lib::Layer::forward\""));
}

/// Another refusal is more urgent, and is not hidden by one of the audit.
#[test]
fn an_attempt_elsewhere_comes_first() {
    let mut grade = refused();
    let other = grade.cases.iter_mut().find(|case| case.outcome == Outcome::Pass);
    other.expect("a case that passes").outcome = Outcome::Refused;
    let page = ClassPage::new(&[grade]);
    assert_eq!(page.attention[0].reason, AttentionReason::Refused);
}
