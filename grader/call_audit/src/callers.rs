//! The course's own code around a student's crate: what else it reaches there than the functions that are looked at.
//!
//! A constructor can compute what the function after it gives back, or leave a pointer where that finds it. Nothing
//! passes from one request to the next but by a variable, by what panics do, or by a thread that goes on; so such a
//! constructor costs the groups (the tasks) whose requests reach it, and those that share one of these with it.

use crate::program::ProgramGraph;
use crate::reach::{ReachKind, ReachedSet};
use crate::walk::{ForbiddenPath, WalkRules};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The course's own code around the student's crate.
#[derive(Clone, Debug)]
pub struct CourseCallers<'a> {
    /// The crate that it is compiled as.
    pub krate: &'a str,
    /// The crate of the contract: a method of its trait is one way in.
    pub contract: &'a str,
    /// The symbols where it begins.
    pub mains: &'a [&'a str],
    /// All crates that it has for itself, `krate` and `contract` among them. The student's cannot use them.
    pub crates: &'a [String],
}

/// Functions that are looked at for the same reason: a task.
#[derive(Clone, Debug)]
pub struct FunctionGroup {
    /// What it is called.
    pub name: String,
    /// The ways in that belong to it, as [`ProgramGraph::entries`] names them.
    pub entries: Vec<String>,
    /// The symbols of its functions.
    pub roots: Vec<String>,
}

/// Something that is not allowed, reached outside of the functions that are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndirectFinding {
    /// What it is, and the way to it.
    pub lead: ForbiddenPath,
    /// How it is reached.
    pub how: ReachKind,
    /// The groups that could make use of it.
    pub groups: BTreeSet<String>,
}

/// A way into the student's crate, or (without a name) all that is around them.
struct EntryPoint {
    name: Option<String>,
    /// All that it reaches.
    all: ReachedSet,
    /// What it reaches besides the functions that are looked at.
    besides: ReachedSet,
}

impl EntryPoint {
    /// What it can leave for a group that finds the variables in `shared`.
    fn left_for(&self, shared: &HashSet<usize>, is_free: bool) -> Vec<(ForbiddenPath, ReachKind)> {
        let least = if !self.besides.variables.is_disjoint(shared) {
            ReachKind::Called
        } else if !self.all.variables.is_disjoint(shared) {
            // By way of a function that is looked at: a result it has not computed yet, a pointer it may keep.
            ReachKind::Carried
        } else {
            ReachKind::Detached
        };
        let left = self.besides.leads.iter().filter(|(_, how)| *how >= least);
        // What goes on by itself can be started by a function that is looked at, too.
        let least = if self.all.sets_hook { ReachKind::Carried } else { ReachKind::Detached };
        let all = if is_free { &self.besides } else { &self.all };
        let goes_on = all.leads.iter().filter(|(_, how)| *how >= least);
        left.chain(goes_on).cloned().collect()
    }
}

impl ProgramGraph {
    /// The ways into the student's crate: methods of the contract (`naive`) and kernels (`conv::Naive`).
    pub fn entries(&self, callers: &CourseCallers<'_>) -> BTreeMap<String, Vec<usize>> {
        let mut entries: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, node) in self.nodes.iter().enumerate() {
            let mut names = node.names.iter().flatten();
            if let Some(entry) = names.find_map(|name| name.entry(callers)) {
                entries.entry(entry).or_default().push(at);
            }
        }
        entries
    }

    /// What the callers reach besides the functions that are looked at, and whom it costs. Entries in `free` belong to
    /// no group and may call what they like, as long as no group can use it; one that is unknown costs all groups.
    pub fn charges(
        &self,
        rules: &WalkRules<'_>,
        groups: &[FunctionGroup],
        free: &[String],
    ) -> Vec<IndirectFinding> {
        let Some(callers) = &rules.callers else { return Vec::new() };
        let entries = self.walked_entries(callers, rules);
        let mut charges: Vec<IndirectFinding> = Vec::new();
        for group in groups {
            let shared = self.shared(group, &entries, rules);
            for entry in &entries {
                let is_free = entry.name.as_ref().is_some_and(|name| free.contains(name));
                let others = || groups.iter().any(|one| one.has(entry.name.as_ref()));
                let leads = if group.has(entry.name.as_ref()) || !is_free && !others() {
                    entry.all.leads.clone()
                } else {
                    entry.left_for(&shared, is_free)
                };
                for (lead, how) in leads {
                    add(&mut charges, lead, how, &group.name);
                }
            }
        }
        charges
    }

    fn walked_entries(
        &self,
        callers: &CourseCallers<'_>,
        rules: &WalkRules<'_>,
    ) -> Vec<EntryPoint> {
        let roots: HashSet<usize> =
            rules.roots.iter().filter_map(|symbol| self.find(symbol)).collect();
        let nodes = self.entries(callers);
        let ways_in: HashSet<usize> = nodes.values().flatten().copied().collect();
        let walked = |name: Option<String>, starts: Vec<usize>, ends: &HashSet<usize>| {
            let all = self.reach(starts.iter().copied(), ends, rules);
            let besides = self.reach(starts, &roots.union(ends).copied().collect(), rules);
            EntryPoint { name, all, besides }
        };
        let mains = callers.mains.iter().filter_map(|symbol| self.find(symbol)).collect();
        let around = walked(None, mains, &ways_in);
        let mut entries = vec![around];
        entries.extend(
            nodes.into_iter().map(|(name, starts)| walked(Some(name), starts, &HashSet::new())),
        );
        entries
    }

    /// The variables of a group, and those from which others may move something there.
    fn shared(
        &self,
        group: &FunctionGroup,
        entries: &[EntryPoint],
        rules: &WalkRules<'_>,
    ) -> HashSet<usize> {
        let roots = group.roots.iter().filter_map(|symbol| self.find(symbol));
        let mut variables = self.reach(roots, &HashSet::new(), rules).variables;
        for entry in entries.iter().filter(|entry| group.has(entry.name.as_ref())) {
            variables.extend(&entry.all.variables);
        }
        loop {
            let before = variables.len();
            for EntryPoint { besides, .. } in entries {
                if !besides.variables.is_disjoint(&variables) {
                    variables.extend(&besides.variables);
                }
            }
            if variables.len() == before {
                return variables;
            }
        }
    }
}

impl FunctionGroup {
    fn has(&self, entry: Option<&String>) -> bool {
        entry.is_some_and(|name| self.entries.contains(name))
    }
}

/// The same thing by way of the same first function, reached in the same way, is one charge.
fn add(charges: &mut Vec<IndirectFinding>, lead: ForbiddenPath, how: ReachKind, group: &str) {
    let same = |known: &&mut IndirectFinding| {
        let (one, other) = (&known.lead, &lead);
        known.how == how && one.to == other.to && one.through.first() == other.through.first()
    };
    if let Some(known) = charges.iter_mut().find(same) {
        known.groups.insert(group.to_owned());
    } else {
        charges.push(IndirectFinding { lead, how, groups: BTreeSet::from([group.to_owned()]) });
    }
}
