//! All attacks, as they lie in their folders.

use super::Attack;
use std::path::{Path, PathBuf};

/// An attack and its place.
#[derive(Clone, Debug)]
pub struct Named {
    /// The folder above: what kind of attack it is.
    pub group: String,
    /// The folder's own name.
    pub name: String,
    /// What is written there.
    pub attack: Attack,
}

impl Named {
    /// `group/name`, as its folder is called.
    pub fn title(&self) -> String {
        format!("{}/{}", self.group, self.name)
    }
}

/// Where the attacks are.
pub fn folder() -> PathBuf {
    crate::root().join("regression/attacks")
}

/// Every attack, by group and name.
///
/// # Errors
/// The first file that cannot be read.
pub fn all() -> Result<Vec<Named>, String> {
    let mut all = Vec::new();
    for group in folders(&folder()) {
        if group.ends_with("tools") {
            continue;
        }
        for place in folders(&group) {
            let attack = Attack::load(&place.join("attack.yaml"))?;
            all.push(Named { group: name(&group), name: name(&place), attack });
        }
    }
    Ok(all)
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).into_iter().flatten().flatten();
    let mut all: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
