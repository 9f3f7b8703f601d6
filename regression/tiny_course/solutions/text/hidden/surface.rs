//! The public interface, item by item.

#![allow(dead_code, reason = "only whether it compiles counts")]

// PROBE count: count
// EXPECT: pub fn count(text: &str) -> usize
fn count_count(text: &str) -> usize {
    text::count(text)
}

// PROBE longest: longest
// EXPECT: pub fn longest(text: &str) -> &str
fn longest_longest(text: &str) -> &str {
    text::longest(text)
}
