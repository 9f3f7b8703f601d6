//! Reports for programs.
//!
//! Three documents, each with a `schema` field that changes when a field changes its meaning or
//! goes away (new fields may come without notice):
//!
//! * `grader/class/v2`, for instructors: `{schema, module, submissions: [Grade], ...}` with the whole
//!   record of [`grader_model::Grade`], **hidden values and the seed included**. A remark is
//!   `{kind, text, ...}`, or a plain text if an earlier version made it. After the submissions:
//!   `graded` is the number of submissions with points, `pending: [{student, pending}]` lists undecided
//!   points, `not_graded: [{student, reason}]` the students without a grade, `not_counted: [{name,
//!   reason}]` the newest entries that could not be graded and leave an earlier grade in force,
//!   `passed_over: [{name, reason}]` the entries that were not opened, and `identical_work: [[student]]`
//!   the groups with the same content. `differences: [{condition, groups: [{value, students}]}]` lists
//!   the conditions that differ between the grades, the largest group first.
//! * `grader/student/v1`, for students: `{schema, ...}` with the fields of
//!   [`grader_model::student::StudentView`]. The points can be computed again from it: the weights of
//!   `tasks[].weights` under the rule of `tasks[].credit` (see [`grader_model::CreditRule`]), times
//!   `max_points`, rounded to two decimals.
//! * `grader/cases/v1`, for instructors: the hidden cases of a module with the mistakes that they catch, the fields of
//!   [`crate::CaseCatalogue`].
//!
//! Texts are as the student made them, but a text of more than 16 KiB is cut. Whatever a browser,
//! a terminal or a CI log would obey is written as a JSON escape, so that the bytes are harmless
//! and the meaning is unchanged.

use crate::catalogue::{self, CaseCatalogue};
use crate::class::ClassPage;
use crate::conditions::{RowConditions, conditions, differences};
use crate::export::{ClassExporter, Exporter, class_text};
use crate::words::date;
use crate::{ClassNotices, NoticeEntry};
use grader_model::Grade;
use grader_model::student::StudentView;
use serde::Serialize;
use serde_json::Value;
use std::io;

/// Longest text kept, in bytes.
const LONGEST: usize = 16 * 1024;
/// The name of the class's document, quoted.
const CLASS: &str = "\"grader/class/v2\"";

#[derive(Serialize)]
struct StudentJson<'a> {
    schema: &'static str,
    /// When it was graded, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    graded: Option<String>,
    #[serde(flatten)]
    view: &'a StudentView,
}

/// The fields behind the submissions.
#[derive(Default, Serialize)]
struct DocumentEnding {
    graded: usize,
    pending: Vec<PendingStudent>,
    not_graded: Vec<NotGraded>,
    not_counted: Vec<NoticeEntry>,
    passed_over: Vec<NoticeEntry>,
    identical_work: Vec<Vec<String>>,
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
struct PendingStudent {
    student: String,
    pending: f64,
}

/// A student without a grade.
#[derive(Serialize)]
struct NotGraded {
    student: String,
    reason: String,
}

impl DocumentEnding {
    /// Completed by the notices and the differences between all grades.
    fn finished(mut self, notices: &ClassNotices) -> Self {
        self.not_counted.clone_from(&notices.not_counted);
        self.passed_over.clone_from(&notices.passed_over);
        self.identical_work.clone_from(&notices.identical);
        let group = |group: crate::ConditionGroup| GroupFields {
            value: group.value,
            students: group.students,
        };
        let fields = |difference: crate::ConditionDifference| DifferenceFields {
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
            let student = grade.submission.student.clone();
            let pending = grade.pending();
            self.pending.extend((pending > 0.0).then_some(PendingStudent { student, pending }));
            return;
        }
        let fault = grade.fault.as_ref().map(|fault| fault.for_instructor().clone());
        let why = fault.or_else(|| grade.notes.first().map(ToString::to_string));
        let reason = why.unwrap_or_else(|| grade.outcome.words().into());
        self.not_graded.push(NotGraded { student: grade.submission.student.clone(), reason });
    }
}

/// JSON for programs.
pub struct JsonExporter;

impl Exporter for JsonExporter {
    fn extension(&self) -> &'static str {
        "json"
    }

    fn student(&self, view: &StudentView) -> String {
        student(view)
    }

    /// A class of one submission. It contains hidden values.
    fn instructor(&self, grade: &Grade) -> String {
        class(std::slice::from_ref(grade))
    }

    fn class(&self) -> Box<dyn ClassExporter + '_> {
        Box::new(JsonClass { ending: DocumentEnding::default(), is_empty: true })
    }

    fn catalogue(&self, catalogue: &CaseCatalogue) -> String {
        catalogue::json(catalogue)
    }
}

/// The class in full, for instructors. It contains hidden values.
pub fn class(grades: &[Grade]) -> String {
    class_text(&JsonExporter, grades)
}

/// The document of a class, grade by grade.
struct JsonClass {
    ending: DocumentEnding,
    is_empty: bool,
}

impl ClassExporter for JsonClass {
    fn add(&mut self, grade: &Grade, out: &mut dyn io::Write) -> io::Result<()> {
        let before = if self.is_empty {
            let module = document(&grade.submission.module);
            format!("{{\n  \"module\": {module},\n  \"schema\": {CLASS},\n  \"submissions\": [\n")
        } else {
            ",\n".into()
        };
        self.is_empty = false;
        self.ending.count(grade);
        let lines = document(grade).replace('\n', "\n    ");
        write!(out, "{before}    {lines}")
    }

    fn finish(self: Box<Self>, page: &ClassPage, out: &mut dyn io::Write) -> io::Result<()> {
        let begin = if self.is_empty {
            format!("{{\n  \"module\": \"\",\n  \"schema\": {CLASS},\n  \"submissions\": [")
        } else {
            "\n  ".into()
        };
        // These fields follow the list, because they need all grades.
        let fields = document(&self.ending.finished(&page.notices));
        writeln!(out, "{begin}],{}", fields.strip_prefix('{').unwrap_or_default())
    }
}

/// One student's view. Without a grade there are no tasks in it: zeros beside "no grade" would be
/// read as a grade.
pub fn student(view: &StudentView) -> String {
    let mut view = view.clone();
    if view.points.is_none() {
        view.tasks.clear();
    }
    let graded = view.recorded.map(|recorded| date(recorded.graded_at));
    document(&StudentJson { schema: "grader/student/v1", graded, view: &view }) + "\n"
}

pub(crate) fn document(of: &impl Serialize) -> String {
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
