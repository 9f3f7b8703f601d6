//! Standard output, when its reader goes away or its disk is full. (`println!` panics.)

use crate::exit::{CommandFailure, Result};
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// Prints formatted text, as `print!` does; returns from a function whose result is [`Result`] when
/// that fails.
macro_rules! outln {
    ($($text:tt)*) => { $crate::stdout::text(format_args!($($text)*))? };
}
pub(crate) use outln;

/// Prints `text`. A reader that has seen enough (`grader ... | head`) is no failure.
pub fn text(text: Arguments<'_>) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CommandFailure::ours(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}
