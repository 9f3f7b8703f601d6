//! What people read must not steer their terminal.

/// One line without characters that steer a terminal or turn text round.
///
/// # Panics
/// When it has one.
pub fn shown_safely(text: &str) {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(steers), "{text:?}");
}
