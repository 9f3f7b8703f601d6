//! Texts of a student's process, at a length that a report can hold.

/// A text longer than this is cut: it may be megabytes.
pub(crate) const LONGEST: usize = 4096;
/// Room for saying that it was cut. With it a text is no longer than the longest, and never cut twice:
/// by the driver, and again by who reads its reply.
const ROOM: usize = 64;

/// `text`, cut at a character; it then says how long it was.
pub(crate) fn shortened(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(LONGEST - ROOM);
    format!("{} [cut: {} bytes in all]", &text[..end], text.len())
}

/// [`shortened`], without a copy of what is short enough.
pub(crate) fn kept_short(text: String) -> String {
    if text.len() <= LONGEST { text } else { shortened(&text) }
}
