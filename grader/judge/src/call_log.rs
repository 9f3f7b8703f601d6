//! Keeps the last calls of a case, requests and replies, to report them if it fails.

use grader_protocol::DescribeCall;
use std::cell::RefCell;
use std::collections::VecDeque;

/// Number of calls kept for each case. Cases call in loops and stop at the first wrong answer, so
/// the last calls show the reason.
const MOST_CALLS: usize = 3;
/// Larger requests and replies are not kept, in bytes.
const LARGEST: usize = 8 << 20;

/// The last calls of the running case.
///
/// # Cost
/// Each call is copied in its encoded form, and formatted as text only if the case fails.
#[derive(Debug, Default)]
pub struct CallLog {
    calls: RefCell<VecDeque<LoggedCall>>,
}

#[derive(Debug)]
struct LoggedCall {
    describe: DescribeCall,
    request: Vec<u8>,
    reply: Option<Vec<u8>>,
}

impl CallLog {
    /// Clears the log for the next case.
    pub fn clear(&self) {
        self.calls.borrow_mut().clear();
    }

    /// Records one call.
    pub fn note(&self, describe: DescribeCall, request: &[u8], reply: Option<&[u8]>) {
        let mut calls = self.calls.borrow_mut();
        if calls.len() == MOST_CALLS {
            calls.pop_front();
        }
        if request.len() + reply.map_or(0, <[u8]>::len) <= LARGEST {
            calls.push_back(LoggedCall {
                describe,
                request: request.to_vec(),
                reply: reply.map(<[u8]>::to_vec),
            });
        }
    }

    /// The calls as text, one per line, newest last; `None` if there are none.
    pub fn text(&self) -> Option<String> {
        let calls = self.calls.borrow();
        let lines: Vec<_> = calls
            .iter()
            .map(|call| format!("  {}", (call.describe)(&call.request, call.reply.as_deref())))
            .collect();
        (!lines.is_empty())
            .then(|| format!("the last calls, the newest last:\n{}", lines.join("\n")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(request: &[u8], reply: Option<&[u8]>) -> String {
        format!("{request:?} -> {reply:?}")
    }

    #[test]
    fn the_last_calls_are_kept_until_the_next_case() {
        let log = CallLog::default();
        assert_eq!(log.text(), None);
        for n in 0..5 {
            log.note(describe, &[n], (n < 4).then_some(&[7]));
        }
        let text = log.text().unwrap();
        let expected = "the last calls, the newest last:\n  [2] -> Some([7])\n  [3] -> Some([7])\n  [4] -> None";
        assert_eq!(text, expected);
        log.clear();
        assert_eq!(log.text(), None);
    }
}
