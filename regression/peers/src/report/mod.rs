//! What was measured, and how it is shown.

mod chart;
mod markdown;
mod terminal;

use serde::Serialize;

use crate::agree::Agreement;
use crate::measure::{Plan, Ratio};
use crate::peer::{Contender, Framework, Threads};
use crate::protocol::Task;

pub use chart::svg;
pub use markdown::markdown;
pub use terminal::table;

/// Everything of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The processor's features that matter, and how many there are.
    pub machine: String,
    /// Names and versions of the frameworks.
    pub versions: Vec<String>,
    /// How often each was measured.
    pub rounds: usize,
    /// A line for each model and task.
    pub rows: Vec<Row>,
    /// The models and tasks that could not be measured, and why.
    pub failures: Vec<String>,
}

/// One model and task.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Short: `MLP`.
    pub model: &'static str,
    /// Its sizes.
    pub title: String,
    /// What was computed.
    pub task: Task,
    /// One for each contender, ours first.
    pub outcomes: Vec<Outcome>,
}

/// One contender.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Who.
    pub contender: Contender,
    /// Median seconds of one computation: CPU time for one thread, else wall.
    pub seconds: Option<f64>,
    /// Our time over theirs.
    pub ratio: Option<Ratio>,
    /// The largest difference between their results and ours.
    pub agreement: Option<Agreement>,
    /// Why there is nothing.
    pub problem: Option<String>,
}

impl Outcome {
    /// Nothing yet.
    pub fn new(contender: Contender) -> Self {
        Self { contender, seconds: None, ratio: None, agreement: None, problem: None }
    }

    /// `1.30 (1.27-1.33)`, or `-`.
    pub fn ratio_text(&self) -> String {
        self.ratio.map_or_else(
            || "-".to_string(),
            |r| format!("{:.2} ({:.2}-{:.2})", r.mean, r.low, r.high),
        )
    }

    /// `1.234 ms`, or `-`.
    pub fn time_text(&self) -> String {
        self.seconds.map_or_else(|| "-".to_string(), milliseconds)
    }
}

fn milliseconds(seconds: f64) -> String {
    let ms = seconds * 1e3;
    let decimals = if ms < 1.0 {
        3
    } else if ms < 10.0 {
        2
    } else {
        1
    };
    format!("{ms:.decimals$} ms")
}

impl Row {
    /// Our time over that of the fastest other one with one thread.
    pub fn behind_fastest(&self) -> Option<f64> {
        let single = self.outcomes.iter().filter(|o| o.contender.threads == Threads::One);
        single.filter_map(|o| o.ratio).map(|r| r.mean).max_by(f64::total_cmp)
    }

    /// The goal for that figure.
    pub fn goal(&self) -> f64 {
        if self.model == "CNN" { 3.0 } else { 2.0 }
    }

    /// What went wrong, one line each.
    pub fn problems(&self) -> impl Iterator<Item = String> {
        let row = format!("{} {}", self.model, self.task.name());
        self.outcomes.iter().filter_map(move |o| {
            let problem = o.problem.as_ref()?;
            Some(format!("{row}, {}: {problem}", o.contender.label()))
        })
    }

    /// The largest difference between anyone's results and ours.
    pub fn largest_difference(&self) -> Option<&Agreement> {
        let all = self.outcomes.iter().filter_map(|o| o.agreement.as_ref());
        all.max_by(|a, b| a.difference.total_cmp(&b.difference))
    }
}

impl Report {
    /// Nothing yet.
    pub fn new(plan: Plan) -> Self {
        let (versions, rows, failures) = (Vec::new(), Vec::new(), Vec::new());
        Self { machine: machine(), versions, rounds: plan.rounds, rows, failures }
    }

    /// Notes a framework that takes part.
    pub fn saw(&mut self, version: &str) {
        if !self.versions.iter().any(|seen| seen == version) {
            self.versions.push(version.to_string());
        }
    }

    /// How well the results agree, and all that went wrong, one line each.
    fn remarks(&self) -> Vec<String> {
        let agreements = self.rows.iter().filter_map(|row| {
            let worst = row.largest_difference()?;
            let (model, task, difference) = (row.model, row.task.name(), worst.difference);
            Some(format!(
                "{model} {task}: results agree within {difference:.0e} of their scale ({})",
                worst.array
            ))
        });
        let problems = self.rows.iter().flat_map(Row::problems);
        agreements.chain(problems).chain(self.failures.iter().cloned()).collect()
    }

    /// One line on how the figures came about.
    pub fn method(&self) -> String {
        format!(
            "Times: medians of {} rounds; CPU time for one thread, wall time for all threads \
             (tinytorch itself always uses one). Ratios: tinytorch's time / theirs within each \
             round, geometric mean and 99 % interval; above 1 it is slower. {}; {}.",
            self.rounds,
            self.versions.join(", "),
            self.machine
        )
    }
}

impl Serialize for Contender {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.label())
    }
}

/// The headings of the columns after model and task.
fn headings(report: &Report) -> Vec<String> {
    let mut headings = vec!["tinytorch".to_string()];
    for outcome in report.rows.iter().flat_map(|row| row.outcomes.iter().skip(1)) {
        let one = outcome.contender.threads == Threads::One;
        let label = outcome.contender.label();
        let heading = if one { format!("{label}, 1 thread") } else { label };
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    headings.push("ours / the faster, 1 thread (goal)".to_string());
    headings
}

/// The cells below [`headings`].
fn cells(row: &Row) -> Vec<String> {
    let mut cells: Vec<String> = row.outcomes.iter().map(cell).collect();
    cells.push(
        row.behind_fastest()
            .map_or_else(|| "-".to_string(), |behind| format!("{behind:.2} ({:.0})", row.goal())),
    );
    cells
}

fn cell(outcome: &Outcome) -> String {
    match (&outcome.problem, outcome.contender.framework) {
        (Some(problem), _) if problem.starts_with("not installed") => "not installed".to_string(),
        (Some(_), _) => "failed".to_string(),
        (None, Framework::Ours) => outcome.time_text(),
        (None, _) => format!("{}\n{}", outcome.time_text(), outcome.ratio_text()),
    }
}

/// The instruction sets that decide, and the number of processors.
pub(crate) fn machine() -> String {
    let mut features = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        let known = [
            ("AVX2", is_x86_feature_detected!("avx2")),
            ("FMA", is_x86_feature_detected!("fma")),
            ("AVX-512F", is_x86_feature_detected!("avx512f")),
            ("AVX512-VNNI", is_x86_feature_detected!("avx512vnni")),
        ];
        features.extend(known.iter().filter(|(_, there)| *there).map(|(name, _)| *name));
    }
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{} with {}, {count} processors", std::env::consts::ARCH, features.join(", "))
}
