//! Hidden cases, and the macro that defines them.

use crate::{CaseVerdict, Draw, TimedCase};
use grader_protocol::Transport;
use std::collections::{HashMap, HashSet};

/// One hidden case: a claim about the student's code and a function that checks it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Name of the case and of its function. Unique within the module.
    pub name: &'static str,
    /// The task it belongs to.
    pub task: &'static str,
    /// The claim, in one sentence for students, without hidden values.
    pub claim: &'static str,
    /// The cases it depends on. If one of them does not pass, this case is skipped.
    pub after: &'static [&'static str],
    /// Checks the claim.
    pub run: fn(&mut dyn Transport, &mut Draw) -> CaseVerdict,
}

/// Defines the cases of one task as `pub const CASES: &[Case]`. A case's name is the name of its
/// function and its claim is the doc comment, so they cannot diverge. A parent (`after [..]`) is the path of another
/// case's function.
///
/// ```
/// # use grader_judge::{CaseVerdict, Draw, cases};
/// # grader_protocol::contract! { pub trait M { fn double(x: f64) -> f64; } }
/// cases! { task "doubling", client Client;
///     /// Twice zero is zero.
///     zero_stays_zero;
///     /// Any number is doubled.
///     doubles after [zero_stays_zero];
/// }
///
/// fn zero_stays_zero(code: &mut Client, _: &mut Draw) -> CaseVerdict {
///     grader_judge::check::equal("twice zero", &code.double(0.0)?, &0.0)
/// }
/// # fn doubles(_: &mut Client, _: &mut Draw) -> CaseVerdict { Ok(()) }
/// assert_eq!(CASES[1].after, ["zero_stays_zero"]);
/// ```
#[macro_export]
macro_rules! cases {
    (task $task:literal, client $Client:ident;
     $( $(#[doc = $claim:literal])+ $name:ident $(after [$($parent:path),+ $(,)?])?; )+) => {
        /// The cases of this task.
        pub const CASES: &[$crate::Case] = &[$(
            $crate::Case {
                name: stringify!($name),
                task: $task,
                claim: concat!($($claim),+),
                after: &[$($($crate::last_segment(stringify!($parent))),+)?],
                run: |wire, draw| $name(&mut $Client::new(wire), draw),
            }
        ),+];

        // A parent is a case's function, of this file or of another one.
        $( $( const _: &[fn(&mut $Client, &mut $crate::Draw) -> $crate::CaseVerdict] = &[$($parent),+]; )? )+
    };
}

/// The last name of a path, as `stringify!` writes it: `c` of `a::b::c`.
#[doc(hidden)]
pub const fn last_segment(path: &'static str) -> &'static str {
    let bytes = path.as_bytes();
    let mut start = bytes.len();
    while start > 0 && bytes[start - 1] != b':' && bytes[start - 1] != b' ' {
        start -= 1;
    }
    path.split_at(start).1
}

/// The cases of a module, ordered so that parents come first.
#[derive(Clone)]
pub struct Suite {
    cases: Vec<Case>,
    timed: Vec<TimedCase>,
    /// The parents of each case, by its name: see [`Suite::parents`].
    parents: HashMap<&'static str, Vec<&'static str>>,
}

/// The reason a suite cannot be run, which is a mistake in the course.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuiteError {
    /// Two cases have the same name.
    #[error("two hidden cases are named `{0}`")]
    Duplicate(&'static str),
    /// A case depends on one that does not exist.
    #[error("hidden case `{case}` waits for `{parent}`, which does not exist")]
    UnknownParent {
        /// The case.
        case: &'static str,
        /// The missing parent.
        parent: &'static str,
    },
    /// Cases depend on each other in a cycle.
    #[error("hidden cases wait for each other: {0:?}")]
    Cycle(Vec<&'static str>),
}

impl Suite {
    /// Sorts `cases` so that parents come first, and otherwise keeps their order.
    ///
    /// # Errors
    /// See [`SuiteError`].
    pub fn new(cases: impl IntoIterator<Item = Case>) -> Result<Self, SuiteError> {
        let mut waiting: Vec<Case> = cases.into_iter().collect();
        check_names(&waiting)?;
        let mut done = HashSet::new();
        let mut sorted = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let ready = |case: &Case| case.after.iter().all(|parent| done.contains(parent));
            let Some(at) = waiting.iter().position(ready) else {
                return Err(SuiteError::Cycle(waiting.iter().map(|case| case.name).collect()));
            };
            let case = waiting.remove(at);
            done.insert(case.name);
            sorted.push(case);
        }
        let parents = sorted.iter().map(|case| (case.name, case.after.to_vec())).collect();
        Ok(Self { cases: sorted, timed: Vec::new(), parents })
    }

    /// Adds the timed cases, which run after all others.
    ///
    /// # Errors
    /// If a name is already taken, or a parent does not exist.
    pub fn with_timed(
        mut self,
        timed: impl IntoIterator<Item = TimedCase>,
    ) -> Result<Self, SuiteError> {
        for case in timed {
            if self.contains(case.name) {
                return Err(SuiteError::Duplicate(case.name));
            }
            if let Some(parent) = case.after.iter().find(|parent| self.get(parent).is_none()) {
                return Err(SuiteError::UnknownParent { case: case.name, parent });
            }
            self.parents.insert(case.name, case.after.to_vec());
            self.timed.push(case);
        }
        Ok(self)
    }

    /// Removes the cases for which `left_out` returns true (task and name), including timed cases.
    /// A case that depended on a removed case now depends on that case's parents.
    #[must_use]
    pub fn without(mut self, left_out: &dyn Fn(&str, &str) -> bool) -> Self {
        let mut parents: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        let names: Vec<(&str, &'static str)> = self.names().collect();
        // Parents come first, so the parents of a removed case are already in `parents`.
        for (_, name) in &names {
            let mut waits_for = Vec::new();
            for parent in self.parents(name) {
                let is_out = names.iter().any(|(task, of)| of == parent && left_out(task, of));
                if is_out {
                    waits_for.extend(&parents[parent]);
                } else {
                    waits_for.push(*parent);
                }
            }
            let mut seen = HashSet::new();
            waits_for.retain(|parent| seen.insert(*parent));
            parents.insert(name, waits_for);
        }
        self.cases.retain(|case| !left_out(case.task, case.name));
        self.timed.retain(|case| !left_out(case.task, case.name));
        parents.retain(|name, _| self.contains(name));
        self.parents = parents;
        self
    }

    /// The parents of the case called `name`. If one of them does not pass, the case is skipped.
    pub fn parents(&self, name: &str) -> &[&'static str] {
        self.parents.get(name).map_or(&[], Vec::as_slice)
    }

    /// The timed cases.
    pub fn timed(&self) -> &[TimedCase] {
        &self.timed
    }

    /// Task and name of every case, including timed cases.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let cases = self.cases.iter().map(|case| (case.task, case.name));
        cases.chain(self.timed.iter().map(|case| (case.task, case.name)))
    }

    /// Whether there is a case called `name`, timed or not.
    pub fn contains(&self, name: &str) -> bool {
        self.names().any(|(_, known)| known == name)
    }

    /// The cases, parents first.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The case called `name`.
    pub fn get(&self, name: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.name == name)
    }

    /// `name` and every case that depends on it, directly or indirectly.
    pub fn dependents(&self, name: &str) -> HashSet<&'static str> {
        let mut reached = HashSet::new();
        for (_, case) in self.names() {
            if case == name || self.parents(case).iter().any(|parent| reached.contains(parent)) {
                reached.insert(case);
            }
        }
        reached
    }
}

fn check_names(cases: &[Case]) -> Result<(), SuiteError> {
    let mut names = HashSet::new();
    for case in cases {
        if !names.insert(case.name) {
            return Err(SuiteError::Duplicate(case.name));
        }
    }
    for case in cases {
        if let Some(parent) = case.after.iter().find(|parent| !names.contains(**parent)) {
            return Err(SuiteError::UnknownParent { case: case.name, parent });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CallBatch, Failure, Workload};

    const fn case(name: &'static str, after: &'static [&'static str]) -> Case {
        Case { name, task: "t", claim: "c", after, run: |_, _| Ok(()) }
    }

    fn names(suite: &Suite) -> Vec<&'static str> {
        suite.cases().iter().map(|case| case.name).collect()
    }

    #[test]
    fn parents_come_first() {
        let suite = Suite::new([case("c", &["b"]), case("b", &["a"]), case("a", &[])]).unwrap();
        assert_eq!(names(&suite), ["a", "b", "c"]);
    }

    struct EmptyWorkload;

    impl Workload for EmptyWorkload {
        type Wrong = Failure;
        fn batch(&mut self, _: usize) -> CallBatch {
            CallBatch::default()
        }
        fn verify(&mut self, _: &[Vec<u8>]) -> Result<(), Failure> {
            Ok(())
        }
    }

    const fn timed(name: &'static str, after: &'static [&'static str]) -> TimedCase {
        TimedCase {
            name,
            task: "t",
            claim: "c",
            after,
            kernel: "k",
            against: "b",
            called: "b",
            work: |_| Box::new(EmptyWorkload),
        }
    }

    #[test]
    fn timed_cases_have_names_of_their_own_and_wait_for_cases_that_exist() {
        let suite = Suite::new([case("a", &[]), case("b", &["a"])]).unwrap();
        let with = |timed| suite.clone().with_timed([timed]);
        assert_eq!(with(timed("a", &["b"])).err(), Some(SuiteError::Duplicate("a")));
        let unknown = SuiteError::UnknownParent { case: "fast", parent: "z" };
        assert_eq!(with(timed("fast", &["z"])).err(), Some(unknown));
        let suite = with(timed("fast", &["b"])).unwrap();
        assert!(suite.contains("fast") && suite.dependents("a").contains("fast"));
    }

    #[test]
    fn a_cycle_is_named() {
        let result = Suite::new([case("a", &["b"]), case("b", &["a"])]);
        assert_eq!(result.err(), Some(SuiteError::Cycle(vec!["a", "b"])));
    }

    #[test]
    fn an_unknown_parent_is_named() {
        let result = Suite::new([case("a", &["z"])]);
        assert_eq!(result.err(), Some(SuiteError::UnknownParent { case: "a", parent: "z" }));
    }

    /// Regression test: a dropped task made the grader reject the whole module.
    #[test]
    fn who_waited_for_a_case_that_is_left_out_waits_for_its_parents() {
        let cases = [case("a", &[]), case("b", &["a"]), case("c", &["b", "a"]), case("d", &["b"])];
        let suite = Suite::new(cases).unwrap().with_timed([timed("fast", &["d"])]).unwrap();
        let without = suite.clone().without(&|_, name| name == "b" || name == "d");
        assert_eq!(names(&without), ["a", "c"]);
        assert_eq!(without.parents("c"), ["a"]);
        assert_eq!(without.parents("fast"), ["a"]);
        assert_eq!(without.parents("b"), [""; 0]);
        assert!(without.dependents("a").contains("fast"));
        let without = suite.without(&|task, _| task == "t");
        assert_eq!((without.cases().len(), without.timed().len()), (0, 0));
    }

    #[test]
    fn dependents_are_transitive() {
        let suite =
            Suite::new([case("a", &[]), case("b", &["a"]), case("c", &["b"]), case("d", &[])]);
        let mut reached: Vec<_> = suite.unwrap().dependents("a").into_iter().collect();
        reached.sort_unstable();
        assert_eq!(reached, ["a", "b", "c"]);
    }
}
