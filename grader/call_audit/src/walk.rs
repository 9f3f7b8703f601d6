//! From a function to what it leads to.

use crate::allow::AllowList;
use crate::callers::CourseCallers;
use crate::program::ProgramGraph;
use std::collections::{HashMap, HashSet, VecDeque};

/// What is walked through, and how far.
#[derive(Clone, Debug)]
pub struct WalkRules<'a> {
    /// The student's crate.
    pub own: &'a str,
    /// What else may be linked.
    pub allow: &'a AllowList,
    /// The symbols of all functions that are looked at, each on its own.
    pub roots: &'a [String],
    /// The course's own code around the student's crate, where it was read too.
    pub callers: Option<CourseCallers<'a>>,
}

/// A thing that is not allowed, and the shortest way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForbiddenPath {
    /// What it is, as people write it: `foundation::Tensor::matmul`.
    pub to: String,
    /// The student's own functions and variables on the way, from the first to the last.
    pub through: Vec<String>,
}

impl ProgramGraph {
    /// What the function `root` leads to and may not, nearest first. What is allowed outside is not looked
    /// into; what a library has as a generic, and is therefore compiled here, is both named and followed.
    ///
    /// A variable leads to each function that uses it: one function can store a pointer or a result there, and
    /// another can find it. A function that only calls another root is not meant by that.
    ///
    /// `None` when nothing is called `root` here.
    pub fn leads(&self, root: &str, rules: &WalkRules<'_>) -> Option<Vec<ForbiddenPath>> {
        let roots = rules.roots.iter().filter_map(|symbol| self.find(symbol)).collect();
        let mut walk = GraphWalk::from(self.find(root)?);
        let mut leads: Vec<ForbiddenPath> = Vec::new();
        while let Some(node) = walk.queue.pop_front() {
            if let Some(to) = self.refused(node, rules) {
                if !leads.iter().any(|lead| lead.to == to) {
                    let before = |at: &usize| walk.before.get(at).copied();
                    let earlier = std::iter::successors(before(&node), before);
                    leads.push(ForbiddenPath { to, through: self.way(earlier, rules.own) });
                }
                continue;
            }
            for edge in &self.nodes[node].leads_to {
                walk.visit(edge.to, node);
            }
            if self.is_variable(node, rules) {
                self.visit_users(node, &roots, rules, &mut walk);
            }
        }
        Some(leads)
    }

    /// Whether a function can leave something at `node` that another one finds. In a variable of the standard library's
    /// nobody can.
    pub(crate) fn is_variable(&self, node: usize, rules: &WalkRules<'_>) -> bool {
        let mut names = self.nodes[node].names.iter().flatten().peekable();
        let is_standard = names.peek().is_some() && names.all(|name| rules.allow.is_standard(name));
        self.nodes[node].writable && !is_standard
    }

    /// Everything that leads to the variable: backwards, but not beyond a root, and not into the course's own code,
    /// which calls everybody.
    fn visit_users(
        &self,
        variable: usize,
        roots: &HashSet<usize>,
        rules: &WalkRules<'_>,
        walk: &mut GraphWalk,
    ) {
        let mut backwards = vec![variable];
        let mut seen = HashSet::from([variable]);
        while let Some(node) = backwards.pop() {
            for user in &self.nodes[node].used_by {
                if self.is_course(*user, rules) || !seen.insert(*user) {
                    continue;
                }
                walk.visit(*user, node);
                if !roots.contains(user) {
                    backwards.push(*user);
                }
            }
        }
    }

    /// Whether `node` is code of the student's.
    pub(crate) fn is_own(&self, node: usize, rules: &WalkRules<'_>) -> bool {
        self.nodes[node].names.iter().flatten().any(|name| name.is_of(rules.own))
    }

    /// The name of what lies at `node`, when it is neither the student's nor allowed.
    pub(crate) fn refused(&self, node: usize, rules: &WalkRules<'_>) -> Option<String> {
        let node = &self.nodes[node];
        let refused =
            node.symbols.iter().zip(&node.names).find_map(|(symbol, name)| match name {
                Some(name) if name.is_of(rules.own) && !node.outside => None,
                Some(name) => (!rules.allow.allows(name)).then(|| name.short(rules.own)),
                None => {
                    (node.outside && !rules.allow.allows_symbol(symbol)).then(|| symbol.clone())
                }
            })?;
        // A damaged object can refer to a symbol that is called nothing.
        Some(if refused.is_empty() { "something without a name".to_owned() } else { refused })
    }

    /// The student's own functions on a way, first to last; `earlier` are its nodes from the last one back.
    pub(crate) fn way(&self, earlier: impl Iterator<Item = usize>, own: &str) -> Vec<String> {
        let mut way: Vec<String> = Vec::new();
        for node in earlier {
            let mut names = self.nodes[node].names.iter().flatten();
            let own_name = names.find(|name| name.is_of(own)).map(|name| name.short(own));
            way.extend(own_name.filter(|name| way.last() != Some(name)));
        }
        way.reverse();
        way
    }
}

/// A breadth-first search: so the first way to anything is the shortest.
struct GraphWalk {
    queue: VecDeque<usize>,
    seen: HashSet<usize>,
    before: HashMap<usize, usize>,
}

impl GraphWalk {
    fn from(root: usize) -> Self {
        let (queue, seen) = (VecDeque::from([root]), HashSet::from([root]));
        Self { queue, seen, before: HashMap::new() }
    }

    fn visit(&mut self, node: usize, from: usize) {
        if self.seen.insert(node) {
            self.before.insert(node, from);
            self.queue.push_back(node);
        }
    }
}
