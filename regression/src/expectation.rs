//! What must come of a submission of the sample class.

use grader_model::student::StudentView;
use grader_model::{Grade, Outcome};
use grader_report::terminal::{self, Style};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The model next to a submission: `expected.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Who hands this in, and what is the matter with it. (Of a member that is told by edits, its own
    /// file says so.)
    #[serde(default)]
    pub story: String,
    /// How it must end.
    pub outcome: Outcome,
    /// The points; absent when there must be none at all.
    pub points: Option<f64>,
    /// How each task that is named must end.
    #[serde(default)]
    pub tasks: BTreeMap<String, Outcome>,
    /// Exactly the cases that neither pass nor are skipped; absent when not all are listed.
    pub not_passed: Option<BTreeSet<String>>,
    /// What the student's report must contain.
    #[serde(default)]
    pub says: Vec<String>,
    /// What the student's report must not contain.
    #[serde(default)]
    pub never_says: Vec<String>,
}

impl Expectation {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is no such YAML; with the place.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Every way in which `grade` differs from what was expected.
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

    /// The student's view is what is searched, and the words it is put into: nothing else reaches them.
    fn compare_words(&self, grade: &Grade, found: &mut Vec<String>) {
        let view = StudentView::from(grade);
        let style = Style { width: 10_000, ..Style::default() };
        let report = format!("{view:?}{}", terminal::one(&view, &style));
        let quoted = |words: &String| format!("{words:?}").trim_matches('"').to_owned();
        for words in self.says.iter().filter(|words| !report.contains(&quoted(words))) {
            found.push(format!("the report does not say {words:?}"));
        }
        for words in self.never_says.iter().filter(|words| report.contains(&quoted(words))) {
            found.push(format!("the report says {words:?}"));
        }
    }
}
