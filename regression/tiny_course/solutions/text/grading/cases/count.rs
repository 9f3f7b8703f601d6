//! Task `count`.

use super::words;
use crate::contract::Client;
use grader_judge::{CaseVerdict, Draw, cases, check};

cases! { task "count", client Client;
    /// Words with one space between them are counted.
    words_are_counted;
    /// Several spaces, tabs and line ends between two words make no more words.
    wide_gaps_hold_no_words after [words_are_counted];
    /// An empty text has no words.
    an_empty_text_has_none after [words_are_counted];
}

fn words_are_counted(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let number = draw.int(2..=20);
    let text = words(draw, number).join(" ");
    check::equal("`count` should count the words", &code.count(text)?, &number)
}

fn wide_gaps_hold_no_words(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let number = draw.int(2..=20);
    let gap: &&str = draw.pick(&["  ", " \t ", "\n\n"]);
    let text = words(draw, number).join(gap);
    check::equal("`count` should count words and not gaps", &code.count(text)?, &number)
}

fn an_empty_text_has_none(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    check::equal("an empty text should have no words", &code.count(String::new())?, &0)
}
