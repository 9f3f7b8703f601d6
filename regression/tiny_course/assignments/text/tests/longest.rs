//! Task `longest`. Run with `cargo test -p text --test longest`.

#[test]
fn the_longest_of_two() {
    assert_eq!(text::longest("a word"), "word");
}
