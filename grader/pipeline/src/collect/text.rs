//! Source text: what is normalised, what is refused.

/// UTF-8's byte order mark, which editors of Windows put in front.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text to grade; `None`, and a note, when the file is not UTF-8.
///
/// A byte order mark is cut off. Line ends stay as they are: the compiler takes CRLF.
pub(super) fn normalise(
    name: &str,
    mut content: Vec<u8>,
    notes: &mut Vec<String>,
) -> Option<Vec<u8>> {
    if content.starts_with(&[0xFF, 0xFE]) || content.starts_with(&[0xFE, 0xFF]) {
        notes.push(format!("`{name}` is left out: it is UTF-16. Save it as UTF-8."));
        return None;
    }
    if content.starts_with(BOM) {
        content.drain(..BOM.len());
        notes.push(format!("`{name}` starts with a byte order mark: it was cut off."));
    }
    if let Err(error) = std::str::from_utf8(&content) {
        let at = error.valid_up_to();
        let line = content[..at].split(|&byte| byte == b'\n').count();
        notes.push(format!(
            "`{name}` is left out: line {line} is not UTF-8 (byte 0x{:02X}). Save it as UTF-8.",
            content[at]
        ));
        return None;
    }
    Some(content)
}
