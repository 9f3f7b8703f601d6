//! Checks a rubric against its module: the hidden cases and the functions of the reference
//! solution.

use super::rubric::RubricOrigin;
use crate::located::LocatedProblem;
use crate::nearest::suggestion;

/// The facts about a module that its rubric is compared with.
#[derive(Debug, Clone, Copy)]
pub struct ModuleFacts<'a> {
    /// Task and name of every hidden case, including the timed cases.
    pub cases: &'a [(&'a str, &'a str)],
    /// Task and name of the timed cases.
    pub timed: &'a [(&'a str, &'a str)],
    /// Public functions of the reference solution, as `function` and `Type::function`.
    pub functions: &'a [String],
}

impl RubricOrigin {
    /// All mistakes that cannot be found in the file alone: tasks without counted cases, overrides
    /// of cases that do not exist, cases of unlisted tasks, gates without timed cases, timed cases
    /// without gates, and functions under `links:` that do not exist. Each problem points to its
    /// line.
    pub(super) fn misfits(&self, facts: &ModuleFacts<'_>) -> Vec<LocatedProblem> {
        let mut problems = self.tasks_without_cases(facts);
        problems.extend(self.unknown_overrides(facts));
        problems.extend(self.unlisted_tasks(facts));
        problems.extend(self.gates_of_nothing(facts));
        problems.extend(self.missing_gates(facts));
        problems.extend(self.unknown_functions(facts));
        problems
    }

    fn is_left_out(&self, task: &str, case: &str) -> bool {
        self.dropped.contains(task) || self.left_out.contains(&(task.to_owned(), case.to_owned()))
    }

    fn tasks_without_cases(&self, facts: &ModuleFacts<'_>) -> Vec<LocatedProblem> {
        let known = distinct_tasks(facts.cases);
        let mut problems = Vec::new();
        for (id, span) in &self.tasks {
            let at_place =
                |message: String| LocatedProblem::at(&self.source, span.clone(), message);
            if !known.contains(&id.as_str()) {
                problems.push(
                    at_place(format!("no hidden case tests task `{id}`"))
                        .label("expected a task that has cases")
                        .help(suggestion(id, &known)),
                );
                continue;
            }
            let mut cases = facts.cases.iter().filter(|(task, _)| task == id);
            if !self.dropped.contains(id) && cases.all(|(task, case)| self.is_left_out(task, case))
            {
                problems.push(
                    at_place(format!("every case of task `{id}` is left out by `weight: 0`"))
                        .label("expected a task with cases that count")
                        .help("to leave the whole task out, write `dropped: true`"),
                );
            }
        }
        problems
    }

    fn unknown_overrides(&self, facts: &ModuleFacts<'_>) -> Vec<LocatedProblem> {
        let mut problems = Vec::new();
        for ((task, case), span) in &self.cases {
            let names = names_in(task, facts.cases);
            // A task that does not exist is reported by `tasks_without_cases`.
            if names.is_empty() || names.contains(&case.as_str()) {
                continue;
            }
            let message = format!("task `{task}` has no case `{case}`");
            problems.push(
                LocatedProblem::at(&self.source, span.clone(), message)
                    .label("expected the name of a case")
                    .help(suggestion(case, &names)),
            );
        }
        problems
    }

    fn unlisted_tasks(&self, facts: &ModuleFacts<'_>) -> Vec<LocatedProblem> {
        if self.has_nameless_task {
            return Vec::new();
        }
        let known = distinct_tasks(facts.cases);
        let unlisted = known.into_iter().filter(|task| !self.tasks.contains_key(*task));
        unlisted
            .map(|task| {
                let message =
                    format!("there are hidden cases for task `{task}`, which is not listed");
                let label = format!("expected a task with `id: {task}` in this list");
                let help = format!(
                    "to leave `{task}` out of this term, keep its entry and add `dropped: true`"
                );
                LocatedProblem::at(&self.source, self.tasks_list.clone(), message)
                    .label(label)
                    .help(help)
            })
            .collect()
    }

    fn gates_of_nothing(&self, facts: &ModuleFacts<'_>) -> Vec<LocatedProblem> {
        let mut problems = Vec::new();
        for ((task, gate), span) in &self.gates {
            let names = names_in(task, facts.timed);
            if !names.contains(&gate.as_str()) {
                let message = format!("task `{task}` has no timed case `{gate}`");
                problems.push(
                    LocatedProblem::at(&self.source, span.clone(), message)
                        .label("expected the name of a timed case")
                        .help(suggestion(gate, &names)),
                );
            }
        }
        problems
    }

    fn missing_gates(&self, facts: &ModuleFacts<'_>) -> Vec<LocatedProblem> {
        let mut problems = Vec::new();
        for (task, case) in facts.timed {
            // A task that is not listed is reported by `unlisted_tasks`.
            let Some(span) = self.tasks.get(*task) else { continue };
            let has_gate = self.gates.contains_key(&((*task).to_owned(), (*case).to_owned()));
            if !has_gate && !self.is_left_out(task, case) {
                let message = format!("timed case `{case}` of task `{task}` has no gate");
                problems.push(
                    LocatedProblem::at(&self.source, span.clone(), message)
                        .label(format!("expected `gates: {{ {case}: ... }}` in this task")),
                );
            }
        }
        problems
    }

    fn unknown_functions(&self, facts: &ModuleFacts<'_>) -> Vec<LocatedProblem> {
        let names: Vec<&str> = facts.functions.iter().map(String::as_str).collect();
        let missing = self.links.iter().filter(|(path, _)| !names.contains(&path.as_str()));
        missing
            .map(|(path, span)| {
                let message = format!("the reference has no function `{path}`");
                LocatedProblem::at(&self.source, span.clone(), message)
                    .label("expected a public function of the reference")
                    .help(suggestion(path, &names))
            })
            .collect()
    }
}

/// The distinct tasks of `known`, in order of appearance.
fn distinct_tasks<'a>(known: &[(&'a str, &str)]) -> Vec<&'a str> {
    let mut tasks = Vec::new();
    for (task, _) in known {
        if !tasks.contains(task) {
            tasks.push(*task);
        }
    }
    tasks
}

/// The names of a task's cases.
fn names_in<'a>(task: &str, known: &[(&str, &'a str)]) -> Vec<&'a str> {
    known.iter().filter(|(of, _)| *of == task).map(|(_, name)| *name).collect()
}
