//! Converts a panic of the student's code to a reply.

use crate::shorten::shortened;
use crate::{Reply, encode_reply};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};

thread_local! {
    static LAST_PANIC: RefCell<Option<Reply<()>>> = const { RefCell::new(None) };
    /// Whether this thread is inside [`guarded`]. Panics of other threads are not replies.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `answer` and returns its bytes, or an encoded [`Reply::Panic`] if it panicked.
///
/// The panic hook is set again for each call, so that a hook set by the student cannot swallow the
/// message. The payload is leaked and not dropped, because its destructor may panic too.
pub fn guarded(answer: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    set_hook(Box::new(remember));
    GUARDED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(answer));
    GUARDED.set(false);
    match outcome {
        Ok(bytes) => bytes,
        Err(payload) => {
            std::mem::forget(payload);
            let remembered = LAST_PANIC.with(|last| last.borrow_mut().take());
            encode_reply(&remembered.unwrap_or_else(|| Reply::Panic {
                message: "a panic whose message was lost (a panic hook of your own?)".into(),
                location: None,
            }))
        }
    }
}

fn remember(info: &PanicHookInfo<'_>) {
    // The hook remains installed after the call, so other panics, such as a failing test's, must
    // still be printed.
    if !GUARDED.try_with(Cell::get).unwrap_or(false) {
        eprintln!("{info}");
        return;
    }
    let message = info.payload_as_str().unwrap_or("a panic without a text");
    let location = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
    let reply = Reply::Panic { message: shortened(message), location };
    // A panic in a thread that the student's code started is reported by its join, not here.
    let _ = LAST_PANIC.try_with(|last| last.replace(Some(reply)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CallFailure, decode_reply};

    struct DropBomb;
    impl Drop for DropBomb {
        fn drop(&mut self) {
            panic!("from a destructor");
        }
    }

    fn failure(answer: impl FnOnce() -> Vec<u8>) -> CallFailure {
        decode_reply::<f64>(&guarded(answer)).unwrap_err()
    }

    #[test]
    fn a_panic_brings_its_message_and_line() {
        let CallFailure::Panicked { message, location } = failure(|| panic!("index {}", 3)) else {
            panic!("no panic reported");
        };
        assert_eq!(message, "index 3");
        assert!(location.unwrap().contains("guard.rs:"));
    }

    #[test]
    fn a_payload_whose_drop_panics_is_survived() {
        let failure = failure(|| std::panic::panic_any(DropBomb));
        assert!(matches!(failure, CallFailure::Panicked { .. }), "{failure:?}");
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let CallFailure::Panicked { message, .. } = failure(|| panic!("{}", "é".repeat(100_000)))
        else {
            panic!("no panic reported");
        };
        assert!(message.len() < 2 * crate::shorten::LONGEST);
        assert!(message.ends_with("[cut: 200000 bytes in all]"));
    }
}
