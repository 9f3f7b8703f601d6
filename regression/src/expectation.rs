//! The expected result of a sample submission.

use grader_model::student::StudentView;
use grader_model::{Grade, Outcome};
use grader_report::terminal::{self, TextStyle};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The expected result stored next to a submission: `expected.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedResult {
    /// The student and the problem with the submission. (A member defined by edits has its story in
    /// its own file.)
    #[serde(default)]
    pub story: String,
    /// The expected outcome.
    pub outcome: Outcome,
    /// The expected points; absent if there must be none at all.
    pub points: Option<f64>,
    /// The expected outcomes of the listed tasks.
    #[serde(default)]
    pub tasks: BTreeMap<String, Outcome>,
    /// Exactly the cases that neither pass nor are skipped; absent if not all are listed.
    pub not_passed: Option<BTreeSet<String>>,
    /// Texts that the student's report must contain.
    #[serde(default)]
    pub says: Vec<String>,
    /// Texts that the student's report must not contain.
    #[serde(default)]
    pub never_says: Vec<String>,
}

impl ExpectedResult {
    /// Reads the file.
    ///
    /// # Errors
    /// If it is not valid YAML of this form; the message includes the location.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// All differences between `grade` and the expected result.
    pub fn differences(&self, grade: &Grade) -> Vec<String> {
        let mut found = Vec::new();
        if grade.outcome != self.outcome {
            found.push(format!("ended as {:?}, expected {:?}", grade.outcome, self.outcome));
        }
        if grade.points != self.points {
            found.push(format!("{:?} points, expected {:?}", grade.points, self.points));
        }
        for (id, expected) in &self.tasks {
            let task = grade.tasks.iter().find(|task| task.id == *id);
            if task.map(|task| task.outcome) != Some(*expected) {
                let got = task.map(|task| task.outcome);
                found.push(format!("task {id} ended as {got:?}, expected {expected:?}"));
            }
        }
        self.compare_cases(grade, &mut found);
        self.compare_words(grade, &mut found);
        found
    }

    fn compare_cases(&self, grade: &Grade, found: &mut Vec<String>) {
        let Some(expected) = &self.not_passed else { return };
        let got: BTreeSet<String> =
            crate::failed(grade).iter().map(|case| case.name.clone()).collect();
        for name in expected.difference(&got) {
            found.push(format!("{name} passed or was skipped, expected to fail"));
        }
        for name in got.difference(expected) {
            found.push(format!("{name} failed, expected to pass"));
        }
    }

    /// Searches the student's view and its rendered text, because students receive nothing else.
    fn compare_words(&self, grade: &Grade, found: &mut Vec<String>) {
        let view = StudentView::from(grade);
        let style = TextStyle { width: 10_000, ..TextStyle::default() };
        let report = format!("{view:?}{}", terminal::student(&view, &style));
        let quoted = |words: &String| format!("{words:?}").trim_matches('"').to_owned();
        for words in self.says.iter().filter(|words| !report.contains(&quoted(words))) {
            found.push(format!("the report does not say {words:?}"));
        }
        for words in self.never_says.iter().filter(|words| report.contains(&quoted(words))) {
            found.push(format!("the report says {words:?}"));
        }
    }
}
