//! Task `encode`: the file.

use super::prelude::*;

cases! { task "encode", client Client;
    /// What is frequent has a short code.
    huffman_code_is_short_for_the_frequent;
}

fn huffman_code_is_short_for_the_frequent(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let least = draw.int(1..=9);
    let counts = vec![least, 0, 8 * least, 2 * least, 4 * least];
    check::equal("the lengths", &code.huffman(counts)?, &vec![3, 0, 1, 3, 2])
}
