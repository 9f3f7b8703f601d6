//! Progress of a class run, on standard error and only on a terminal.

use grader_model::{Grade, Outcome};
use grader_pipeline::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

/// A bar with who is being graded and how long the rest will take.
pub struct Progress {
    bar: ProgressBar,
    current: Mutex<BTreeSet<String>>,
}

impl Progress {
    /// A bar for `total` submissions.
    pub fn new(total: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
        let style = "{spinner} {bar:30} {pos}/{len} graded, {eta} left  {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, current: Mutex::new(BTreeSet::new()) }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self, change: impl FnOnce(&mut BTreeSet<String>)) {
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut current);
        let names: Vec<_> = current.iter().map(String::as_str).collect();
        self.bar.set_message(grader_report::escape::line(&names.join(", "), 400));
    }
}

impl Watch for Progress {
    fn started(&self, student: &str) {
        self.show(|current| {
            current.insert(student.to_owned());
        });
    }

    fn finished(&self, grade: &Grade, _reused: bool) {
        let student = &grade.submission.student;
        self.show(|current| {
            current.remove(student);
        });
        if grade.outcome == Outcome::GraderFault {
            let name = grader_report::escape::line(student, 400);
            self.bar.println(format!("{name}: the grader failed; it is not a zero"));
        }
        self.bar.inc(1);
    }
}
