//! Reports for programs.
//!
//! Two documents, each with a `schema` field that changes when a field changes its meaning or
//! goes away (new fields may come without notice):
//!
//! * `grader/class/v1`, for instructors: `{schema, module, submissions: [Grade]}` with the whole
//!   record of [`grader_model::Grade`], **hidden values and the seed included**.
//! * `grader/student/v1`, for students: `{schema, ...}` with the fields of
//!   [`grader_model::student::StudentView`].
//!
//! Texts are as the student made them, but a text of more than 16 KiB is cut. Whatever a browser,
//! a terminal or a CI log would obey is written as a JSON escape, so that the bytes are harmless
//! and the meaning is unchanged.

use grader_model::Grade;
use grader_model::student::StudentView;
use serde::Serialize;
use serde_json::Value;

/// Longest text kept, in bytes.
const LONGEST: usize = 16 * 1024;

#[derive(Serialize)]
struct Class<'a> {
    schema: &'static str,
    module: &'a str,
    submissions: &'a [Grade],
}

#[derive(Serialize)]
struct Student<'a> {
    schema: &'static str,
    #[serde(flatten)]
    view: &'a StudentView,
}

/// The class in full, for instructors. It holds hidden values.
pub fn class(grades: &[Grade]) -> String {
    let module = grades.first().map_or("", |grade| &grade.submission.module);
    text(&Class { schema: "grader/class/v1", module, submissions: grades })
}

/// One student's view. Without a grade there are no tasks in it: zeros beside "no grade" would be
/// read as a grade.
pub fn student(view: &StudentView) -> String {
    let mut view = view.clone();
    if view.points.is_none() {
        view.tasks.clear();
    }
    text(&Student { schema: "grader/student/v1", view: &view })
}

fn text(document: &impl Serialize) -> String {
    // Maps with text keys, numbers, texts: there is nothing in these types that JSON cannot hold.
    let mut value = serde_json::to_value(document).unwrap_or_default();
    cut(&mut value);
    value.sort_all_objects();
    let mut out = harmless(&format!("{value:#}"));
    out.push('\n');
    out
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
