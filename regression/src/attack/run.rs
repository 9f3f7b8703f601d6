//! An attack, handed in.

use super::corpus::NamedAttack;
use super::expected::LevelName;
use super::world::AttackFolder;
use grader_model::Grade;
use grader_model::student::StudentView;
use grader_pipeline::{Grader, MeasureScope, collect};
use grader_report::{ClassPage, html, json, markdown, terminal};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// What came of an attack.
pub struct AttackOutcome {
    /// The grade.
    pub grade: Grade,
    /// In what it differs from what must come of it; empty when contained.
    pub differences: Vec<String>,
    /// What it got hold of: marks that a report shows, and files outside that it changed.
    pub got: Vec<String>,
}

impl NamedAttack {
    /// Why it is not tried at this level, if it is not.
    pub fn not_promised(&self, grader: &Grader) -> Option<&str> {
        let at = LevelName::of(grader.sandbox.level())?;
        self.attack.expect.at.get(&at)?.not_promised.as_deref()
    }

    /// Hands it in to `grader`, a grader of its module, within the limits it asks for.
    ///
    /// # Errors
    /// When the submission cannot be made.
    pub fn run(&self, grader: &Grader) -> Result<AttackOutcome, String> {
        let world = AttackFolder::new().map_err(|error| error.to_string())?;
        let made = self.attack.make(&world)?;
        let mut module = grader.module.clone();
        self.attack.limits.apply(&mut module.rubric.limits);
        let timing = match self.attack.times.as_slice() {
            [] => grader.timing.clone(),
            times => MeasureScope::Only(times.iter().cloned().collect()),
        };
        let grader = Grader { module, timing, ..grader.clone() };
        let grade = self.grade(&grader, &made.submission)?;
        let mut got = world.changes();
        got.extend(AttackFolder::shown_in(&everything(&grade)));
        let mut differences = self.attack.expect.differences(&grade, grader.sandbox.level());
        differences.extend(got.iter().cloned());
        differences.extend(unescaped(&grade));
        Ok(AttackOutcome { grade, differences, got })
    }
}

impl NamedAttack {
    fn grade(&self, grader: &Grader, submission: &Path) -> Result<Grade, String> {
        let mut found = collect::single(submission).map_err(|error| error.to_string())?;
        if let Some(name) = &self.attack.student {
            found.student.clone_from(name);
        }
        let never = AtomicBool::new(false);
        let grade = grader.grade(grader.collect(&found), 20, &never);
        grade.ok_or_else(|| "stopped, by nobody".into())
    }
}

/// What a student wrote and a report shows as its own: control characters in a terminal, tags in a page,
/// commands to a workflow.
fn unescaped(grade: &Grade) -> Vec<String> {
    let mut found = Vec::new();
    for (at, text) in for_students(grade).iter().enumerate() {
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.contains(control) {
            found.push(format!("report {at} has a control character"));
        }
        let page = text.starts_with("<!");
        if page && ["<script>alert", "<img src=x"].iter().any(|tag| text.contains(tag)) {
            found.push(format!("report {at} has a student's tag"));
        }
        if text.lines().any(|line| line.trim_start().starts_with("::error")) {
            found.push(format!("report {at} has a command to a workflow"));
        }
    }
    found
}

/// Every report there is of a grade, one after the other; the instructor's too, where they show what a
/// submission said.
pub fn everything(grade: &Grade) -> String {
    let mut all = vec![json::class(std::slice::from_ref(grade))];
    all.extend(for_students(grade));
    all.join("\n")
}

/// Every report of a grade that a student may see: their own, and the class's pages, which are not made for
/// them and hold nothing of a case either.
pub fn for_students(grade: &Grade) -> Vec<String> {
    let page = ClassPage::new(std::slice::from_ref(grade));
    let mut all = of_student(grade);
    all.extend([html::class(&page), markdown::class(&page)]);
    all
}

/// Every report of a grade that its student receives.
pub fn of_student(grade: &Grade) -> Vec<String> {
    let view = StudentView::from(grade);
    vec![
        html::student(&view),
        markdown::student(&view),
        json::student(&view),
        terminal::student(&view, &terminal::TextStyle::default()),
    ]
}
