//! Finds every `solutions/<slug>/hidden/mod.rs` and makes it a module of this crate.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../..").canonicalize()?;
    let solutions = root.join("solutions");
    // The folder as a whole, because a module that does not exist yet cannot be watched.
    println!("cargo::rerun-if-changed={}", solutions.display());
    let generated = generate(&hidden_modules(&solutions)?);
    fs::write(Path::new(&variable("OUT_DIR")?).join("modules.rs"), generated)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}")))
}

/// Slug and `hidden/mod.rs` of every module, by slug.
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

fn generate(modules: &[(String, PathBuf)]) -> String {
    let mut source = String::new();
    let mut table = String::new();
    for (slug, path) in modules {
        let name = slug.replace('-', "_");
        let path = path.display().to_string();
        // Writing to a `String` cannot fail.
        let _ = writeln!(source, "#[path = {path:?}]\npub mod {name};");
        let _ = writeln!(table, "    Module {{ slug: {slug:?}, cases: {name}::cases }},");
    }
    let _ = writeln!(source, "\nstatic MODULES: &[Module] = &[\n{table}];");
    source
}
