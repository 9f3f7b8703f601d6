//! Everything that some code reaches, and how: by calls alone, or by the address of a function, which others may call.

use crate::callers::CourseCallers;
use crate::program::{GraphEdge, ProgramGraph};
use crate::walk::{ForbiddenPath, WalkRules};
use std::collections::{HashMap, HashSet, VecDeque};

/// How something is reached; the later ones are the stronger ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReachKind {
    /// By calls alone: it runs only while the first function of the way does.
    Called,
    /// Somewhere on the way an address is taken: of a function, a closure, a table of methods. Whoever is given it can
    /// call it.
    Carried,
    /// In a thread that nobody has to wait for.
    Detached,
}

/// What was found from one place.
#[derive(Debug, Default)]
pub(crate) struct ReachedSet {
    /// What is not allowed, nearest first.
    pub(crate) leads: Vec<(ForbiddenPath, ReachKind)>,
    /// Variables in which others may find something.
    pub(crate) variables: HashSet<usize>,
    /// Whether what panics do is replaced: the only place of the standard library that keeps a function.
    pub(crate) sets_hook: bool,
}

/// A step of a walk. The same code counts once for each way of getting there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ReachStep {
    node: usize,
    how: ReachKind,
    /// Whether code of the student's was on the way.
    own: bool,
    /// Whether it is data by which the standard library calls what it was given.
    kept_by_std: bool,
}

impl ProgramGraph {
    /// Everything that is reached from `starts`, not beyond the nodes in `ends`.
    pub(crate) fn reach(
        &self,
        starts: impl IntoIterator<Item = usize>,
        ends: &HashSet<usize>,
        rules: &WalkRules<'_>,
    ) -> ReachedSet {
        let first = |node| ReachStep {
            node,
            how: ReachKind::Called,
            own: self.is_own(node, rules),
            kept_by_std: false,
        };
        let mut queue: VecDeque<ReachStep> = starts.into_iter().map(first).collect();
        let mut seen: HashSet<ReachStep> = queue.iter().copied().collect();
        let mut before: HashMap<ReachStep, ReachStep> = HashMap::new();
        let mut found = ReachedSet::default();
        while let Some(step) = queue.pop_front() {
            if let Some(to) =
                self.refused(step.node, rules).filter(|_| !self.is_course(step.node, rules))
            {
                found.lead(self.lead(to, step, &before, rules), step.how);
                continue;
            }
            if self.is_variable(step.node, rules) {
                found.variables.insert(step.node);
            }
            found.sets_hook |= self.is_standard_function(step.node, "set_hook", rules);
            for edge in &self.nodes[step.node].leads_to {
                if ends.contains(&edge.to) || self.is_courses_call(step, *edge, rules) {
                    continue;
                }
                let next = self.next(step, *edge, rules);
                if seen.insert(next) {
                    before.insert(next, step);
                    queue.push_back(next);
                }
            }
        }
        found
    }

    fn next(&self, step: ReachStep, edge: GraphEdge, rules: &WalkRules<'_>) -> ReachStep {
        let is_data = |node: usize| self.nodes[node].names.iter().flatten().next().is_none();
        let by_std = self.calls_by_itself(step.node, rules) || step.kept_by_std;
        let how = if self.starts_thread(edge.to, rules) {
            ReachKind::Detached
        } else if edge.call || by_std {
            step.how
        } else {
            step.how.max(ReachKind::Carried)
        };
        let own = step.own || self.is_own(edge.to, rules);
        ReachStep { node: edge.to, how, own, kept_by_std: by_std && is_data(edge.to) }
    }

    /// Whether `node` is code of the standard library that takes the address of what it is given, calls it and gives it
    /// to nobody: that of threads, of catching panics, and of doing something once.
    fn calls_by_itself(&self, node: usize, rules: &WalkRules<'_>) -> bool {
        let modules = ["thread", "panic", "panicking", "once", "once_lock", "lazy_lock"];
        let mut names = self.nodes[node].names.iter().flatten();
        names.any(|name| {
            rules.allow.is_standard(name) && modules.iter().any(|module| name.has_part(module))
        })
    }

    fn lead(
        &self,
        to: String,
        last: ReachStep,
        before: &HashMap<ReachStep, ReachStep>,
        rules: &WalkRules<'_>,
    ) -> ForbiddenPath {
        // A node can be on the way twice, reached in different ways: steps are followed, not nodes.
        let earlier = std::iter::successors(before.get(&last), |step| before.get(step));
        let through = self.way(earlier.map(|step| step.node), rules.own);
        ForbiddenPath { to, through }
    }

    /// Whether an edge is the course's own call of the standard library. (A constant of the student's is compiled into
    /// the same object, and can hold an address.)
    fn is_courses_call(&self, step: ReachStep, edge: GraphEdge, rules: &WalkRules<'_>) -> bool {
        let mut names = self.nodes[edge.to].names.iter().flatten();
        rules.callers.is_some()
            && !step.own
            && edge.call
            && names.any(|name| rules.allow.is_standard(name))
            && self.refused(edge.to, rules).is_some()
    }

    /// Whether `node` is the course's own code around the student's.
    pub(crate) fn is_course(&self, node: usize, rules: &WalkRules<'_>) -> bool {
        let is_of = |callers: &CourseCallers<'_>| {
            let mut names = self.nodes[node].names.iter().flatten().peekable();
            names.peek().is_some()
                && names.all(|name| callers.crates.iter().any(|krate| name.is_of(krate)))
        };
        rules.callers.as_ref().is_some_and(is_of)
    }

    /// Whether a thread is started at `node` that can go on after the call that started it.
    fn starts_thread(&self, node: usize, rules: &WalkRules<'_>) -> bool {
        self.is_standard_function(node, "spawn", rules)
            && !self.nodes[node].names.iter().flatten().any(|name| name.has_part("Scope"))
    }

    fn is_standard_function(&self, node: usize, called: &str, rules: &WalkRules<'_>) -> bool {
        let mut names = self.nodes[node].names.iter().flatten();
        names.any(|name| rules.allow.is_standard(name) && name.ends_with(called))
    }
}

impl ReachedSet {
    /// Notes a lead. The same thing is noted once for each way of getting there, with the shortest way.
    fn lead(&mut self, lead: ForbiddenPath, how: ReachKind) {
        let is_known = |(known, by): &(ForbiddenPath, ReachKind)| known.to == lead.to && *by == how;
        if !self.leads.iter().any(is_known) {
            self.leads.push((lead, how));
        }
    }
}
