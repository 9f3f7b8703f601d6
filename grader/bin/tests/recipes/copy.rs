//! A copy of the course that may be changed, and cargo in it.

use crate::support::{ProgramOutput, copy as copy_files, kits, repository_files, root, run};
use std::collections::BTreeSet;
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The copy stands in one place and is brought up to date, so that cargo has to build again only
/// what changed. One recipe at a time follows it.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The course, as it is in the repository until it is edited.
pub struct CourseCopy {
    root: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl CourseCopy {
    /// A fresh copy of what git tracks or would track.
    pub fn new() -> Self {
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = Self { root: recipes().join("course"), _alone: alone };
        let files = repository_files();
        for file in &files {
            copy.put(file, &fs::read(root().join(file)).expect("a file"));
        }
        copy.remove_all_but(&files.into_iter().collect(), &copy.root);
        copy.build_quickly();
        use_again_what_is_built();
        copy
    }

    /// Builds the grader's own crates without optimization. Each recipe builds all of them to grade two or three
    /// submissions, so optimized crates cost far more than they save.
    fn build_quickly(&self) {
        let manifest = self.read("Cargo.toml");
        let heading = "[profile.dev.package.";
        let (before, sections) = manifest.split_once(heading).expect("profiles of single crates");
        let foreign = foreign_crates();
        // Third-party crates stay as they were built for these tests, and the foundation does the arithmetic.
        let is_kept = |section: &&str| {
            let name = section.split(']').next().unwrap_or_default().trim_matches('"');
            ["*", "tinytorch"].contains(&name) || foreign.contains(name)
        };
        let kept: Vec<_> =
            iter::once(before).chain(sections.split(heading).filter(is_kept)).collect();
        self.put(Path::new("Cargo.toml"), kept.join(heading).as_bytes());
    }

    /// A place in the copy.
    pub fn at(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.at(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// Writes a file, unless it is so already: cargo goes by the times of files.
    pub fn put(&self, file: &Path, bytes: &[u8]) {
        let to = self.root.join(file);
        if fs::read(&to).is_ok_and(|there| there == bytes) {
            return;
        }
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::write(to, bytes).expect("a file");
    }

    fn remove_all_but(&self, wanted: &BTreeSet<PathBuf>, folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(&self.root).expect("is below");
            if path.is_dir() {
                self.remove_all_but(wanted, &path);
                // Only an empty folder goes.
                let _ = fs::remove_dir(&path);
            } else if !wanted.contains(name) {
                fs::remove_file(&path).expect("removed");
            }
        }
    }

    /// Runs cargo in the copy, without the network.
    pub fn cargo(&self, args: &[&str]) -> ProgramOutput {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new("nice");
        command.args(["-n", "5"]).arg(cargo).arg("--offline").args(args);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", target());
        command.env("GRADER_CACHE", cache()).env_remove("NO_COLOR").env("COLUMNS", "100");
        run(&mut command)
    }

    /// Runs the copy's own grader.
    pub fn grader(&self, args: &[&str]) -> ProgramOutput {
        self.cargo(&[&["run", "--quiet", "-p", "grader", "--"], args].concat())
    }
}

fn recipes() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipes")
}

fn target() -> PathBuf {
    recipes().join("target")
}

/// The kits of the recipes: copies of those that the other suites use (a kit is opened only if it is whole), and those of
/// changed courses, which would displace the others there.
fn cache() -> PathBuf {
    let cache = recipes().join("kits");
    for kit in names(&kits()).iter().filter(|name| is_kit(name)) {
        if !cache.join(kit).exists() {
            copy_files(&kits().join(kit), &cache.join(kit));
        }
    }
    cache
}

/// Whether it is the name of a finished kit.
fn is_kit(name: &str) -> bool {
    name.strip_prefix("kit-").is_some_and(|key| key.chars().all(|digit| digit.is_ascii_hexdigit()))
}

/// Third-party crates that were built for these tests serve for the copy as well (cargo checks the
/// hashes of what went into them). Without that the first recipe would build them all again.
fn use_again_what_is_built() {
    let from = Path::new(env!("CARGO_BIN_EXE_grader")).parent().expect("a folder");
    let to = target().join("debug");
    if to.exists() {
        return;
    }
    let foreign = foreign_crates();
    let mut hashes = BTreeSet::new();
    for name in names(&from.join(".fingerprint")) {
        let Some((package, hash)) = name.rsplit_once('-') else { continue };
        if foreign.contains(package) {
            copy_with_times(
                &from.join(".fingerprint").join(&name),
                &to.join(".fingerprint").join(&name),
            );
            hashes.insert(hash.to_owned());
        }
    }
    for folder in ["build", "deps"] {
        for name in names(&from.join(folder)) {
            let stem = name.split('.').next().unwrap_or(&name);
            if stem.rsplit_once('-').is_some_and(|(_, hash)| hashes.contains(hash)) {
                copy_with_times(&from.join(folder).join(&name), &to.join(folder).join(&name));
            }
        }
    }
}

/// The names of all third-party crates.
fn foreign_crates() -> BTreeSet<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let packages = lock.split("[[package]]").filter(|package| package.contains("\nsource = "));
    let name =
        |package: &str| Some(package.split("name = \"").nth(1)?.split('"').next()?.to_owned());
    packages.filter_map(name).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn copy_with_times(from: &Path, to: &Path) {
    if from.is_dir() {
        for name in names(from) {
            copy_with_times(&from.join(&name), &to.join(&name));
        }
        return;
    }
    fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
    fs::copy(from, to).expect("a copy");
    let time = fs::metadata(from).and_then(|meta| meta.modified()).expect("a time");
    let file = fs::File::options().write(true).open(to).expect("opens");
    file.set_modified(time).expect("a time");
}
