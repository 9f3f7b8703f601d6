//! The tasks of a contract, and the answer of one that is missing from a driver.

use crate::{CallFailure, StudentError};
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};

/// A task of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskCalls {
    /// Its id in the rubric.
    pub name: &'static str,
    /// The tasks whose interface this one's driver uses.
    pub needs: &'static [&'static str],
    /// Its requests, by name.
    pub calls: &'static [&'static str],
}

/// Reads bytes as the reply to a call; the reason why they are no answer.
pub type ReadReply = fn(&[u8]) -> Option<CallFailure>;

/// `missing`, and every task that needs one of these, directly or indirectly: a driver can be built without them.
pub fn with_dependents(tasks: &[TaskCalls], missing: &BTreeSet<String>) -> BTreeSet<String> {
    let mut all = missing.clone();
    loop {
        let is_new = |task: &&TaskCalls| {
            !all.contains(task.name) && task.needs.iter().any(|need| all.contains(*need))
        };
        let more: Vec<String> =
            tasks.iter().filter(is_new).map(|task| task.name.to_owned()).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

/// A student's error on its way over the wire, converted by [`StudentError::of`].
impl<E: Debug + Display> From<E> for StudentError {
    fn from(error: E) -> Self {
        Self::of(&error)
    }
}

impl StudentError {
    /// The error for a task that could not be built into the driver.
    pub fn missing_task(task: &str) -> Self {
        Self::unavailable(format!(
            "the public interface of task `{task}`, or of one that it builds on, is not the one that the handout \
             gives; the report of the compilation names the item and its signature"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reply;

    fn named(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_missing_task_takes_those_with_it_that_need_it() {
        let task = |name, needs| TaskCalls { name, needs, calls: &[] };
        let tasks = [task("a", &["c"]), task("b", &["a"]), task("c", &[]), task("d", &[])];
        assert_eq!(with_dependents(&tasks, &named(&["c"])), named(&["a", "b", "c"]));
        assert_eq!(with_dependents(&tasks, &named(&["b"])), named(&["b"]));
        assert_eq!(with_dependents(&tasks, &named(&[])), named(&[]));
    }

    #[test]
    fn an_error_keeps_the_name_of_its_variant() {
        let halved = || -> Result<u8, StudentError> { Ok(u8::try_from(600_u32)?) };
        assert_eq!(halved().map_err(|error| error.kind), Err("TryFromIntError".to_owned()));
    }

    #[test]
    fn a_missing_task_is_unavailable_and_named() {
        let Reply::Unavailable { message } =
            Reply::<()>::from(Err(StudentError::missing_task("half")))
        else {
            panic!()
        };
        assert!(message.contains("task `half`"), "{message}");
    }
}
