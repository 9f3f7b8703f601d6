//! Task `low_rank`: to be written.

#[test]
fn to_be_written() {}
