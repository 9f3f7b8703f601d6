//! Source text: what is normalised, what is refused.

use super::Refusal;

/// UTF-8's byte order mark, which editors of Windows put in front.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A text as it is graded.
pub(super) struct Normalised {
    pub text: Vec<u8>,
    /// What was changed, in words.
    pub note: Option<String>,
}

/// The text of the source file `name`. A byte order mark is cut off; line ends stay as they are, because
/// the compiler takes CRLF.
///
/// # Errors
/// A text that is not UTF-8, which no Rust compiler reads.
pub(super) fn normalise(name: &str, mut text: Vec<u8>) -> Result<Normalised, Refusal> {
    if text.starts_with(&[0xFF, 0xFE]) || text.starts_with(&[0xFE, 0xFF]) {
        return Err(Refusal::new(format!(
            "`{name}` is stored as UTF-16, which the compiler does not read. Save it as UTF-8 and hand it in \
             again."
        )));
    }
    let marked = text.starts_with(BOM);
    if marked {
        text.drain(..BOM.len());
    }
    if let Err(error) = std::str::from_utf8(&text) {
        let at = error.valid_up_to();
        let line = text[..at].split(|&byte| byte == b'\n').count();
        return Err(Refusal::new(format!(
            "`{name}` is not UTF-8 in line {line} (byte 0x{:02X}), which the compiler does not read. Save it \
             as UTF-8 and hand it in again.",
            text[at]
        )));
    }
    let note = marked.then(|| format!("`{name}` starts with a byte order mark: it was cut off."));
    Ok(Normalised { text, note })
}
