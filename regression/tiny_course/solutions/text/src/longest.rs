//! Task `longest`.

/// The first of the words of `text` that have the most characters; empty if there is no word.
pub fn longest(text: &str) -> &str {
    // BEGIN SOLUTION: return the longest word
    let mut longest_so_far = "";
    for one_word in text.split_whitespace() {
        if one_word.chars().count() > longest_so_far.chars().count() {
            longest_so_far = one_word;
        }
    }
    longest_so_far
    // END SOLUTION
}
