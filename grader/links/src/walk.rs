//! From a function to what it leads to.

use crate::allow::Allow;
use crate::program::Program;
use std::collections::{HashMap, HashSet, VecDeque};

/// What is walked through, and how far.
#[derive(Clone, Debug)]
pub struct Rules<'a> {
    /// The student's crate.
    pub own: &'a str,
    /// What else may be linked.
    pub allow: &'a Allow,
    /// The symbols of all functions that are looked at, each on its own.
    pub roots: &'a [String],
}

/// A thing that is not allowed, and the shortest way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// What it is, as people write it: `tinytorch::Tensor::matmul`.
    pub to: String,
    /// The student's own functions and variables on the way, from the first to the last.
    pub through: Vec<String>,
}

impl Program {
    /// What the function `root` leads to and may not, nearest first. What is allowed outside is not looked
    /// into; what a library has as a generic, and is therefore compiled here, is both named and followed.
    ///
    /// A variable leads to whoever uses it: what one function leaves there (a pointer to a function, a
    /// result), another finds. A function that only calls another root is not meant by that.
    ///
    /// `None` when nothing is called `root` here.
    pub fn leads(&self, root: &str, rules: &Rules<'_>) -> Option<Vec<Lead>> {
        let roots = rules.roots.iter().filter_map(|symbol| self.find(symbol)).collect();
        Some(self.walked(Walk::from(self.find(root)?), &roots, rules))
    }

    fn walked(&self, mut walk: Walk, roots: &HashSet<usize>, rules: &Rules<'_>) -> Vec<Lead> {
        let mut leads: Vec<Lead> = Vec::new();
        while let Some(node) = walk.queue.pop_front() {
            if let Some(to) = self.refused(node, rules) {
                if !leads.iter().any(|lead| lead.to == to) {
                    leads.push(Lead { to, through: self.way(node, &walk.before, rules.own) });
                }
                continue;
            }
            for next in &self.nodes[node].leads_to {
                walk.visit(*next, node);
            }
            if self.nodes[node].writable && !self.is_standard(node, rules) {
                self.visit_users(node, roots, &mut walk);
            }
        }
        leads
    }

    /// What the code of `caller` (the place of a file that was read) makes reachable and may not, besides what the
    /// roots lead to, each of which is walked on its own. `by_itself` is what the caller may link, any of these lists
    /// being enough: a constant of the student's is compiled into it.
    pub fn leads_of_caller(
        &self,
        caller: usize,
        by_itself: &[Allow],
        rules: &Rules<'_>,
    ) -> Vec<Lead> {
        let is_callers =
            |at: &usize| self.nodes[*at].file == Some(caller) && !self.is_own(*at, rules);
        let roots = rules.roots.iter().filter_map(|symbol| self.find(symbol));
        // The walk ends at the caller too: it uses every function, and is no way from one to another.
        let roots: HashSet<usize> = roots.chain((0..self.nodes.len()).filter(is_callers)).collect();
        let mut walk = Walk { queue: VecDeque::new(), seen: roots.clone(), before: HashMap::new() };
        let mut leads: Vec<Lead> = Vec::new();
        let is_refused = |node: usize| {
            by_itself
                .iter()
                .all(|allow| self.refused(node, &Rules { allow, ..rules.clone() }).is_some())
        };
        for (at, node) in self.nodes.iter().enumerate().filter(|(_, n)| n.file == Some(caller)) {
            if self.is_own(at, rules) {
                // A generic or inlined function of the student's.
                walk.enter(at);
                continue;
            }
            for to in &node.leads_to {
                match self.nodes[*to].file {
                    Some(file) if file != caller => walk.enter(*to),
                    Some(_) => {}
                    None => {
                        let to = self.refused(*to, rules).filter(|_| is_refused(*to));
                        leads.extend(to.map(|to| Lead { to, through: Vec::new() }));
                    }
                }
            }
        }
        leads.extend(self.walked(walk, &roots, rules));
        let mut known = HashSet::new();
        leads.retain(|lead| known.insert(lead.to.clone()));
        leads
    }

    fn is_own(&self, node: usize, rules: &Rules<'_>) -> bool {
        self.nodes[node].names.iter().flatten().any(|name| name.is_of(rules.own))
    }

    /// Whether all names of a node belong to the standard library. Nobody can leave anything in a variable of its.
    fn is_standard(&self, node: usize, rules: &Rules<'_>) -> bool {
        let mut names = self.nodes[node].names.iter().flatten().peekable();
        names.peek().is_some() && names.all(|name| rules.allow.is_standard(name))
    }

    /// Everything that leads to the variable: backwards, but not beyond a root.
    fn visit_users(&self, variable: usize, roots: &HashSet<usize>, walk: &mut Walk) {
        let mut backwards = vec![variable];
        let mut seen = HashSet::from([variable]);
        while let Some(node) = backwards.pop() {
            for user in &self.nodes[node].used_by {
                if !seen.insert(*user) {
                    continue;
                }
                walk.visit(*user, node);
                if !roots.contains(user) {
                    backwards.push(*user);
                }
            }
        }
    }

    /// The name of what lies at `node`, when it is neither the student's nor allowed.
    fn refused(&self, node: usize, rules: &Rules<'_>) -> Option<String> {
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

    /// The student's own functions on the way to `node`.
    fn way(&self, node: usize, before: &HashMap<usize, usize>, own: &str) -> Vec<String> {
        let mut way: Vec<String> = Vec::new();
        let mut at = node;
        while let Some(previous) = before.get(&at) {
            at = *previous;
            let names = self.nodes[at].names.iter().flatten();
            let own_name = names.filter(|name| name.is_of(own)).map(|name| name.short(own)).next();
            way.extend(own_name.filter(|name| way.last() != Some(name)));
        }
        way.reverse();
        way
    }
}

/// A breadth-first search: so the first way to anything is the shortest.
struct Walk {
    queue: VecDeque<usize>,
    seen: HashSet<usize>,
    before: HashMap<usize, usize>,
}

impl Walk {
    fn from(root: usize) -> Self {
        let (queue, seen) = (VecDeque::from([root]), HashSet::from([root]));
        Self { queue, seen, before: HashMap::new() }
    }

    fn enter(&mut self, node: usize) {
        if self.seen.insert(node) {
            self.queue.push_back(node);
        }
    }

    fn visit(&mut self, node: usize, from: usize) {
        if self.seen.insert(node) {
            self.before.insert(node, from);
            self.queue.push_back(node);
        }
    }
}
