//! Cuts texts from a student's process to a length that fits in a report.

/// Maximum length of a text, in bytes. The original may be megabytes long.
pub(crate) const LONGEST: usize = 4096;
/// Reserved for the note that the text was cut. With it, a cut text is within [`LONGEST`], so the
/// driver and the reader of its reply do not both cut it.
const ROOM: usize = 64;

/// `text`, cut at a character boundary, with a note of its full length.
pub(crate) fn shortened(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(LONGEST - ROOM);
    format!("{} [cut: {} bytes in all]", &text[..end], text.len())
}

/// [`shortened`], without copying a text that is short enough.
pub(crate) fn kept_short(text: String) -> String {
    if text.len() <= LONGEST { text } else { shortened(&text) }
}
