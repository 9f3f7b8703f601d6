//! Reports for programs.
//!
//! Two documents, each with a `schema` field that changes when a field changes its meaning or
//! goes away (new fields may come without notice):
//!
//! * `grader/class/v1`, for instructors: `{schema, module, submissions: [Grade], ...}` with the whole
//!   record of [`grader_model::Grade`], **hidden values and the seed included**. Behind them, who has a
//!   grade and who has none: `graded` is how many have points, `pending: [{student, pending}]` whose points are not all
//!   decided, `not_graded: [{student, reason}]` who has
//!   none, `not_counted: [{name, reason}]` whose newest entry could not be graded so that an earlier grade
//!   counts, `passed_over: [{name, reason}]` which entries nobody looked into, and `identical_work:
//!   [[student]]` who handed in the same content. `differences: [{condition, groups: [{value, students}]}]` says
//!   under which conditions the grades were not all made, the largest group first.
//! * `grader/student/v1`, for students: `{schema, ...}` with the fields of
//!   [`grader_model::student::StudentView`]. The points can be computed again from it: the weights of
//!   `tasks[].weights` under the rule of `tasks[].credit` (see [`grader_model::CreditRule`]), times
//!   `max_points`, rounded to two decimals.
//!
//! Texts are as the student made them, but a text of more than 16 KiB is cut. Whatever a browser,
//! a terminal or a CI log would obey is written as a JSON escape, so that the bytes are harmless
//! and the meaning is unchanged.

use crate::conditions::{RowConditions, conditions, differences};
use crate::words::date;
use crate::{Entry, Grades, Notices, ReportError};
use grader_model::Grade;
use grader_model::student::StudentView;
use serde::Serialize;
use serde_json::Value;
use std::io;

/// Longest text kept, in bytes.
const LONGEST: usize = 16 * 1024;
/// The name of the class's document, quoted.
const CLASS: &str = "\"grader/class/v1\"";

#[derive(Serialize)]
struct Student<'a> {
    schema: &'static str,
    /// When it was graded, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    graded: Option<String>,
    #[serde(flatten)]
    view: &'a StudentView,
}

/// The fields behind the submissions.
#[derive(Serialize)]
struct Ending<'a> {
    graded: usize,
    pending: Vec<Pending>,
    not_graded: Vec<NotGraded>,
    not_counted: &'a [Entry],
    passed_over: &'a [Entry],
    identical_work: &'a [Vec<String>],
    differences: Vec<DifferenceFields>,
    #[serde(skip)]
    conditions: Vec<RowConditions>,
}

/// A condition under which the grades differ.
#[derive(Serialize)]
struct DifferenceFields {
    condition: &'static str,
    groups: Vec<GroupFields>,
}

/// The students who share one condition.
#[derive(Serialize)]
struct GroupFields {
    value: String,
    students: Vec<String>,
}

/// A student with points that are neither won nor lost.
#[derive(Serialize)]
struct Pending {
    student: String,
    pending: f64,
}

/// A student without a grade.
#[derive(Serialize)]
struct NotGraded {
    student: String,
    reason: String,
}

impl<'a> Ending<'a> {
    fn of(notices: &'a Notices) -> Self {
        Self {
            graded: 0,
            pending: Vec::new(),
            not_graded: Vec::new(),
            not_counted: &notices.not_counted,
            passed_over: &notices.passed_over,
            identical_work: &notices.identical,
            differences: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// With what only all grades together show.
    fn finished(mut self) -> Self {
        let group = |group: crate::ConditionGroup| GroupFields {
            value: group.value,
            students: group.students,
        };
        let fields = |difference: crate::Difference| DifferenceFields {
            condition: difference.condition,
            groups: difference.groups.into_iter().map(group).collect(),
        };
        self.differences = differences(&self.conditions).into_iter().map(fields).collect();
        self
    }

    fn count(&mut self, grade: &Grade) {
        if grade.points.is_some() {
            self.conditions.push(conditions(self.graded, grade));
            self.graded += 1;
            let (student, pending) = (grade.submission.student.clone(), grade.pending());
            self.pending.extend((pending > 0.0).then_some(Pending { student, pending }));
            return;
        }
        let fault = grade.fault.as_ref().map(|fault| fault.for_instructor().clone());
        let why = fault.or_else(|| grade.notes.first().cloned());
        let reason = why.unwrap_or_else(|| grade.outcome.words().into());
        self.not_graded.push(NotGraded { student: grade.submission.student.clone(), reason });
    }
}

/// The class in full, for instructors. It holds hidden values.
pub fn class(grades: &[Grade]) -> String {
    let mut text = Vec::new();
    // Neither the grades nor the vector can fail.
    let _ = write_class(&mut text, &grades, &Notices::default());
    String::from_utf8_lossy(&text).into_owned()
}

/// [`class`], grade by grade, with what is to be said beyond the grades.
///
/// # Errors
/// When a grade cannot be read, or `out` not be written.
pub fn write_class(
    out: &mut dyn io::Write,
    grades: &dyn Grades,
    notices: &Notices,
) -> Result<(), ReportError> {
    let mut first = true;
    let mut ending = Ending::of(notices);
    grades.each(&mut |grade| {
        let before = if first {
            let module = document(&grade.submission.module);
            format!("{{\n  \"module\": {module},\n  \"schema\": {CLASS},\n  \"submissions\": [\n")
        } else {
            ",\n".into()
        };
        first = false;
        ending.count(grade);
        let lines = document(grade).replace('\n', "\n    ");
        write!(out, "{before}    {lines}").map_err(|source| ReportError::Output { source })
    })?;
    let begin = if first {
        format!("{{\n  \"module\": \"\",\n  \"schema\": {CLASS},\n  \"submissions\": [")
    } else {
        "\n  ".into()
    };
    // The fields after the list: who has no grade is known when all have been gone through.
    let fields = document(&ending.finished());
    let end = format!("{begin}],{}\n", fields.strip_prefix('{').unwrap_or_default());
    out.write_all(end.as_bytes()).map_err(|source| ReportError::Output { source })
}

/// One student's view. Without a grade there are no tasks in it: zeros beside "no grade" would be
/// read as a grade.
pub fn student(view: &StudentView) -> String {
    let mut view = view.clone();
    if view.points.is_none() {
        view.tasks.clear();
    }
    let graded = view.recorded.map(|recorded| date(recorded.graded_at));
    document(&Student { schema: "grader/student/v1", graded, view: &view }) + "\n"
}

fn document(of: &impl Serialize) -> String {
    // Maps with text keys, numbers, texts: there is nothing in these types that JSON cannot hold.
    let mut value = serde_json::to_value(of).unwrap_or_default();
    cut(&mut value);
    value.sort_all_objects();
    harmless(&format!("{value:#}"))
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > LONGEST => {
            let end = text.floor_char_boundary(LONGEST);
            *text = format!("{}… ({} bytes in all)", &text[..end], text.len());
        }
        Value::Array(values) => values.iter_mut().for_each(cut),
        Value::Object(fields) => fields.values_mut().for_each(cut),
        _ => {}
    }
}

/// Outside of texts JSON is ASCII without these characters, so an escape is right wherever they
/// stand.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<'
            | '>'
            | '&'
            | '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.replace("##[", "#\\u0023[")
}
