//! The last calls of a case, kept in case it fails: what was sent, and what came back.

use grader_protocol::DescribeCall;
use std::cell::RefCell;
use std::collections::VecDeque;

/// Calls kept of one case. Cases ask in loops and stop at the first wrong answer, so the last calls say why.
const MOST_CALLS: usize = 3;
/// A larger request or reply is not kept, in bytes.
const LARGEST: usize = 8 << 20;

/// The last calls of the case that is running.
///
/// # Cost
/// Each call is copied as it was encoded; it becomes text only when a case has failed.
#[derive(Debug, Default)]
pub struct CallLog {
    calls: RefCell<VecDeque<Call>>,
}

#[derive(Debug)]
struct Call {
    describe: DescribeCall,
    request: Vec<u8>,
    reply: Option<Vec<u8>>,
}

impl CallLog {
    /// Forgets everything: another case begins.
    pub fn clear(&self) {
        self.calls.borrow_mut().clear();
    }

    /// Keeps one call.
    pub fn note(&self, describe: DescribeCall, request: &[u8], reply: Option<&[u8]>) {
        let mut calls = self.calls.borrow_mut();
        if calls.len() == MOST_CALLS {
            calls.pop_front();
        }
        if request.len() + reply.map_or(0, <[u8]>::len) <= LARGEST {
            calls.push_back(Call {
                describe,
                request: request.to_vec(),
                reply: reply.map(<[u8]>::to_vec),
            });
        }
    }

    /// The calls as text, one a line, the newest last; `None` if there are none.
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
