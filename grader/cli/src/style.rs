//! How the terminal is to be written on.

use crate::args::ColorMode;
use grader_report::terminal::TextStyle;
use std::io::IsTerminal;
use terminal_size::{Width, terminal_size_of};

/// The style for standard output.
pub fn stdout(when: ColorMode) -> TextStyle {
    let terminal = std::io::stdout().is_terminal();
    TextStyle { colour: is_coloured(when, terminal), width: width(terminal), unicode: unicode() }
}

/// Whether to colour what is written to a terminal, or to something else.
pub fn is_coloured(when: ColorMode, terminal: bool) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match when {
        ColorMode::Always => true,
        ColorMode::Never => false,
        ColorMode::Auto => terminal && !no_color,
    }
}

/// Columns of the terminal; a page's width where there is none.
fn width(terminal: bool) -> usize {
    let columns = || terminal_size_of(std::io::stdout()).map(|(Width(columns), _)| columns.into());
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    told.or_else(|| if terminal { columns() } else { None }).unwrap_or(100)
}

fn unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    // Without a locale (a container, a CI job) today's terminals and log viewers take UTF-8.
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
