//! Zeros and values of a weight as streams of bits.

// BEGIN SOLUTION: -
use crate::{BitReader, BitWriter, CompressionError, HuffmanCode, Result};

/// Symbols of a weight: 0 for a zero, `1 + i` for value `i` of its codebook. `Vec<usize>`, row by row.
pub(super) type Symbols = Vec<usize>;

/// How zeros are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One code for all symbols.
    Together,
    /// Runs of zeros in front of each non-zero symbol, of `longest` at most: a longer one is cut into pieces of `longest`
    /// without a symbol behind them. Column by column, or row by row.
    Runs { longest: usize, by_column: bool },
}

impl Layout {
    /// All that an encoder tries.
    pub(super) fn all() -> Vec<Self> {
        let longest = (3..=8).map(|bits| (1 << bits) - 1);
        let runs = longest
            .flat_map(|longest| [false, true].map(|by_column| Self::Runs { longest, by_column }));
        runs.chain([Self::Together]).collect()
    }

    /// A byte that says which.
    pub(super) fn to_byte(self) -> u8 {
        match self {
            Self::Together => 0,
            Self::Runs { longest, by_column } => {
                (longest + 1).trailing_zeros() as u8 | u8::from(by_column) << 4
            }
        }
    }

    pub(super) fn from_byte(byte: u8) -> Result<Self> {
        let by_column = byte >> 4 == 1;
        match byte & 15 {
            0 if byte == 0 => Ok(Self::Together),
            bits @ 3..=8 if byte >> 4 <= 1 => {
                Ok(Self::Runs { longest: (1 << bits) - 1, by_column })
            }
            _ => bad("a layout that does not exist"),
        }
    }
}

/// Transposes symbols of a matrix with rows of `width`.
fn by_column(symbols: &[usize], width: usize) -> Symbols {
    (0..width).flat_map(|column| symbols.iter().skip(column).step_by(width).copied()).collect()
}

/// Lengths of runs as symbols, and the non-zero symbols less 1.
fn runs(symbols: &[usize], longest: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut lengths, mut values) = (Vec::new(), Vec::new());
    let mut zeros = 0;
    for symbol in symbols {
        if *symbol == 0 {
            zeros += 1;
            continue;
        }
        lengths.extend(std::iter::repeat_n(longest, zeros / longest));
        lengths.push(zeros % longest);
        values.push(symbol - 1);
        zeros = 0;
    }
    (lengths, values)
}

/// The table of a code for these symbols, and behind it the symbols. Fewer than two different symbols need no bits.
fn coded(symbols: &[usize], alphabet: usize) -> Result<Vec<u8>> {
    if alphabet < 2 || symbols.is_empty() {
        return Ok(Vec::new());
    }
    let mut counts = vec![0; alphabet];
    for symbol in symbols {
        counts[*symbol] += 1;
    }
    let code = HuffmanCode::new(&counts)?;
    let mut table = BitWriter::new();
    code.lengths().iter().for_each(|length| table.write(*length, 4));
    let mut bits = BitWriter::new();
    code.write(symbols, &mut bits)?;
    Ok([table.into_bytes(), bits.into_bytes()].concat())
}

/// The streams of a weight with `values` values, whose rows have `width` elements: lengths of runs, if there are any, and values.
pub(super) fn write(
    symbols: &[usize],
    width: usize,
    values: usize,
    layout: Layout,
) -> Result<Vec<u8>> {
    let Layout::Runs { longest, by_column: turned } = layout else {
        return coded(symbols, values + 1);
    };
    let turned = if turned { by_column(symbols, width) } else { symbols.to_vec() };
    let (lengths, used) = runs(&turned, longest);
    Ok([coded(&lengths, longest + 1)?, coded(&used, values)?].concat())
}

/// What is read of a weight, and how many bytes its parts took.
pub(super) struct Read {
    pub(super) symbols: Symbols,
    pub(super) tables: usize,
    pub(super) positions: usize,
    pub(super) values: usize,
}

/// A source of bytes that are consumed.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let Some((taken, rest)) = self.0.split_at_checked(count) else {
            return bad("it ends in the middle");
        };
        self.0 = rest;
        Ok(taken)
    }

    /// `count` symbols of an alphabet, and the bytes of the table and of the symbols.
    fn symbols(&mut self, count: usize, alphabet: usize) -> Result<(Symbols, usize, usize)> {
        if count > 0 && alphabet == 0 {
            return bad("a symbol without values");
        }
        if alphabet < 2 || count == 0 {
            return Ok((vec![0; count], 0, 0));
        }
        let table = self.take(alphabet.div_ceil(2))?;
        let mut lengths = BitReader::new(table);
        let lengths = (0..alphabet).map(|_| lengths.read(4)).collect::<Result<Vec<_>>>()?;
        let code = HuffmanCode::from_lengths(lengths)?;
        let mut bits = BitReader::new(self.0);
        let all = bits.remaining();
        let symbols = code.read(count, &mut bits)?;
        let bytes = (all - bits.remaining()).div_ceil(8);
        self.take(bytes)?;
        Ok((symbols, table.len(), bytes))
    }

    /// The symbols of a weight of `len` elements in rows of `width`, `used` of which are not 0, in `pieces` runs.
    pub(super) fn read(
        &mut self,
        (len, width): (usize, usize),
        (used, pieces): (usize, usize),
        values: usize,
        layout: Layout,
    ) -> Result<Read> {
        let Layout::Runs { longest, by_column: turned } = layout else {
            let (symbols, tables, values) = self.symbols(len, values + 1)?;
            return Ok(Read { symbols, tables, positions: 0, values });
        };
        if used > len {
            return bad("more weights than elements");
        }
        let (lengths, first, positions) = self.symbols(pieces, longest + 1)?;
        let (found, second, values) = self.symbols(used, values)?;
        let mut symbols = vec![0; len];
        let mut found = found.into_iter();
        let mut at = 0;
        for length in lengths {
            at += length;
            if length < longest {
                let (Some(place), Some(value)) = (symbols.get_mut(at), found.next()) else {
                    return bad("a weight with too many elements");
                };
                *place = value + 1;
                at += 1;
            }
        }
        if found.next().is_some() {
            return bad("a weight with too few elements");
        }
        // Turned once more, with rows that are as long as the columns were.
        let symbols = if turned && width > 0 { by_column(&symbols, len / width) } else { symbols };
        Ok(Read { symbols, tables: first + second, positions, values })
    }
}

/// Pieces of runs that a layout needs; 0 if it has none.
pub(super) fn pieces(symbols: &[usize], width: usize, layout: Layout) -> usize {
    match layout {
        Layout::Together => 0,
        Layout::Runs { longest, by_column: true } => {
            runs(&by_column(symbols, width), longest).0.len()
        }
        Layout::Runs { longest, .. } => runs(symbols, longest).0.len(),
    }
}

pub(super) fn bad<T>(reason: &str) -> Result<T> {
    Err(CompressionError::BadFile { reason: reason.to_owned() })
}
// END SOLUTION
