//! Formats a call and its answer as text, for an instructor who reviews a disputed case.

use crate::CallFailure;
use std::fmt::{self, Debug, Write};

/// Formats an encoded request and its reply, if there was one, as text. Each contract has such a
/// function.
pub type DescribeCall = fn(request: &[u8], reply: Option<&[u8]>) -> String;

/// Maximum number of elements shown of each list.
const MOST_ELEMENTS: usize = 12;
/// Maximum number of characters shown of one value.
const MOST_CHARACTERS: usize = 600;
/// Maximum number of characters formatted of one value, shown or not. Bounds the time.
const MOST_WORK: usize = 16 << 20;

/// `percentile(samples = [1.0, 2.0], q = 50.0) = 1.5`. `answer` is `None` if there was no reply.
///
/// # Cost
/// Linear in the size of the values; the hidden elements of long lists are formatted too, to count
/// them.
pub fn call_text(
    function: &str,
    arguments: &[(&str, &dyn Debug)],
    answer: Option<Result<&dyn Debug, &CallFailure>>,
) -> String {
    let arguments: Vec<_> =
        arguments.iter().map(|(name, value)| format!("{name} = {}", abridged(*value))).collect();
    let answer = match answer {
        Some(Ok(value)) => format!(" = {}", abridged(value)),
        Some(Err(failure)) => format!(": {}", abridged(&failure.to_string())),
        None => ": no answer".into(),
    };
    format!("{function}({}){answer}", arguments.join(", "))
}

/// The `Debug` text of a value. Of a long list, only the first elements and the length are shown.
fn abridged(value: &dyn Debug) -> String {
    let mut sink = AbridgedText::default();
    let whole = write!(sink, "{value:?}").is_ok();
    if whole { sink.text } else { sink.text + " .. [cut]" }
}

/// Receives `Debug` text character by character and drops the tails of long lists.
#[derive(Default)]
struct AbridgedText {
    text: String,
    /// The currently open brackets.
    open: Vec<OpenBracket>,
    /// The quote that ends the current string or character literal.
    quote: Option<char>,
    /// Whether the last character was a backslash inside quotes.
    escaped: bool,
    shown: usize,
    taken: usize,
}

struct OpenBracket {
    list: bool,
    commas: usize,
}

impl OpenBracket {
    const fn is_abridged(&self) -> bool {
        self.list && self.commas >= MOST_ELEMENTS
    }
}

impl AbridgedText {
    fn is_hidden(&self) -> bool {
        self.open.iter().any(OpenBracket::is_abridged)
    }

    fn show(&mut self, c: char) {
        if !self.is_hidden() {
            self.text.push(c);
            self.shown += 1;
        }
    }

    fn take(&mut self, c: char) {
        if let Some(quote) = self.quote {
            let ends = c == quote && !self.escaped;
            self.escaped = c == '\\' && !self.escaped;
            self.show(c);
            if ends {
                self.quote = None;
            }
            return;
        }
        match c {
            '"' | '\'' => {
                self.quote = Some(c);
                self.show(c);
            }
            '[' | '(' | '{' => {
                self.show(c);
                self.open.push(OpenBracket { list: c == '[', commas: 0 });
            }
            ']' | ')' | '}' => {
                if let Some(bracket) = self.open.pop()
                    && bracket.is_abridged()
                    && !self.is_hidden()
                {
                    let before = self.text.len();
                    // Writing to a `String` cannot fail.
                    let _ = write!(self.text, ", .. {} in all", bracket.commas + 1);
                    self.shown += self.text.len() - before;
                }
                self.show(c);
            }
            ',' => {
                if let Some(bracket) = self.open.last_mut() {
                    bracket.commas += 1;
                }
                self.show(c);
            }
            c => self.show(c),
        }
    }
}

impl Write for AbridgedText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.taken += 1;
            if self.shown >= MOST_CHARACTERS || self.taken >= MOST_WORK {
                return Err(fmt::Error);
            }
            self.take(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_reads_like_code() {
        let samples = vec![1.0, 2.0];
        let arguments: [(&str, &dyn Debug); 2] = [("samples", &samples), ("q", &50.0)];
        assert_eq!(
            call_text("percentile", &arguments, Some(Ok(&1.5))),
            "percentile(samples = [1.0, 2.0], q = 50.0) = 1.5"
        );
        assert_eq!(call_text("reset", &[], None), "reset(): no answer");
    }

    #[test]
    fn a_long_list_has_its_first_values_and_its_length() {
        let numbers: Vec<u32> = (0..100).collect();
        assert_eq!(abridged(&numbers), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, .. 100 in all]");
        let exactly: Vec<u32> = (0..12).collect();
        assert_eq!(abridged(&exactly), format!("{exactly:?}"));
    }

    #[test]
    fn lists_of_lists_are_abridged_at_each_level() {
        let rows = vec![vec![7; 20]; 2];
        let row = format!("[{}, .. 20 in all]", ["7"; 12].join(", "));
        assert_eq!(abridged(&rows), format!("[{row}, {row}]"));
        let text = abridged(&vec![vec![1]; 50]);
        assert!(text.ends_with("[1], .. 50 in all]"), "{text}");
    }

    /// Brackets and commas inside strings do not count as list syntax.
    #[test]
    fn texts_are_kept_whole() {
        let texts = ["a, b], \"c\\", "(", "it's"];
        assert_eq!(abridged(&texts), format!("{texts:?}"));
        let many = vec!["],["; 30];
        assert!(abridged(&many).ends_with(".. 30 in all]"), "{}", abridged(&many));
        assert_eq!(abridged(&('"', [1])), "('\"', [1])");
    }

    #[test]
    fn whatever_it_is_the_text_is_short() {
        let text = abridged(&"x".repeat(1 << 20));
        assert!(text.len() < MOST_CHARACTERS + 50 && text.ends_with("[cut]"), "{}", text.len());
        let matrix = vec![vec![0.123_456_789_f64; 1000]; 1000];
        assert!(abridged(&matrix).len() < MOST_CHARACTERS + 50);
    }
}
