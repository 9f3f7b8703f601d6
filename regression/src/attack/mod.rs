//! Attacks: small hostile submissions, each with a model of what must come of it.
//!
//! One attack is one folder, `regression/attacks/<group>/<name>/`, with an `attack.yaml`. It says how
//! the submission is made ([`make`]): statements put into a function of the reference, edits, literal
//! files, and steps for what a repository cannot hold (links, pipes, bombs). In texts `{world}` stands for
//! a folder with secrets ([`world`]), `{port}` for a port of this machine, `{pid}` for the grader's process.

pub mod archive;
pub mod corpus;
pub mod evidence;
pub mod expected;
pub mod removed_layers;
pub mod run;
pub mod step;
pub mod submission;
pub mod world;

use crate::variant::TextEdit;
use expected::ExpectedOutcome;
use grader_course::config::SubmissionLimits;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use step::AttackStep;

/// One attack, as its `attack.yaml` tells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// What it tries, in one sentence.
    pub tries: String,
    /// The module it is handed in for.
    #[serde(default = "profiling")]
    pub module: String,
    /// What it is made of.
    #[serde(default)]
    pub base: SubmissionBase,
    /// Statements that run first thing in `amdahl` of the profiling reference.
    #[serde(default)]
    pub when_called: String,
    /// Items at the end of the file with `amdahl`.
    #[serde(default)]
    pub items: String,
    /// Files of `regression/attacks/tools` that are put behind the items.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Lines at the very top of the crate: attributes of the whole.
    #[serde(default)]
    pub crate_top: String,
    /// Items before the first module of the crate: macros, to be seen in all of it.
    #[serde(default)]
    pub before_modules: String,
    /// Replacements in the base.
    #[serde(default)]
    pub edits: Vec<TextEdit>,
    /// Files with these contents.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// What no repository can hold.
    #[serde(default)]
    pub steps: Vec<AttackStep>,
    /// Under what name it is handed in.
    pub student: Option<String>,
    /// The archive that is handed in instead of the folder, if a step makes one.
    pub hand_in: Option<String>,
    /// Timed cases that are measured for it, too; none by default.
    #[serde(default)]
    pub times: Vec<String>,
    /// Lower limits than the module's, so that a bomb is cheap to survive.
    #[serde(default)]
    pub limits: LimitOverrides,
    /// Which secret it is after: those are tried once more with one layer switched off at a time.
    pub wants: Option<ProtectedSecret>,
    /// What must come of it here.
    pub expect: ExpectedOutcome,
    /// What comes of it where a student's tests run in the student's process.
    pub plain: PlainResult,
}

/// What a submission is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionBase {
    /// The module's reference: whatever is honest in it has its full points.
    #[default]
    Reference,
    /// What students are handed out.
    Stub,
    /// Only what the attack itself makes.
    Nothing,
}

/// What is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtectedSecret {
    /// Hidden cases and expected values.
    Hidden,
    /// The seed of a grading, which lives in the grader's memory.
    Seed,
    /// Other students' submissions.
    Others,
    /// The gradebook, to be read or written.
    Gradebook,
    /// The machine: its files, processes and network.
    Machine,
}

/// What comes of it in a plain `cargo test`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum PlainResult {
    /// All tests pass, although the code is wrong.
    Passes(TestName),
    /// It shows what it should not have: the output holds these words.
    Shows(String),
    /// It leaves something in a folder that is none of its business.
    Writes,
    /// It takes more time, memory, processes or output than the run was given.
    Exhausts,
    /// It does not work there either; why.
    Fails(String),
    /// Not tried there; why.
    NotRun(String),
}

/// A visible test file, such as `bottleneck`.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct TestName(pub String);

/// Limits to be set lower.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitOverrides {
    call_seconds: Option<u32>,
    task_seconds: Option<u32>,
    cpu_seconds: Option<u32>,
    compile_seconds: Option<u32>,
    compile_memory_mb: Option<u32>,
    memory_mb: Option<u32>,
}

impl LimitOverrides {
    /// The module's limits, lowered.
    pub fn apply(self, limits: &mut SubmissionLimits) {
        let lower = |limit: &mut u32, to: Option<u32>| *limit = to.unwrap_or(*limit).min(*limit);
        lower(&mut limits.call_seconds, self.call_seconds);
        lower(&mut limits.task_seconds, self.task_seconds);
        lower(&mut limits.cpu_seconds, self.cpu_seconds);
        lower(&mut limits.compile_seconds, self.compile_seconds);
        lower(&mut limits.compile_memory_mb, self.compile_memory_mb);
        lower(&mut limits.memory_mb, self.memory_mb);
    }
}

impl Attack {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is no such YAML; with the place.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn profiling() -> String {
    "profiling".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("attack.yaml");
        std::fs::write(&path, "tries: x\nexpects: {}\n").unwrap();
        let error = Attack::load(&path).unwrap_err();
        assert!(error.contains("attack.yaml") && error.contains("expects"), "{error}");
    }
}
