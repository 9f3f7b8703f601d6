//! Standard output, when its reader goes away or its disk is full. (`println!` panics.)

use crate::exit::{Failure, Result};
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// Prints formatted text, as `print!` does; returns from a function whose result is [`Result`] when
/// that fails.
macro_rules! say {
    ($($text:tt)*) => { $crate::say::text(format_args!($($text)*))? };
}
pub(crate) use say;

/// Prints `text`. A reader that has seen enough (`grader ... | head`) is no failure.
pub fn text(text: Arguments<'_>) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::ours(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}
