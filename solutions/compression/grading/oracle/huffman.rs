//! Huffman codes by the textbook, and the bytes of a sealed file.

/// The depth of each symbol's leaf; one bit for a single symbol.
fn depths(counts: &[usize]) -> Vec<u32> {
    let mut depths = vec![0; counts.len()];
    let mut trees: Vec<(usize, Vec<usize>)> =
        (0..counts.len()).filter(|at| counts[*at] > 0).map(|at| (counts[at], vec![at])).collect();
    if let [(_, single)] = &trees[..] {
        depths[single[0]] = 1;
        return depths;
    }
    while trees.len() > 1 {
        trees.sort_by_key(|tree| std::cmp::Reverse(tree.0));
        let (a, b) = (trees.pop().expect("two trees"), trees.pop().expect("two trees"));
        let leaves = [a.1, b.1].concat();
        for leaf in &leaves {
            depths[*leaf] += 1;
        }
        trees.push((a.0 + b.0, leaves));
    }
    depths
}

/// Bits of all symbols that occur so often, in a code with these lengths.
pub fn bits(counts: &[usize], lengths: &[u32]) -> usize {
    counts.iter().zip(lengths).map(|(count, length)| count * *length as usize).sum()
}

/// The fewest bits that a code without a bound needs.
pub fn fewest_bits(counts: &[usize]) -> usize {
    bits(counts, &depths(counts))
}

/// Whether the sum of `2^-length` is 1.
pub fn is_complete(lengths: &[u32]) -> bool {
    let share = |length: &u32| if *length == 0 { 0.0 } else { 0.5_f64.powi(*length as i32) };
    (lengths.iter().map(share).sum::<f64>() - 1.0).abs() < 1e-12
}

/// The canonical code of each symbol, as text of 0 and 1.
fn codes(lengths: &[u32]) -> Vec<String> {
    let mut order: Vec<usize> = (0..lengths.len()).filter(|at| lengths[*at] > 0).collect();
    order.sort_by_key(|at| (lengths[*at], *at));
    let mut codes = vec![String::new(); lengths.len()];
    let mut next = 0_u32;
    let mut before = 0;
    for symbol in order {
        let length = lengths[symbol];
        next <<= length - before;
        codes[symbol] = format!("{next:0width$b}", width = length as usize);
        next += 1;
        before = length;
    }
    codes
}

/// The bytes of these symbols, and the number of bits.
pub fn written(lengths: &[u32], symbols: &[usize]) -> (Vec<u8>, usize) {
    let codes = codes(lengths);
    let text: String =
        symbols.iter().filter_map(|symbol| codes.get(*symbol)).map(String::as_str).collect();
    let bytes = text.as_bytes().chunks(8).map(|bits| {
        bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | (bit - b'0') << (7 - at))
    });
    (bytes.collect(), text.len())
}

/// The CRC-32 of bytes, by the polynomial, bit by bit from the highest power.
pub fn crc(bytes: &[u8]) -> u32 {
    let mut remainder = u32::MAX;
    for byte in bytes {
        remainder ^= u32::from(byte.reverse_bits()) << 24;
        for _ in 0..8 {
            let carries = remainder >> 31 == 1;
            remainder = remainder << 1 ^ if carries { 0x04C1_1DB7 } else { 0 };
        }
    }
    !remainder.reverse_bits()
}

/// A body with its checksum.
pub fn sealed(mut body: Vec<u8>) -> Vec<u8> {
    let checksum = crc(&body);
    body.extend(checksum.to_le_bytes());
    body
}

#[test]
fn the_checksum_is_that_of_zip_files() {
    assert_eq!(crc(b"123456789"), 0xCBF4_3926);
    assert_eq!(crc(b""), 0);
}

#[test]
fn the_codes_are_those_of_the_textbook() {
    assert_eq!(codes(&[2, 1, 3, 3]), ["10", "0", "110", "111"]);
    assert_eq!(written(&[2, 1, 3, 3], &[1, 0, 3, 2, 1]), (vec![0b0101_1111, 0b0000_0000], 10));
}
