//! What is asked for.

use regression::attack::corpus::{self, Named};

/// The command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only attacks with this in `group/name`.
    pub only: String,
    /// A line for each attack, with what came of it.
    pub each: bool,
}

impl Options {
    /// Reads the arguments.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--only" => {
                    options.only = arguments.next().ok_or("--only needs a part of a name")?;
                }
                "--each" => options.each = true,
                other => return Err(format!("unknown argument {other:?}")),
            }
        }
        Ok(options)
    }

    /// The attacks that are asked for.
    pub fn attacks(&self) -> Result<Vec<Named>, String> {
        let mut all = corpus::all()?;
        all.retain(|named| named.title().contains(&self.only));
        if all.is_empty() { Err(format!("no attack is called {:?}", self.only)) } else { Ok(all) }
    }
}
