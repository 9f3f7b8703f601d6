//! The defence with one layer taken off, to see what the others hold.

use crate::{modules, open};
use grader_pipeline::{Courtesy, Grader};
use grader_sandbox::{Layer, Options};
use std::collections::BTreeMap;

/// A layer that can be taken off by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peel {
    /// Nothing: the defence as it is.
    Nothing,
    /// The token scan.
    TokenScan,
    /// The lint against unsafe code.
    UnsafeLint,
    /// Token scan and lint: whatever Rust can say is compiled.
    Language,
    /// Token scan, lint and the whole sandbox but rlimits: to see that an attack works at all. Only for
    /// attacks that do no harm.
    Everything,
    /// Token scan, lint and one layer of the sandbox: native code against all layers but one.
    Sandbox(Layer),
}

impl Peel {
    /// What is worth looking at, in the order of a table.
    pub const ALL: [Self; 8] = [
        Self::Nothing,
        Self::TokenScan,
        Self::UnsafeLint,
        Self::Language,
        Self::Sandbox(Layer::Namespaces),
        Self::Sandbox(Layer::Landlock),
        Self::Sandbox(Layer::Seccomp),
        Self::Sandbox(Layer::Cgroup),
    ];

    /// What is off, in words.
    pub fn words(self) -> String {
        match self {
            Self::Nothing => "nothing".into(),
            Self::TokenScan => "token scan".into(),
            Self::UnsafeLint => "lint".into(),
            Self::Language => "scan and lint".into(),
            Self::Everything => "everything".into(),
            Self::Sandbox(layer) => format!("scan, lint, {}", layer.name()),
        }
    }

    /// Graders of all modules without it; nothing if another layer is missing here as well.
    pub fn graders(self) -> Option<BTreeMap<String, Grader>> {
        let without = match self {
            Self::Sandbox(layer) => vec![layer],
            Self::Everything => Layer::ALL.to_vec(),
            _ => Vec::new(),
        };
        let off = without.len();
        let options = Options { trust: true, without, ..Options::default() };
        let graders = modules().map(|module| (module.slug.clone(), open(module, options.clone())));
        let graders: BTreeMap<_, _> =
            graders.map(|(slug, grader)| (slug, self.without_courtesies(grader))).collect();
        let missing = |grader: &Grader| {
            grader.sandbox.layers().iter().filter(|status| !status.available).count()
        };
        graders.values().all(|grader| missing(grader) == off).then_some(graders)
    }

    fn without_courtesies(self, grader: Grader) -> Grader {
        let off: &[Courtesy] = match self {
            Self::Nothing => &[],
            Self::TokenScan => &[Courtesy::TokenScan],
            Self::UnsafeLint => &[Courtesy::UnsafeLint],
            Self::Language | Self::Everything | Self::Sandbox(_) => {
                &[Courtesy::TokenScan, Courtesy::UnsafeLint]
            }
        };
        let module = off.iter().fold(grader.module, |module, one| module.without(*one));
        Grader { module, ..grader }
    }
}
