//! Normalises source text, and refuses text that no compiler reads.

use super::Refusal;

/// The byte order mark of UTF-8, which Windows editors add.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text of a source file as it is graded.
pub(super) struct NormalisedText {
    pub text: Vec<u8>,
    /// A note on the change, if there is one.
    pub note: Option<String>,
}

/// Removes the byte order mark from the text of the source file `name`. Line ends are unchanged, because the
/// compiler accepts CRLF.
///
/// # Errors
/// The text is not UTF-8.
pub(super) fn normalise(name: &str, mut text: Vec<u8>) -> Result<NormalisedText, Refusal> {
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
    Ok(NormalisedText { text, note })
}
