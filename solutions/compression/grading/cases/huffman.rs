//! Task `encode`: short codes for what is frequent.

use super::prelude::*;
use crate::oracle::huffman;

cases! { task "encode", client Client;
    /// What is frequent has a short code, and what does not occur has none.
    huffman_code_is_short_for_the_frequent;
    /// No code needs fewer bits in all, and no code word is left over.
    huffman_code_is_optimal;
    /// A single symbol has a code of one bit.
    huffman_code_of_a_single_symbol;
    /// Codes have at most `15` bits, and are complete all the same.
    huffman_code_is_bounded;
    /// Nothing that occurs, and more symbols than a byte has, is refused.
    huffman_refuses_counts;
    /// Symbols are written in the canonical code, the highest bit first.
    huffman_code_is_canonical;
    /// What was written is read again.
    huffman_reads_what_it_wrote after [huffman_code_is_canonical];
    /// Lengths that leave gaps, overlap, are too long or name nothing are refused.
    huffman_refuses_lengths;
    /// A symbol without a code cannot be written.
    huffman_refuses_unknown_symbols;
    /// Bits that end early or are no code are refused, however many symbols are asked for.
    huffman_refuses_bad_bits;
}

fn huffman_code_is_short_for_the_frequent(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let least = draw.int(1..=9);
    let counts = vec![least, 0, 8 * least, 2 * least, 4 * least];
    check::equal("the lengths", &code.huffman(counts)?, &vec![3, 0, 1, 3, 2])
}

fn drawn_counts(draw: &mut Draw) -> Vec<usize> {
    let count = draw.int(2..=60);
    let mut counts: Vec<usize> = (0..count)
        .map(|_| if draw.int(0..=4) == 0 { 0 } else { draw.int(1..=30) * draw.int(1..=30) })
        .collect();
    counts[0] = draw.int(1..=9);
    counts[count - 1] = draw.int(1..=9);
    counts
}

fn huffman_code_is_optimal(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..12 {
        let counts = drawn_counts(draw);
        let lengths = code.huffman(counts.clone())?;
        check::equal("a length for each symbol", &lengths.len(), &counts.len())?;
        let none =
            counts.iter().zip(&lengths).all(|(count, length)| (*count == 0) == (*length == 0));
        check::that(none, "what does not occur has no code", || format!("{lengths:?}"))?;
        let bits = huffman::bits(&counts, &lengths);
        check::equal("the bits of all symbols", &bits, &huffman::fewest_bits(&counts))?;
        let complete = huffman::is_complete(&lengths);
        check::that(complete, "no code word should be left over", || format!("{lengths:?}"))?;
    }
    Ok(())
}

fn huffman_code_of_a_single_symbol(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let at = draw.int(0..=5);
    let mut counts = vec![0; 6];
    counts[at] = draw.int(1..=9);
    let mut expected = vec![0; 6];
    expected[at] = 1;
    check::equal("the lengths", &code.huffman(counts)?, &expected)?;
    let (bytes, bits) = code.huffman_write(expected.clone(), vec![at; 5])?;
    check::equal("five symbols", &bits, &5)?;
    check::equal("read again", &code.huffman_read(expected, 5, bytes)?, &vec![at; 5])
}

/// Fibonacci's numbers make the deepest trees.
pub fn huffman_code_is_bounded(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(24..=32);
    let mut counts = vec![1, 1];
    while counts.len() < count {
        counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
    }
    draw.shuffle(&mut counts);
    let lengths = code.huffman(counts.clone())?;
    let bounded = lengths.iter().all(|length| (1..=15).contains(length));
    check::that(bounded, "each symbol should have 1 to 15 bits", || format!("{lengths:?}"))?;
    let complete = huffman::is_complete(&lengths);
    check::that(complete, "no code word should be left over", || format!("{lengths:?}"))?;
    // Short codes for rare symbols cost little.
    let (bits, fewest) = (huffman::bits(&counts, &lengths), huffman::fewest_bits(&counts));
    let message = "a bound should cost less than a twentieth here";
    check::that(20 * bits < 21 * fewest, message, || format!("{bits} bits against {fewest}"))
}

fn huffman_refuses_counts(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for counts in [vec![], vec![0; draw.int(1..=9)], vec![1; 257]] {
        let result = code.huffman(counts);
        refuses("these counts should be refused", result, "BadValue", "HuffmanCode::new")?;
    }
    let lengths = code.huffman(vec![1; 256])?;
    check::equal("256 symbols that are equally frequent", &lengths, &vec![8; 256])
}

/// Lengths of a code, and symbols that it has.
fn drawn_code(
    code: &mut Client,
    draw: &mut Draw,
) -> Result<(Vec<u32>, Vec<usize>), grader_protocol::CallFailure> {
    let counts = drawn_counts(draw);
    let mut symbols: Vec<usize> = (0..counts.len()).filter(|at| counts[*at] > 0).collect();
    let more: Vec<usize> = (0..40).map(|_| symbols[draw.int(0..=symbols.len() - 1)]).collect();
    symbols.extend(more);
    draw.shuffle(&mut symbols);
    Ok((code.huffman(counts)?, symbols))
}

fn huffman_code_is_canonical(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (bytes, bits) = code.huffman_write(vec![2, 1, 3, 3], vec![1, 0, 3, 2, 1])?;
    let expected = huffman::written(&[2, 1, 3, 3], &[1, 0, 3, 2, 1]);
    check::equal("the bytes of a small code", &(bytes, bits), &expected)?;
    for _ in 0..5 {
        let (lengths, symbols) = drawn_code(code, draw)?;
        let expected = huffman::written(&lengths, &symbols);
        let got = code.huffman_write(lengths, symbols)?;
        check::equal("the bytes, and the number of bits", &got, &expected)?;
    }
    Ok(())
}

pub fn huffman_reads_what_it_wrote(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..6 {
        let (lengths, symbols) = drawn_code(code, draw)?;
        let (bytes, _) = huffman::written(&lengths, &symbols);
        let count = symbols.len();
        check::equal("the symbols", &code.huffman_read(lengths, count, bytes)?, &symbols)?;
    }
    check::equal("no symbols", &code.huffman_read(vec![1, 1], 0, vec![])?, &vec![])
}

fn huffman_refuses_lengths(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let far = draw.int(16..=40) as u32;
    let bad = [
        vec![],
        vec![0, 0, 0],
        vec![2, 2, 2],
        vec![1, 1, 1],
        vec![1, 2],
        vec![2],
        vec![1, far],
        vec![1, 2, 3, 3, 3],
        vec![1, 0, 2],
    ];
    for lengths in bad {
        let result = code.huffman_read(lengths.clone(), 1, vec![0, 0]);
        refuses("these lengths should be refused", result, "BadFile", "no compressed model")?;
    }
    // A single symbol, and one that has all lengths up to 15.
    code.huffman_read(vec![0, 1], 1, vec![0]).map(drop)?;
    let mut long: Vec<u32> = (1..=15).collect();
    long.push(15);
    check::equal("a deep code", &code.huffman_read(long, 1, vec![0])?, &vec![0])
}

fn huffman_refuses_unknown_symbols(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for symbol in [1, 3, draw.int(4..=99)] {
        let result = code.huffman_write(vec![1, 0, 1], vec![0, symbol]);
        refuses("a symbol without a code", result, "BadValue", "HuffmanCode::write")?;
    }
    Ok(())
}

fn huffman_refuses_bad_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (lengths, symbols) = drawn_code(code, draw)?;
    let (mut bytes, _) = huffman::written(&lengths, &symbols);
    let last = bytes.pop();
    let mut refused = |lengths: &Vec<u32>, count: usize, bytes: &Vec<u8>| {
        let result = code.huffman_read(lengths.clone(), count, bytes.clone());
        refuses("these bits should be refused", result, "BadFile", "no compressed model")
    };
    refused(&lengths, symbols.len() + 8, &bytes)?;
    refused(&lengths, 1, &vec![])?;
    bytes.extend(last);
    // More than can be there: nothing may be allocated for them.
    for count in [1 << 40, usize::MAX] {
        refused(&lengths, count, &bytes)?;
    }
    // The other bit of a code with a single symbol.
    refused(&vec![0, 1], 1, &vec![0xF0, 0xFF, 0xFF])
}
