//! All attacks, as they lie in their folders.

use super::{Attack, Plain};
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

/// The document about all attacks, as it has to stand in `regression/attacks/README.md`.
pub fn document(all: &[Named]) -> String {
    let works = |named: &&Named| !matches!(named.attack.plain, Plain::Fails(_) | Plain::NotRun(_));
    let (count, working) = (all.len(), all.iter().filter(works).count());
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

const HEAD: &str = "\
# Attacks

One folder is one attack: `attack.yaml` says how the submission is made and what must come of it. One more
attack is one more folder. Written by `cargo run -p regression --example attacks -- --document`; the suite
fails when it is out of date.

| command | what it shows |
|---|---|
| `cargo test -p regression --test attacks` | each ends as its model says, at the strongest level; honest work between them is graded as ever; no secret hangs on one layer |
| `cargo test -p regression --test leaks` | hidden values, the seed and hidden code reach no student |
| `cargo run -p regression --example attacks` | the same at every level (as root and as another user) |
| `cargo run -p regression --example attacks -- --layers` | which get further when one layer is off |
| `cargo run -p regression --example attacks -- --plain` | that those which are said to work in a plain `cargo test` do |

In the column \"plain\" a run is in the folder that students get, with its visible tests, in the student's own
process. *yes* was seen by running it; *no* and *not run* have their reasons. \"Points\" are out of 100: what is
honest in a submission keeps its points. The first layer named is the one that stops it; the others are behind
it, and hold when it is switched off.

Speed is measured in modules with kernels. Attacks on that stand where it is measured: submissions in
`regression/class_acceleration`, variants in `solutions/acceleration/wrong` (`tiled_remembers_large_products`,
`tiled_leaves_out_half_when_timed`, `tiled_starts_threads_instead`), kernels in `regression/tests/timing/cheats.rs`
(lazy, in the background, remembering, wrong once warm, too many threads, leaving, panicking).

## One layer at a time

Each attack on a secret, and each at build time, once more with something switched off (`--layers`; figures of
2026-11-21, as root, 67 attacks). With the sandbox's layers, scan and lint are off as well, so that what runs is
whatever native code the attack has. None got hold of a mark, a file, the port or the grader.

| switched off | go on where they were stopped | of these, run to a grade | get hold of something |
|---|---|---|---|
| token scan | 24 | 1 | 0 |
| lint against `unsafe` | 0 | 0 | 0 |
| scan and lint | 24 | 15 | 0 |
| scan, lint, namespaces | 24 | 15 | 0 |
| scan, lint, landlock | 24 | 15 | 0 |
| scan, lint, seccomp | 33 | 24 | 0 |
| scan, lint, cgroup | 24 | 15 | 0 |
| all of them (a control, of one attack) | 1 | 1 | all files, and writes outside |
";

fn row(named: &Named) -> String {
    let attack = &named.attack;
    let plain = match &attack.plain {
        Plain::Passes(_) => "yes: all tests pass".into(),
        Plain::Shows(_) => "yes: it shows".into(),
        Plain::Writes => "yes: it reaches the machine".into(),
        Plain::Exhausts => "yes: takes all it can get".into(),
        Plain::Fails(why) => format!("no: {why}"),
        Plain::NotRun(why) => format!("not run: {why}"),
    };
    let points = match attack.expect.points {
        None => "no grade".into(),
        Some((least, most)) if least.to_bits() == most.to_bits() => format!("{least} points"),
        Some((least, most)) => format!("{least} to {most} points"),
    };
    let layers: Vec<_> = attack.expect.stopped_by.iter().map(|layer| layer.words()).collect();
    let (outcome, layers) = (attack.expect.outcome, layers.join(", "));
    let (name, tries) = (&named.name, attack.tries.replace('|', "\\|"));
    format!("| {name} | {tries} | {plain} | {outcome}, {points} | {layers} |\n")
}
