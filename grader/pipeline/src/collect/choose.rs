//! Which of the listed files are taken, and under which names.

use super::root::Root;
use super::tree::{self, Listing};
use super::{CollectLimits, Refusal, names};
use std::collections::HashMap;

/// A source file to read.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Its name among the sources: `src/...`.
    pub name: String,
    /// Where the tree finds it.
    pub at: usize,
}

/// What is taken.
#[derive(Debug)]
pub(super) struct Choice {
    /// In the order of names.
    pub files: Vec<Chosen>,
    /// What is not, and why.
    pub notes: Vec<String>,
}

/// The Rust files below the root.
///
/// # Errors
/// Too many or too large files, and names that not every file system tells apart.
pub(super) fn sources(
    listing: &Listing,
    root: &Root,
    limits: &CollectLimits,
) -> Result<Choice, Refusal> {
    let mut choice = Choice { files: vec![], notes: vec![] };
    let mut total = 0_u64;
    for file in listing.rust_files() {
        let Some(rest) = root.below(&file.path) else { continue };
        let name = format!("src/{rest}");
        if names::is_escaped(rest) {
            choice.notes.push(format!("`{name}` is left out: its name is not UTF-8. Rename it."));
            continue;
        }
        if file.size > limits.file_bytes {
            return Err(tree::too_large(limits.file_bytes).inside(&name));
        }
        total = total.saturating_add(file.size);
        choice.files.push(Chosen { name, at: file.at });
    }
    if choice.files.len() > limits.files {
        return Err(Refusal::mishap(format!(
            "The submission holds more than {} Rust files. Hand in only code that you wrote.",
            limits.files
        )));
    }
    if total > limits.total_bytes {
        return Err(too_much_in_all(limits));
    }
    distinct(&choice.files)?;
    Ok(choice)
}

pub(super) fn too_much_in_all(limits: &CollectLimits) -> Refusal {
    Refusal::mishap(format!(
        "The Rust files hold more than {} together. Hand in only code that you wrote.",
        tree::size(limits.total_bytes)
    ))
}

/// Refuses two files of one name, names that some file systems take for one, and a file that is
/// the folder of another.
fn distinct(files: &[Chosen]) -> Result<(), Refusal> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for Chosen { name, .. } in files {
        match seen.insert(names::folded(name), name) {
            Some(other) if other == name => {
                return Err(Refusal::attack(format!(
                    "`{name}` is there twice. Which one counts cannot be told: hand in one."
                )));
            }
            Some(other) => {
                return Err(Refusal::mishap(format!(
                    "`{other}` and `{name}` differ only in upper and lower case or in how accents \
                     are stored. Windows and macOS see one file: remove or rename one."
                )));
            }
            None => {}
        }
    }
    for Chosen { name, .. } in files {
        for (at, _) in name.match_indices('/') {
            if let Some(other) = seen.get(&names::folded(&name[..at])) {
                return Err(Refusal::attack(format!(
                    "`{other}` is a file, and the folder of `{name}`. It cannot be both."
                )));
            }
        }
    }
    Ok(())
}
