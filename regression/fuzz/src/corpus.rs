//! The committed inputs: one text file for each target, an input in hexadecimal on each line.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Where the inputs of `target` are kept.
pub fn file(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("corpus/{target}.hex"))
}

/// The inputs of `target`, in the order of the file.
///
/// # Errors
/// When the file is missing or a line of it is not hexadecimal.
pub fn read(target: &str) -> Result<Vec<Vec<u8>>> {
    let path = file(target);
    let text = fs::read_to_string(&path)
        .map_err(|why| Error::new(why.kind(), format!("{}: {why}", path.display())))?;
    let line = |(at, line): (usize, &str)| {
        bytes(line).ok_or_else(|| {
            let place = format!("{}:{}: not hexadecimal", path.display(), at + 1);
            Error::new(ErrorKind::InvalidData, place)
        })
    };
    text.lines().enumerate().map(line).collect()
}

/// Writes `inputs` as those of `target`, the shortest first, without doubles.
///
/// # Errors
/// When the file cannot be written.
pub fn write(target: &str, mut inputs: Vec<Vec<u8>>) -> Result<()> {
    inputs.sort_by_key(|input| (input.len(), input.clone()));
    inputs.dedup();
    let text: String = inputs.iter().map(|input| hexadecimal(input) + "\n").collect();
    fs::write(file(target), text)
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Two digits for each byte.
pub fn hexadecimal(input: &[u8]) -> String {
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from(DIGITS[usize::from(half)]));
    input.iter().flat_map(digits).collect()
}

/// What [`hexadecimal`] wrote; `None` for anything else.
pub fn bytes(line: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = line.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let input: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(&hexadecimal(&input)), Some(input));
        assert_eq!((bytes("0"), bytes("0g")), (None, None));
    }
}
