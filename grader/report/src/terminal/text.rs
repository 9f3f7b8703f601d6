//! Fitting text into columns.

use unicode_width::UnicodeWidthChar;

/// Columns that a character takes: none, one or two. One for a control character, which a cleaned text does
/// not have.
fn columns(c: char) -> usize {
    c.width().unwrap_or(1)
}

/// Columns that a line takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The text, cut to `max` columns.
pub(super) fn fit(text: &str, max: usize, unicode: bool) -> String {
    if width(text) <= max {
        return text.to_owned();
    }
    let end = if unicode { "…" } else { "..." };
    let mut left = max.saturating_sub(width(end));
    let fits = |c: &char| {
        let fits = columns(*c) <= left;
        left = left.saturating_sub(columns(*c));
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}{end}", kept.trim_end())
}

/// The text, filled with blanks to `to` columns.
pub(super) fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// The text in lines of at most `max` columns, each after `indent`. Line breaks and indents of
/// the text stay; a word longer than a line is broken.
pub(crate) fn wrap(text: &str, max: usize, indent: &str) -> String {
    let room = max.saturating_sub(width(indent)).max(20);
    let mut out = String::new();
    for line in text.lines() {
        let hang = " ".repeat((line.len() - line.trim_start().len()).min(room / 2));
        let mut current = hang.clone();
        for word in line.split_whitespace().flat_map(|word| pieces(word, room - hang.len())) {
            let blank = usize::from(!current.trim().is_empty());
            if width(&current) + blank + width(&word) > room {
                out.push_str(&format!("{indent}{current}\n"));
                current.clone_from(&hang);
            }
            if !current.trim().is_empty() {
                current.push(' ');
            }
            current.push_str(&word);
        }
        out.push_str(format!("{indent}{current}").trim_end());
        out.push('\n');
    }
    out
}

/// A word in pieces of at most `room` columns.
fn pieces(word: &str, room: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in word.chars() {
        if used + columns(c) > room {
            pieces.push(String::new());
            used = 0;
        }
        used += columns(c);
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked() {
        let text = format!(
            "a few words {} 名前名前名前\n    indented words that go on and on",
            "x".repeat(90)
        );
        for line in wrap(&text, 30, "  ").lines() {
            assert!(width(line) <= 30 && line.starts_with("  "), "{line:?}");
        }
        assert_eq!(wrap("a b\n  c", 30, "").lines().collect::<Vec<_>>(), ["a b", "  c"]);
    }

    #[test]
    fn cut_text_says_that_it_is_cut() {
        assert_eq!(fit("abcdef", 6, true), "abcdef");
        assert_eq!(fit("abcdefg", 6, true), "abcde…");
        assert_eq!(fit("名前名前", 5, true), "名前…");
        assert_eq!(fit("abcdefg", 6, false), "abc...");
    }

    #[test]
    fn signs_take_the_columns_that_a_terminal_gives_them() {
        // Wide, emoji, combining mark, conjoining jamo, joiner, left-to-right mark.
        for (text, columns) in [
            ("名", 2),
            ("🦀", 2),
            ("e\u{301}", 1),
            ("\u{1112}\u{1161}", 2),
            ("\u{200d}", 0),
            ("\u{200e}", 0),
        ] {
            assert_eq!(width(text), columns, "{text:?}");
        }
    }
}
