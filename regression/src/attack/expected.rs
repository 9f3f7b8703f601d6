//! What must come of an attack, and how a grade differs from it.

use super::evidence;
use grader_model::student::StudentView;
use grader_model::{Grade, Outcome};
use grader_sandbox::ConfinementLevel;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The expectation in an `attack.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedOutcome {
    /// How it must end; with other ends at levels that hold it by other means.
    pub outcome: Outcome,
    /// The fewest and the most points; absent when there must be none at all.
    pub points: Option<(f64, f64)>,
    /// What stopped it, the first one first.
    pub stopped_by: Vec<StoppedBy>,
    /// What the student's report must contain.
    #[serde(default)]
    pub says: Vec<String>,
    /// What no report may contain, besides what none ever may.
    #[serde(default)]
    pub never_says: Vec<String>,
    /// What is different at weaker levels.
    #[serde(default)]
    pub at: BTreeMap<LevelName, LevelOverride>,
}

/// What is different at one level: outcome and words take the place of those at level Full.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelOverride {
    outcome: Option<Outcome>,
    points: Option<(f64, f64)>,
    says: Option<Vec<String>>,
    /// Why it is not tried there: what the level does not promise.
    pub not_promised: Option<String>,
}

/// The levels that run untrusted code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelName {
    /// [`ConfinementLevel::NoCgroup`].
    NoCgroup,
    /// [`ConfinementLevel::Weak`], without namespaces.
    Weak,
}

impl LevelName {
    /// The name of a level that may differ.
    pub const fn of(level: ConfinementLevel) -> Option<Self> {
        match level {
            ConfinementLevel::NoCgroup => Some(Self::NoCgroup),
            ConfinementLevel::Weak => Some(Self::Weak),
            ConfinementLevel::Full | ConfinementLevel::Unconfined => None,
        }
    }
}

/// The layers of the defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppedBy {
    /// Collecting refuses it, or leaves it out.
    Intake,
    /// The scan of the source's tokens.
    TokenScan,
    /// The compiler itself, its lints included.
    Compiler,
    /// Limits of time, memory and output around the compiler.
    CompilerLimits,
    /// Nothing but what is needed can be seen: mount namespace and empty root.
    MountView,
    /// Nothing is inherited: no variable, no argument, no descriptor but its own.
    Environment,
    /// No network but an empty one of its own.
    Network,
    /// System calls that do not exist, or end the process.
    Seccomp,
    /// Files that cannot be opened although they can be named.
    Landlock,
    /// Memory and tasks of the whole tree.
    Cgroup,
    /// Limits of one process.
    Rlimit,
    /// Limits of one call, and of the time and output of a process.
    CallLimits,
    /// One request, one reply, one nonce; and a fresh process after each failure.
    Protocol,
    /// What judges is in another process than what is judged, and draws its own inputs.
    Judge,
    /// The audit of what compiled functions lead to.
    CallAudit,
    /// The rules of measuring.
    Timing,
    /// What a student wrote is escaped for where it lands.
    Escaping,
}

impl StoppedBy {
    /// In words, for a table.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::TokenScan => "token scan",
            Self::Compiler => "compiler",
            Self::CompilerLimits => "compiler's limits",
            Self::MountView => "empty file system",
            Self::Environment => "empty environment",
            Self::Network => "network namespace",
            Self::Seccomp => "seccomp",
            Self::Landlock => "landlock",
            Self::Cgroup => "cgroup",
            Self::Rlimit => "rlimits",
            Self::CallLimits => "limits of a call",
            Self::Protocol => "protocol",
            Self::Judge => "judge in another process",
            Self::CallAudit => "call audit",
            Self::Timing => "rules of measuring",
            Self::Escaping => "escaping",
        }
    }

    /// Whether a submission that this layer stops first can have got so far. What is left out stops
    /// nothing else, and the sandbox is around the compiler as it is around the program.
    fn can_stop_at(self, stage: ReachedStage) -> bool {
        match self {
            Self::Intake => matches!(stage, ReachedStage::Collected | ReachedStage::Run),
            Self::TokenScan => stage == ReachedStage::Scanned,
            Self::Compiler | Self::CompilerLimits => stage == ReachedStage::Compiled,
            Self::Judge | Self::Protocol | Self::CallLimits | Self::CallAudit | Self::Timing => {
                stage == ReachedStage::Run
            }
            _ => stage >= ReachedStage::Compiled,
        }
    }
}

/// How far a submission got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReachedStage {
    /// Not beyond being collected.
    Collected,
    /// Not beyond the token scan.
    Scanned,
    /// Not beyond the compiler.
    Compiled,
    /// It ran.
    Run,
}

impl ReachedStage {
    /// How far `grade`'s submission got, from what is in the grade.
    pub fn of(grade: &Grade) -> Self {
        if !grade.cases.is_empty() {
            return Self::Run;
        }
        let compiled =
            grade.costs.iter().any(|cost| cost.stage == grader_model::GradingStage::Compile);
        match (compiled, grade.tasks.is_empty()) {
            (true, _) => Self::Compiled,
            (false, false) => Self::Scanned,
            (false, true) => Self::Collected,
        }
    }
}

impl ExpectedOutcome {
    /// Every way in which `grade`, reached at `level`, differs.
    pub fn differences(&self, grade: &Grade, level: ConfinementLevel) -> Vec<String> {
        let none = LevelOverride::default();
        let other = LevelName::of(level).and_then(|name| self.at.get(&name)).unwrap_or(&none);
        let mut found = Vec::new();
        let outcome = other.outcome.unwrap_or(self.outcome);
        if grade.outcome != outcome {
            found.push(format!("ended as {:?}, expected {outcome:?}", grade.outcome));
        }
        let points = other.points.or(self.points);
        let right = match (grade.points, points) {
            (Some(got), Some((least, most))) => least <= got && got <= most,
            (got, range) => got.is_none() && range.is_none(),
        };
        if !right {
            found.push(format!("{:?} points, expected {points:?}", grade.points));
        }
        self.compare_stage(grade, &mut found);
        let report = format!("{:?}", StudentView::from(grade));
        for words in other.says.as_ref().unwrap_or(&self.says) {
            if !report.contains(&quoted(words)) {
                found.push(format!("the report does not say {words:?}"));
            }
        }
        for words in self.never_says.iter().filter(|words| report.contains(&quoted(words))) {
            found.push(format!("the report says {words:?}"));
        }
        found
    }

    fn compare_stage(&self, grade: &Grade, found: &mut Vec<String>) {
        let Some(first) = self.stopped_by.first() else {
            found.push("it does not say what stops it".into());
            return;
        };
        let stage = ReachedStage::of(grade);
        if !first.can_stop_at(stage) {
            found.push(format!("got as far as {stage:?}, which is not where {first:?} stops"));
        } else if !evidence::shows(*first, grade) {
            found
                .push(format!("{first:?} is said to stop it, and nothing of that is in the grade"));
        }
    }
}

/// As `Debug` shows it inside a string.
fn quoted(words: &str) -> String {
    let debug = format!("{words:?}");
    debug[1..debug.len() - 1].to_owned()
}
