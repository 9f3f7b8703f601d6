//! Task `longest`.

use super::words;
use crate::contract::Client;
use grader_judge::{CaseVerdict, Draw, cases, check};

cases! { task "longest", client Client;
    /// The word with the most characters is found, wherever it stands.
    the_longest_word_is_found;
    /// Of words that are equally long, the first is the answer.
    the_first_of_equals_counts after [the_longest_word_is_found];
}

fn the_longest_word_is_found(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let number = draw.int(2..=20);
    let words = words(draw, number);
    let longest = words.iter().max_by_key(|word| word.chars().count()).cloned().unwrap_or_default();
    check::equal(
        "`longest` should find the longest word",
        &code.longest(words.join(" "))?,
        &longest,
    )
}

fn the_first_of_equals_counts(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let end = draw.int(10..=99);
    let first = format!("first{end}");
    let text = format!("a {first} other{end} b");
    check::equal("`longest` should return the first of equals", &code.longest(text)?, &first)
}
