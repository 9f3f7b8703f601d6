//! What is asked for.

use regression::attack::corpus::{self, NamedAttack};

/// The command line.
#[derive(Clone, Debug, Default)]
pub struct AttackOptions {
    /// Only attacks with one of these in `group/name`; all if there is none.
    pub only: Vec<String>,
    /// A line for each attack, with what came of it.
    pub each: bool,
    /// What to do.
    pub show: OutputMode,
}

/// What to do with the attacks.
#[derive(Clone, Copy, Debug, Default)]
pub enum OutputMode {
    /// Hand them in at every level.
    #[default]
    Levels,
    /// Hand them in without one layer at a time.
    Layers,
    /// Run them in a plain `cargo test`.
    Plain,
    /// Write the document about them.
    Document,
}

impl AttackOptions {
    /// Reads the arguments.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--only" => {
                    let names =
                        arguments.next().ok_or("--only needs parts of names, with commas")?;
                    options.only = names.split(',').map(str::to_owned).collect();
                }
                "--each" => options.each = true,
                "--layers" => options.show = OutputMode::Layers,
                "--plain" => options.show = OutputMode::Plain,
                "--document" => options.show = OutputMode::Document,
                other => return Err(format!("unknown argument {other:?}")),
            }
        }
        Ok(options)
    }

    /// The attacks that are asked for.
    pub fn attacks(&self) -> Result<Vec<NamedAttack>, String> {
        let mut all = corpus::all()?;
        let wanted = |title: &str| self.only.iter().any(|part| title.contains(part.as_str()));
        all.retain(|named| self.only.is_empty() || wanted(&named.title()));
        if all.is_empty() { Err(format!("no attack is called {:?}", self.only)) } else { Ok(all) }
    }
}
