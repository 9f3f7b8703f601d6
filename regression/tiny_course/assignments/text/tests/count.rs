//! Task `count`. Run with `cargo test -p text --test count`.

#[test]
fn two_words_are_two() {
    assert_eq!(text::count("two words"), 2);
}
