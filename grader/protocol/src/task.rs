//! A driver's answer for a task that may be missing from the submission.

use crate::{Answer, StudentError};
use std::fmt::{Debug, Display};

/// A driver's answer for one of its tasks: `task!([missing_timer], "timer",
/// timer::stats(&samples))`.
///
/// The expression is the student's `Result`, or `Ok(..)` around a value that cannot fail. The list
/// names the interfaces that the task needs. If one of them does not compile (`--cfg
/// missing_timer`), the expression is left out, so a changed signature costs only the tasks that
/// need it.
#[macro_export]
macro_rules! task {
    ([$($missing:ident),+], $task:literal, Ok($value:expr)) => {
        $crate::task!(@ [$($missing),+], $task, Ok($value))
    };
    ([$($missing:ident),+], $task:literal, $result:expr) => {
        $crate::task!(@ [$($missing),+], $task, $crate::answer($result))
    };
    (@ [$($missing:ident),+], $task:literal, $answer:expr) => {{
        #[cfg(not(any($($missing),+)))]
        let answer = $answer;
        #[cfg(any($($missing),+))]
        let answer = Err($crate::StudentError::missing_task($task));
        answer
    }};
}

/// Converts a student's result for the wire.
///
/// # Errors
/// The student's error, converted by [`StudentError::of`].
pub fn answer<T, E: Debug + Display>(result: Result<T, E>) -> Answer<T> {
    result.map_err(|error| StudentError::of(&error))
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
#[expect(unexpected_cfgs, reason = "`missing_*` is known only to who compiles a submission")]
mod tests {
    use crate::{Answer, Reply, StudentError};

    fn halved(x: u32) -> Result<u32, std::num::TryFromIntError> {
        u8::try_from(x).map(|x| u32::from(x) / 2)
    }

    #[test]
    fn a_task_that_is_there_answers_with_the_students_result() {
        let answer: Answer<u32> = task!([missing_half], "half", halved(6));
        assert_eq!(answer, Ok(3));
        let answer: Answer<u32> = task!([missing_half, missing_whole], "half", halved(600));
        assert_eq!(answer.map_err(|error| error.kind), Err("TryFromIntError".to_owned()));
        let answer: Answer<u32> = task!([missing_half], "half", Ok(4));
        assert_eq!(answer, Ok(4));
    }

    // `test` is used in place of `missing_*` because it is set here.
    #[test]
    fn one_missing_interface_is_enough_and_nothing_of_the_task_is_compiled() {
        let answer: Answer<u32> = task!([missing_half, test], "half", no_such::function());
        assert_eq!(answer, Err(StudentError::missing_task("half")));
        let Reply::Unavailable { message } = Reply::from(answer) else { panic!() };
        assert!(message.contains("task `half`"), "{message}");
    }
}
