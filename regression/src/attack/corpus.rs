//! All attacks, as they lie in their folders.

use super::{Attack, PlainResult};
use std::path::{Path, PathBuf};

/// An attack and its place.
#[derive(Clone, Debug)]
pub struct NamedAttack {
    /// The folder above: what kind of attack it is.
    pub group: String,
    /// The folder's own name.
    pub name: String,
    /// What is written there.
    pub attack: Attack,
}

impl NamedAttack {
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
pub fn all() -> Result<Vec<NamedAttack>, String> {
    let mut all = Vec::new();
    for group in folders(&folder()) {
        if group.ends_with("tools") {
            continue;
        }
        for place in folders(&group) {
            let attack = Attack::load(&place.join("attack.yaml"))?;
            all.push(NamedAttack { group: name(&group), name: name(&place), attack });
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

/// The document about all attacks, as it has to stand in `regression/attacks/README.md`.
pub fn document(all: &[NamedAttack]) -> String {
    let works = |named: &&NamedAttack| {
        !matches!(named.attack.plain, PlainResult::Fails(_) | PlainResult::NotRun(_))
    };
    let count = all.len();
    let working = all.iter().filter(works).count();
    let mut text =
        format!("{HEAD}\n{count} attacks, of which {working} work in a plain `cargo test`.\n");
    let mut group = "";
    for named in all {
        if named.group != group {
            group = &named.group;
            text.extend(["\n## ", group, "\n\n"]);
            text += "| attack | what it tries | plain `cargo test` | here | stopped by |\n";
            text += "|---|---|---|---|---|\n";
        }
        text += &row(named);
    }
    text
}

/// What comes before the attacks: written by hand.
const HEAD: &str = include_str!("head.md");

fn row(named: &NamedAttack) -> String {
    let attack = &named.attack;
    let plain = match &attack.plain {
        PlainResult::Passes(_) => "yes: all tests pass".into(),
        PlainResult::Shows(_) => "yes: it shows".into(),
        PlainResult::Writes => "yes: it reaches the machine".into(),
        PlainResult::Exhausts => "yes: takes all it can get".into(),
        PlainResult::Fails(why) => format!("no: {why}"),
        PlainResult::NotRun(why) => format!("not run: {why}"),
    };
    let points = match attack.expect.points {
        None => "no grade".into(),
        Some((least, most)) if least.to_bits() == most.to_bits() => format!("{least} points"),
        Some((least, most)) => format!("{least} to {most} points"),
    };
    let layers: Vec<_> = attack.expect.stopped_by.iter().map(|layer| layer.words()).collect();
    let outcome = attack.expect.outcome;
    let layers = layers.join(", ");
    let name = &named.name;
    let tries = attack.tries.replace('|', "\\|");
    format!("| {name} | {tries} | {plain} | {outcome}, {points} | {layers} |\n")
}
