//! Building a kit with cargo and keeping what it made.

use super::contents::KitContents;
use super::manifest::{self, KitProject};
use crate::fault::{Fault, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What cargo says of each crate it built (`--message-format=json`).
#[derive(Deserialize)]
struct CargoMessage {
    reason: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    target: Option<CargoTarget>,
}

#[derive(Deserialize)]
struct CargoTarget {
    name: String,
    kind: Vec<String>,
}

/// This many kits are kept, the newest ones: a course that is being worked on makes many.
const KEPT: usize = 4;

/// Removes what a killed build left behind, and all but the newest kits. Called with the lock held.
pub fn tidy(cache: &Path) {
    let mut kits = Vec::new();
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("kit-unfinished-") {
            let _ = fs::remove_dir_all(entry.path());
        } else if name.starts_with("kit-") {
            let made = entry.metadata().and_then(|meta| meta.modified());
            kits.push((made.unwrap_or(std::time::UNIX_EPOCH), entry.path()));
        }
    }
    kits.sort();
    for (_, path) in kits.iter().rev().skip(KEPT) {
        let _ = fs::remove_dir_all(path);
    }
}

/// Builds the kit in a temporary folder beside `folder` and moves it there when it is whole.
pub fn build(of: &KitProject<'_>, cache: &Path, folder: &Path) -> Result<()> {
    let root = of.root;
    let scratch = tempfile::Builder::new()
        .prefix("kit-unfinished-")
        .tempdir_in(cache)
        .map_err(|error| Fault::file("creating a folder in", cache, &error))?;
    let project = scratch.path().join("project");
    manifest::write(of, &project)?;
    // Without the network if the crates are there already; else cargo may fetch them.
    let target = scratch.path().join("target");
    let mut output = cargo(root, &project, &target, true)?;
    if !output.status.success() {
        output = cargo(root, &project, &target, false)?;
    }
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Fault::new(format!("the course's own crates do not build:\n{stderr}"))
            .help("run `cargo build` in the course's root and mend what it reports"));
    }
    let finished = scratch.path().join("kit");
    keep(&output.stdout, &finished)?;
    if folder.exists() {
        // A damaged one: a rename does not replace a folder that holds something.
        fs::remove_dir_all(folder).map_err(|error| Fault::file("removing", folder, &error))?;
    }
    fs::rename(&finished, folder).map_err(|error| Fault::file("moving the kit to", folder, &error))
}

fn cargo(root: &Path, project: &Path, target: &Path, offline: bool) -> Result<Output> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--release", "--message-format=json", "--manifest-path"]);
    command.arg(project.join("Cargo.toml")).arg("--target-dir").arg(target);
    if offline {
        command.arg("--offline");
    }
    // No path of this machine in what students' panics print.
    let flags = [
        format!("--remap-path-prefix={}/assignments=", project.display()),
        format!("--remap-path-prefix={}/assignments=", root.display()),
        format!("--remap-path-prefix={}=course", root.display()),
        format!("--remap-path-prefix={}=crates", cargo_home().display()),
    ];
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    // What the student's environment or the caller's cargo set must not reach the kit.
    for name in ["RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_WRAPPER", "CARGO_TARGET_DIR"] {
        command.env_remove(name);
    }
    command.output().map_err(|error| Fault::new(format!("cargo cannot be run: {error}")))
}

fn cargo_home() -> PathBuf {
    let home = || std::env::home_dir().unwrap_or_default().join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

/// Copies the libraries to `folder/deps` and notes their names.
fn keep(messages: &[u8], folder: &Path) -> Result<()> {
    let deps = folder.join("deps");
    fs::create_dir_all(&deps).map_err(|error| Fault::file("creating", &deps, &error))?;
    let mut externs = BTreeMap::new();
    for line in messages.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{")) {
        let message: CargoMessage = serde_json::from_slice(line)
            .map_err(|error| Fault::new(format!("cargo said something unreadable: {error}")))?;
        let (Some(target), "compiler-artifact") = (message.target, message.reason.as_str()) else {
            continue;
        };
        let wanted = ["rlib", "so", "rmeta"];
        if target.kind.iter().any(|kind| kind == "custom-build" || kind == "bin") {
            continue;
        }
        for file in &message.filenames {
            let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or("");
            let Some(name) = file.file_name().filter(|_| wanted.contains(&ending)) else {
                continue;
            };
            fs::copy(file, deps.join(name)).map_err(|e| Fault::file("copying", file, &e))?;
            if ending == "rlib" {
                let name = name.to_string_lossy().into_owned();
                externs.insert(target.name.replace('-', "_"), name);
            }
        }
    }
    KitContents::record(folder, externs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_build_leaves_nothing_and_old_kits_go() {
        let cache = tempfile::tempdir().unwrap();
        let made = |name: &str| fs::create_dir(cache.path().join(name)).unwrap();
        made("kit-unfinished-x");
        made("other");
        for number in 0..KEPT + 2 {
            made(&format!("kit-{number}"));
        }
        tidy(cache.path());
        let left: Vec<_> = fs::read_dir(cache.path()).unwrap().flatten().collect();
        assert_eq!(left.len(), KEPT + 1, "{left:?}");
        assert!(!cache.path().join("kit-unfinished-x").exists());
    }
}
