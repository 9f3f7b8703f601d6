//! The rubric against the cases that the judge really has.

use super::errors::ConfigErrors;
use super::rubric::Rubric;
use crate::located::Problem;
use crate::nearest::suggestion;

impl Rubric {
    /// Compares the rubric with the hidden cases that exist, given as (task, case). Mistakes: an
    /// override of a case that does not exist, a task without any case, cases of a task that the
    /// rubric does not list. Each is reported at its line.
    pub fn check_cases(&self, known: &[(&str, &str)]) -> Result<(), ConfigErrors> {
        let mut problems = self.tasks_without_cases(known);
        problems.extend(self.unknown_overrides(known));
        problems.extend(self.unlisted_tasks(known));
        if problems.is_empty() {
            return Ok(());
        }
        Err(ConfigErrors::new(self.origin.source.name(), problems))
    }

    fn tasks_without_cases(&self, known: &[(&str, &str)]) -> Vec<Problem> {
        let tasks_with_cases = distinct_tasks(known);
        let empty = |id: &&String| !tasks_with_cases.contains(&id.as_str());
        let ids = self.tasks.iter().map(|task| &task.id);
        ids.filter(empty)
            .map(|id| {
                let span = self.origin.tasks[id].clone();
                let message = format!("no hidden case tests task `{id}`");
                Problem::at(&self.origin.source, span, message)
                    .label("expected a task that has cases")
                    .help(suggestion(id, &tasks_with_cases))
            })
            .collect()
    }

    fn unknown_overrides(&self, known: &[(&str, &str)]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for ((task, case), span) in &self.origin.cases {
            if known.contains(&(task.as_str(), case.as_str())) {
                continue;
            }
            let of_task = known.iter().filter(|(t, _)| t == task);
            let names: Vec<&str> = of_task.map(|(_, case)| *case).collect();
            let message = format!("task `{task}` has no case `{case}`");
            problems.push(
                Problem::at(&self.origin.source, span.clone(), message)
                    .label("expected the name of a case")
                    .help(suggestion(case, &names)),
            );
        }
        problems
    }

    fn unlisted_tasks(&self, known: &[(&str, &str)]) -> Vec<Problem> {
        let ids: Vec<&str> = self.tasks.iter().map(|task| task.id.as_str()).collect();
        let unlisted = |task: &&str| !ids.contains(task);
        let span = &self.origin.tasks_list;
        distinct_tasks(known)
            .into_iter()
            .filter(unlisted)
            .map(|task| {
                let message =
                    format!("there are hidden cases for task `{task}`, which is not listed");
                Problem::at(&self.origin.source, span.clone(), message)
                    .label(format!("expected a task with `id: {task}` in this list"))
                    .help(suggestion(task, &ids))
            })
            .collect()
    }
}

/// The tasks of `known`, each once, in order of appearance.
fn distinct_tasks<'a>(known: &[(&'a str, &str)]) -> Vec<&'a str> {
    let mut tasks = Vec::new();
    for (task, _) in known {
        if !tasks.contains(task) {
            tasks.push(*task);
        }
    }
    tasks
}
