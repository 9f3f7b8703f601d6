//! Task `count`.

/// How many words `text` has.
pub fn count(text: &str) -> usize {
    // BEGIN SOLUTION: return the number of words
    let all_the_words = text.split_whitespace();
    all_the_words.count()
    // END SOLUTION
}
