//! Turns every `solutions/<slug>/hidden/mod.rs` into a module of this crate.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let solutions = root.join("solutions");
    // Watch the whole folder, because a module that does not exist yet cannot be watched.
    println!("cargo::rerun-if-changed={}", solutions.display());
    let judge = root.join("grader/judge/src");
    println!("cargo::rerun-if-changed={}", judge.display());
    let timing = root.join("grader/timing/src");
    println!("cargo::rerun-if-changed={}", timing.display());
    let generated = generate(&hidden_modules(&solutions)?, &judge, &timing)?;
    fs::write(Path::new(&variable("OUT_DIR")?).join("modules.rs"), generated)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}")))
}

/// Slug and path of `hidden/mod.rs` of every module, sorted by slug.
fn hidden_modules(solutions: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(solutions)? {
        let entry = entry?;
        let path = entry.path().join("hidden/mod.rs");
        if let Ok(slug) = entry.file_name().into_string()
            && path.is_file()
        {
            found.push((slug, path));
        }
    }
    found.sort();
    Ok(found)
}

fn generate(modules: &[(String, PathBuf)], judge: &Path, timing: &Path) -> io::Result<String> {
    let mut source = String::new();
    let mut table = String::new();
    for (slug, path) in modules {
        let name = slug.replace('-', "_");
        let hidden = path.parent().unwrap_or(path);
        // A module has timed cases if it has this file.
        let timed = hidden.join("timed.rs").is_file();
        let folders = [hidden, judge, timing];
        let content = content(&folders[..if timed { 3 } else { 2 }])?;
        let timed = if timed { format!("{name}::timed::TIMED") } else { "&[]".into() };
        let contract = hidden.join("contract.rs").display().to_string();
        let path = path.display().to_string();
        // Writing to a `String` cannot fail.
        let _ = writeln!(source, "#[path = {path:?}]\npub mod {name};");
        let _ = writeln!(
            table,
            "    Module {{ slug: {slug:?}, cases: {name}::cases, timed: {timed}, content: {content:?}, contract: \
             include_str!({contract:?}) }},"
        );
    }
    let _ = writeln!(source, "\nstatic MODULES: &[Module] = &[\n{table}];");
    Ok(source)
}

/// Hash of the names and contents of all files in the folders.
fn content(folders: &[&Path]) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    for folder in folders {
        let mut files = Vec::new();
        collect(folder, &mut files)?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
            let text = fs::read(&file)?;
            hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
            hasher.update(&(text.len() as u64).to_le_bytes()).update(&text);
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
