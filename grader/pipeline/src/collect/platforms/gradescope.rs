//! Gradescope: `submission_metadata.yml` lists the students of each entry, such as `submission_300001`.

use super::EntryName;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The file with the students' names.
pub(in super::super) const METADATA: &str = "submission_metadata.yml";

/// The cap on the file's size, in bytes. The file also contains autograder results.
const LARGEST: u64 = 64 << 20;

#[derive(Deserialize)]
struct SubmissionRecord {
    #[serde(rename = ":submitters", default)]
    submitters: Vec<GradescopeSubmitter>,
}

#[derive(Deserialize)]
struct GradescopeSubmitter {
    #[serde(rename = ":name", default)]
    name: Option<serde_json::Value>,
    #[serde(rename = ":sid", default)]
    sid: Option<serde_json::Value>,
    #[serde(rename = ":email", default)]
    email: Option<serde_json::Value>,
}

/// The students of each entry, in the file's order. `Err` is the reason why the file cannot be read.
pub(in super::super) fn students(
    folder: &Path,
) -> Result<BTreeMap<String, Vec<EntryName>>, String> {
    let path = folder.join(METADATA);
    let size = path.metadata().map_err(|error| error.to_string())?.len();
    if size > LARGEST {
        return Err(format!("it has {size} bytes, more than {LARGEST}"));
    }
    let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
    parse(&text)
}

fn parse(text: &str) -> Result<BTreeMap<String, Vec<EntryName>>, String> {
    // The file is the instructor's own, and its length depends on the class size.
    let options = serde_saphyr::options! { budget: None };
    let entries: BTreeMap<String, SubmissionRecord> =
        serde_saphyr::from_str_with_options(text, options)
            .map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())?;
    let students = |entry: SubmissionRecord| entry.submitters.iter().filter_map(student).collect();
    Ok(entries.into_iter().map(|(name, entry)| (name, students(entry))).collect())
}

/// The student, with the student number or else the email address as id: two may have the same name.
fn student(submitter: &GradescopeSubmitter) -> Option<EntryName> {
    let email = text(submitter.email.as_ref());
    let id = text(submitter.sid.as_ref()).or_else(|| email.clone());
    let name = text(submitter.name.as_ref()).or(email)?;
    Some(EntryName { student: name, id, ..EntryName::default() })
}

fn text(value: Option<&serde_json::Value>) -> Option<String> {
    let text = match value? {
        serde_json::Value::String(text) => text.trim().to_owned(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then(|| super::names::escaped(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An export, with the results of an autograder.
    const EXPORT: &str = "---
submission_300001:
  :submitters:
  - :name: Ivo Berg
    :sid: '0077'
    :email: ivo@example.edu
  :created_at: 2026-11-01 12:00:00.123456000 Z
  :score: 10.0
  :status: processed
  :history: []
  :results:
    tests:
    - !ruby/hash:ActiveSupport::HashWithIndifferentAccess
      name: 'one: two'
      output: |
        :submitters:
          - nobody
submission_300002:
  :submitters:
  - :name: Ada
    :sid: 78
  - :name: Eve
    :sid: ''
    :email: eve@example.edu
submission_300003:
  :submitters: []
";

    #[test]
    fn students_of_an_export_are_read() {
        let students = parse(EXPORT).unwrap();
        let keys = |entry: &str| students[entry].iter().map(EntryName::key).collect::<Vec<_>>();
        assert_eq!(keys("submission_300001"), ["Ivo Berg (0077)"]);
        assert_eq!(keys("submission_300002"), ["Ada (78)", "Eve (eve@example.edu)"]);
        assert_eq!(keys("submission_300003"), [""; 0]);
    }

    #[test]
    fn a_damaged_file_is_an_error_in_one_line() {
        let error = parse("submission_1:\n  :submitters: {\n").unwrap_err();
        assert!(!error.is_empty() && !error.contains('\n'), "{error:?}");
    }
}
