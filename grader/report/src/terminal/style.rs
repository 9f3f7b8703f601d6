//! What the terminal can show.

use crate::words::Tone;
use owo_colors::OwoColorize;

/// How to draw. The caller decides it (`NO_COLOR`, a pipe, the terminal's width); nothing here
/// looks at the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextStyle {
    /// Whether to write ANSI colours.
    pub colour: bool,
    /// Columns to fill at most.
    pub width: usize,
    /// Whether bars, signs and lines may be other than ASCII.
    pub unicode: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { colour: false, width: 100, unicode: true }
    }
}

impl TextStyle {
    pub(crate) fn paint(self, text: &str, tone: Tone) -> String {
        if !self.colour {
            return text.to_owned();
        }
        match tone {
            Tone::Good => text.green().to_string(),
            Tone::Part => text.yellow().to_string(),
            Tone::Bad => text.red().to_string(),
            Tone::Alarm => text.bright_red().bold().to_string(),
            Tone::Quiet => text.bright_black().to_string(),
        }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        if self.colour { text.bold().to_string() } else { text.to_owned() }
    }

    /// A bar of `cells` columns, `share` of it filled, in eighths of a column where it can.
    pub(super) fn bar(self, share: f64, cells: usize) -> String {
        const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        if !self.unicode {
            let full = (share * cells as f64).round() as usize;
            return format!("{}{}", "#".repeat(full), ".".repeat(cells.saturating_sub(full)));
        }
        let eighths = (share * cells as f64 * 8.0).round() as usize;
        let part = EIGHTHS[eighths % 8];
        let used = eighths / 8 + usize::from(!part.is_empty());
        let rest = "·".repeat(cells.saturating_sub(used));
        format!("{}{part}{rest}", "█".repeat(eighths / 8))
    }

    pub(super) const fn line(self) -> char {
        if self.unicode { '─' } else { '-' }
    }

    pub(super) const fn dot(self) -> &'static str {
        if self.unicode { " · " } else { " | " }
    }
}
