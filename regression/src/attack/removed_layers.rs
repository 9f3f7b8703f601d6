//! The defence with one layer taken off, to see what the others hold.

use super::corpus::NamedAttack;
use super::expected::StoppedBy;
use crate::{grader, modules};
use grader_pipeline::{DefenceLayer, Grader};
use grader_sandbox::{ConfinementLayer, ProbeOptions, Sandbox};
use std::collections::BTreeMap;

/// A layer, or more than one, that can be taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedLayers {
    /// Nothing: the defence as it is.
    Nothing,
    /// One layer of the pipeline.
    One(DefenceLayer),
    /// Token scan and lint: whatever Rust can say is compiled.
    Language,
    /// Token scan, lint and these layers of the sandbox: native code against all the others.
    Sandbox(&'static [ConfinementLayer]),
}

/// Attacks that take what the machine has. Each has a bound of its own; tried with one of two limits off,
/// never with both.
pub const BOMBS: [&str; 8] = [
    "machine/takes_all_it_can",
    "machine/memory_bomb",
    "machine/memory_of_stacks",
    "machine/one_huge_allocation",
    "machine/thread_bomb",
    "machine/fork_bomb",
    "machine/endless_loop_in_threads",
    "compile_bombs/macro_recursion",
];

impl RemovedLayers {
    /// Scan, lint and the whole sandbox but rlimits: to see that an attack works at all. Only for attacks
    /// that do no harm.
    pub const EVERYTHING: Self = Self::Sandbox(&ConfinementLayer::ALL);

    /// For attacks on secrets, in the order of a table.
    pub const FOR_SECRETS: [Self; 9] = [
        Self::Nothing,
        Self::One(DefenceLayer::TokenScan),
        Self::One(DefenceLayer::UnsafeLint),
        Self::Language,
        Self::Sandbox(&[ConfinementLayer::Namespaces]),
        Self::Sandbox(&[ConfinementLayer::Landlock]),
        Self::Sandbox(&[ConfinementLayer::Seccomp]),
        Self::Sandbox(&[ConfinementLayer::Cgroup]),
        Self::Sandbox(&[ConfinementLayer::Rlimits]),
    ];

    /// For attacks on the machine: without seccomp, which forbids to fork, and without one of two limits.
    pub const FOR_BOMBS: [Self; 2] = [
        Self::Sandbox(&[ConfinementLayer::Seccomp, ConfinementLayer::Cgroup]),
        Self::Sandbox(&[ConfinementLayer::Seccomp, ConfinementLayer::Rlimits]),
    ];

    /// For attacks on the wire and on the time of others.
    pub const FOR_THE_WIRE: [Self; 2] =
        [Self::One(DefenceLayer::OneReply), Self::One(DefenceLayer::CallLimits)];

    /// What is off, in words.
    pub fn words(self) -> String {
        match self {
            Self::Nothing => "nothing".into(),
            Self::One(DefenceLayer::TokenScan) => "token scan".into(),
            Self::One(DefenceLayer::UnsafeLint) => "lint against `unsafe`".into(),
            Self::One(DefenceLayer::LinkCheck) => "link check".into(),
            Self::One(DefenceLayer::CallLimits) => "limits of a call".into(),
            Self::One(DefenceLayer::OneReply) => "nonce, and one reply each".into(),
            Self::Language => "scan and lint".into(),
            Self::EVERYTHING => "all of them (a control, of one attack)".into(),
            Self::Sandbox(layers) => {
                let names: Vec<_> = layers.iter().map(|layer| layer.name()).collect();
                format!("scan, lint, {}", names.join(", "))
            }
        }
    }

    /// Whether an attack is tried without this. A bomb is tried only where another limit is known to hold
    /// it; what sleeps would be waited for as long as a process may live.
    pub fn concerns(self, named: &NamedAttack) -> bool {
        let first = named.attack.expect.stopped_by.first();
        match self {
            Self::One(DefenceLayer::OneReply) => first == Some(&StoppedBy::Protocol),
            Self::One(DefenceLayer::CallLimits) => named.title() == "machine/endless_loop",
            peel if Self::FOR_BOMBS.contains(&peel) => BOMBS.contains(&&*named.title()),
            _ => named.attack.wants.is_some() || named.group == "build_time",
        }
    }

    /// Graders of all modules without it; nothing if another layer is missing here as well.
    pub fn graders(self) -> Option<BTreeMap<String, Grader>> {
        let without = match self {
            Self::Sandbox(layers) => layers.to_vec(),
            _ => Vec::new(),
        };
        let off = without.iter().filter(|layer| ConfinementLayer::ALL.contains(layer)).count();
        // Without resource limits there is no sandbox where there is no cgroup.
        let sandbox =
            Sandbox::probe(ProbeOptions { trust: true, without, ..ProbeOptions::default() })
                .ok()?;
        let missing = sandbox.layers().iter().filter(|status| !status.available).count();
        let peeled = |slug: &str| {
            let grader = grader(slug).clone();
            let off = self.defences().iter();
            let module = off.fold(grader.module, |module, one| module.without(*one));
            Grader { sandbox: sandbox.clone(), module, ..grader }
        };
        let all = modules().map(|module| (module.slug.clone(), peeled(&module.slug)));
        (missing == off).then(|| all.collect())
    }

    /// What is off of the pipeline.
    fn defences(&self) -> &[DefenceLayer] {
        match self {
            Self::Nothing => &[],
            Self::One(defence) => std::slice::from_ref(defence),
            Self::Language | Self::Sandbox(_) => {
                &[DefenceLayer::TokenScan, DefenceLayer::UnsafeLint]
            }
        }
    }
}
