//! Normalises source text, and refuses text that no compiler reads.

use grader_model::{IntakeRefusal, Remark};

/// The byte order mark of UTF-8, which Windows editors add.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text of a source file as it is graded.
pub(super) struct NormalisedText {
    pub text: Vec<u8>,
    /// A note on the change, if there is one.
    pub note: Option<Remark>,
}

/// Removes the byte order mark from the text of the source file `name`. Line ends are unchanged, because the
/// compiler accepts CRLF.
///
/// # Errors
/// The text is not UTF-8.
pub(super) fn normalise(name: &str, mut text: Vec<u8>) -> Result<NormalisedText, IntakeRefusal> {
    if text.starts_with(&[0xFF, 0xFE]) || text.starts_with(&[0xFE, 0xFF]) {
        return Err(IntakeRefusal::Utf16 { file: name.into() });
    }
    let marked = text.starts_with(BOM);
    if marked {
        text.drain(..BOM.len());
    }
    if let Err(error) = std::str::from_utf8(&text) {
        let at = error.valid_up_to();
        let line = text[..at].split(|&byte| byte == b'\n').count();
        return Err(IntakeRefusal::NotUtf8 { file: name.into(), line, byte: text[at] });
    }
    let note = marked.then(|| Remark::ByteOrderMark { file: name.into() });
    Ok(NormalisedText { text, note })
}
