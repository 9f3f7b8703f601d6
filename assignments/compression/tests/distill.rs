//! Task `distill`: to be written.

#[test]
fn to_be_written() {}
