//! Which limit a failed call has met, where the code itself can only say what the system said.

use super::command::{OPEN_FILES, SCRATCH};
use grader_course::config::SubmissionLimits;
use grader_judge::{CallFailure, Failure};
use rustix::io::Errno;

/// The words of a failed case for its student. An error of the system that stems from a limit of this module
/// is followed by the limit and what to do: "resource temporarily unavailable" says nothing to a student.
pub fn message_of(failure: &Failure, limits: &SubmissionLimits) -> String {
    let said = failure.message();
    let met = match failure {
        Failure::Call(CallFailure::Panicked { message, .. }) => limit_met(message, limits),
        Failure::Call(CallFailure::Returned(error)) => limit_met(&error.message, limits),
        _ => None,
    };
    met.map_or(said.clone(), |limit| format!("{said}. {limit}"))
}

/// The limit behind an error of the system in `text`, which holds it as `Debug` or `Display` shows it.
fn limit_met(text: &str, limits: &SubmissionLimits) -> Option<String> {
    let is = |error: Errno| {
        let code = error.raw_os_error();
        text.contains(&format!("os error {code})"))
            || text.contains(&format!("Os {{ code: {code},"))
    };
    let SubmissionLimits { threads, memory_mb, .. } = limits;
    if is(Errno::AGAIN) {
        return Some(format!(
            "At most {threads} threads may run at once here, besides the one that calls your function \
             (`threads` among the module's limits): start fewer, or join some before you start more"
        ));
    }
    if is(Errno::NOMEM) {
        return Some(format!(
            "The process may use {memory_mb} MB of memory here: keep less at once, or start fewer threads"
        ));
    }
    if is(Errno::MFILE) {
        return Some(format!(
            "A process may have {OPEN_FILES} files open at once here: close those you no longer need"
        ));
    }
    if is(Errno::NOSPC) || is(Errno::FBIG) {
        let room = SCRATCH >> 20;
        return Some(format!(
            "There are {room} MB for files here, and the task does not need any: keep data in memory"
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    const LIMITS: SubmissionLimits = SubmissionLimits {
        call_seconds: 1,
        task_seconds: 8,
        cpu_seconds: 1,
        memory_mb: 64,
        threads: 4,
        compile_seconds: 1,
        compile_memory_mb: 64,
    };

    fn panicked(message: String) -> Failure {
        Failure::Call(CallFailure::Panicked { message, location: None })
    }

    /// A student with 8 threads was told that a resource was temporarily unavailable, and no number.
    #[test]
    fn an_error_of_the_system_names_the_limit_behind_it() {
        let limits = [
            (Errno::AGAIN, "At most 4 threads"),
            (Errno::NOMEM, "64 MB of memory"),
            (Errno::MFILE, "64 files open"),
            (Errno::NOSPC, "16 MB for files"),
            (Errno::FBIG, "16 MB for files"),
        ];
        for (errno, words) in limits {
            let error = io::Error::from(errno);
            for text in [format!("failed to spawn thread: {error:?}"), format!("no: {error}")] {
                let message = message_of(&panicked(text), &LIMITS);
                assert!(message.contains(words), "{message}");
            }
        }
    }

    #[test]
    fn other_panics_keep_their_words() {
        let error = io::Error::from(Errno::NOENT);
        for text in ["index 11".to_owned(), format!("{error:?}"), "code: 11".into()] {
            let failure = panicked(text);
            assert_eq!(message_of(&failure, &LIMITS), failure.message());
        }
    }
}
