//! Short codes for what is frequent.

// BEGIN SOLUTION: -
use crate::CompressionError;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
// END SOLUTION
use crate::{BitReader, BitWriter, Result};

/// A canonical Huffman code of at most 15 bits: symbols with shorter codes come first, and of equal length those with lower
/// numbers, so that the lengths alone describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HuffmanCode {
    lengths: Vec<u32>,
}

impl HuffmanCode {
    /// The code with the fewest bits in all for symbols 0, 1, ... that occur so often. What does not occur has no code (length 0).
    /// A single symbol has a code of one bit. If the best code has lengths above 15, they are bounded: then each count becomes
    /// half of itself, rounded up, until it fits.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `HuffmanCode::new` if nothing occurs, and for more than 256 symbols.
    ///
    /// Source: Huffman, "A Method for the Construction of Minimum-Redundancy Codes" (1952).
    pub fn new(counts: &[usize]) -> Result<Self> {
        // BEGIN SOLUTION: join the two rarest until one is left
        if counts.len() > SYMBOLS {
            let reason = format!("{} symbols: at most {SYMBOLS}", counts.len());
            return Err(CompressionError::value("HuffmanCode::new", reason));
        }
        let mut counts = counts.to_vec();
        loop {
            let lengths = lengths(&counts);
            match lengths.iter().max() {
                None | Some(0) => {
                    let reason = "no symbol occurs";
                    return Err(CompressionError::value("HuffmanCode::new", reason));
                }
                Some(1..=LONGEST) => return Ok(Self { lengths }),
                Some(_) => counts.iter_mut().for_each(|count| *count = count.div_ceil(2)),
            }
        }
        // END SOLUTION
    }

    /// The code with these lengths, 0 for a symbol without a code.
    ///
    /// # Errors
    /// [`BadFile`](crate::CompressionError::BadFile) if no symbol has a code, if a length is above 15, or if the lengths are those of no
    /// code or of one with gaps: the sum of `2^-length` is not 1. (A single symbol with length 1 is the exception.)
    pub fn from_lengths(lengths: Vec<u32>) -> Result<Self> {
        // BEGIN SOLUTION: Kraft's sum
        let used = lengths.iter().filter(|length| **length > 0).count();
        if lengths.len() > SYMBOLS || lengths.iter().any(|length| *length > LONGEST) {
            return bad("a Huffman code of more than 256 symbols or 15 bits");
        }
        // In units of the longest code.
        let share = |length: &u32| if *length == 0 { 0 } else { 1_u32 << (LONGEST - length) };
        let sum: u32 = lengths.iter().map(share).sum();
        let single = used == 1 && lengths.contains(&1);
        if sum != 1 << LONGEST && !single {
            return bad("the lengths of a Huffman code leave gaps or overlap");
        }
        Ok(Self { lengths })
        // END SOLUTION
    }

    /// The length of each symbol's code, in bits. Given.
    pub fn lengths(&self) -> &[u32] {
        &self.lengths
    }

    /// Writes symbols.
    ///
    /// # Errors
    /// [`BadValue`](crate::CompressionError::BadValue) of `HuffmanCode::write` for a symbol without a code.
    pub fn write(&self, symbols: &[usize], to: &mut BitWriter) -> Result<()> {
        // BEGIN SOLUTION: the canonical codes
        let codes = self.codes();
        for symbol in symbols {
            match codes.get(*symbol) {
                Some((code, length)) if *length > 0 => to.write(*code, *length),
                _ => {
                    let reason = format!("symbol {symbol} has no code");
                    return Err(CompressionError::value("HuffmanCode::write", reason));
                }
            }
        }
        Ok(())
        // END SOLUTION
    }

    /// Reads `count` symbols.
    ///
    /// # Errors
    /// [`BadFile`](crate::CompressionError::BadFile) if the bits end before, or are no code. Nothing is allocated for symbols that the
    /// remaining bits cannot hold.
    pub fn read(&self, count: usize, from: &mut BitReader<'_>) -> Result<Vec<usize>> {
        // BEGIN SOLUTION: bit by bit, with the first code of each length
        if count > from.remaining() {
            return bad("it ends before its last symbol");
        }
        // By length: the first code, and where its symbols begin in `order`.
        let order = self.order();
        let mut starts = [(0, 0); LONGEST as usize + 1];
        let (mut code, mut at) = (0, 0);
        for (length, start) in (0..).zip(&mut starts).skip(1) {
            *start = (code, at);
            let here = self.lengths.iter().filter(|other| **other == length).count();
            (code, at) = ((code + here as u32) << 1, at + here);
        }
        let mut symbols = Vec::with_capacity(count);
        for _ in 0..count {
            symbols.push(read_one(&starts, &order, from)?);
        }
        Ok(symbols)
        // END SOLUTION
    }
    // BEGIN SOLUTION: -

    /// The symbols that have a code, the shortest first.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..self.lengths.len()).filter(|symbol| self.lengths[*symbol] > 0).collect();
        order.sort_by_key(|symbol| self.lengths[*symbol]);
        order
    }

    /// Code and length of each symbol.
    fn codes(&self) -> Vec<(u32, u32)> {
        let mut codes = vec![(0, 0); self.lengths.len()];
        let (mut code, mut before) = (0, 0);
        for symbol in self.order() {
            let length = self.lengths[symbol];
            code <<= length - before;
            codes[symbol] = (code, length);
            code += 1;
            before = length;
        }
        codes
    }
    // END SOLUTION
}
// BEGIN SOLUTION: -

const SYMBOLS: usize = 256;
/// Bits of the longest code.
const LONGEST: u32 = 15;

fn bad<T>(reason: &str) -> Result<T> {
    Err(CompressionError::BadFile { reason: reason.to_owned() })
}

/// The symbol of the next bits, for first codes and their places in `order` by length.
fn read_one(starts: &[(u32, usize)], order: &[usize], from: &mut BitReader<'_>) -> Result<usize> {
    let mut code = 0;
    for length in 1..starts.len() {
        code = code << 1 | from.read(1)?;
        let (first, start) = starts[length];
        let end = starts.get(length + 1).map_or(order.len(), |next| next.1);
        if let Some(at) = code.checked_sub(first).map(|at| start + at as usize)
            && at < end
        {
            return Ok(order[at]);
        }
    }
    bad("bits that are no code")
}

/// The depth of each symbol in Huffman's tree.
fn lengths(counts: &[usize]) -> Vec<u32> {
    let mut lengths = vec![0; counts.len()];
    // The rarest first; of equally rare trees, the one that was made first.
    let mut trees: BinaryHeap<Reverse<(usize, usize, Vec<usize>)>> = (0..counts.len())
        .filter(|symbol| counts[*symbol] > 0)
        .map(|symbol| Reverse((counts[symbol], symbol, vec![symbol])))
        .collect();
    if let (1, Some(Reverse((_, symbol, _)))) = (trees.len(), trees.peek()) {
        lengths[*symbol] = 1;
        return lengths;
    }
    let mut number = counts.len();
    while let (Some(Reverse((a, _, left))), Some(Reverse((b, _, right)))) =
        (trees.pop(), trees.pop())
    {
        let both = [left, right].concat();
        for symbol in &both {
            lengths[*symbol] += 1;
        }
        trees.push(Reverse((a + b, number, both)));
        number += 1;
        if trees.len() == 1 {
            break;
        }
    }
    lengths
}
// END SOLUTION
