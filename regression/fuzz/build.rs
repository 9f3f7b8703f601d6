//! Makes the drivers of the references part of this crate, so that it can be asked what an honest driver
//! answers.
//!
//! `rustc` builds a driver alone, beside its contract, which it finds in `crate::contract`. Several in one
//! crate need a contract each: here they are copied, and find theirs in `grader_modules`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = folder("CARGO_MANIFEST_DIR")?;
    let out = folder("OUT_DIR")?;
    let solutions = here.join("../../solutions").canonicalize()?;
    println!("cargo::rerun-if-changed={}", solutions.display());
    println!("cargo::rerun-if-changed=Cargo.toml");
    let manifest = fs::read_to_string(here.join("Cargo.toml"))?;
    let (mut modules, mut arms) = (String::new(), String::new());
    let mut slugs: Vec<_> = fs::read_dir(&solutions)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|slug| solutions.join(slug).join("hidden/driver.rs").is_file())
        // A module whose reference is no dependency here is fuzzed all the same, by made-up bytes.
        .filter(|slug| manifest.contains(&format!("solutions/{slug}\"")))
        .collect();
    slugs.sort();
    for slug in slugs {
        let name = slug.replace('-', "_");
        let target = out.join(&name);
        copy(&solutions.join(&slug).join("hidden/driver.rs"), &target.join("driver.rs"), &name)?;
        let parts = solutions.join(&slug).join("hidden/driver");
        for part in fs::read_dir(&parts).into_iter().flatten() {
            let part = part?;
            copy(&part.path(), &target.join("driver").join(part.file_name()), &name)?;
        }
        let path = target.join("driver.rs").display().to_string();
        // Writing to a `String` does not fail.
        let _ = writeln!(modules, "#[path = {path:?}]\nmod {name};");
        let _ = writeln!(
            arms,
            "        {slug:?} => {{\n            let mut student = {name}::Student::default();\n            \
             recorded(slug, seed, |request| grader_modules::{name}::contract::dispatch(&mut student, request))\n        }}"
        );
    }
    fs::write(out.join("drivers.rs"), format!("{modules}\n{}", function(&arms)))
}

/// The one function that tells the drivers apart.
fn function(arms: &str) -> String {
    format!(
        "/// The replies of a module's reference; none when it is not known here.\n\
         #[allow(clippy::default_constructed_unit_structs, reason = \"a driver may have a state\")]\n\
         fn of(slug: &str, seed: u64) -> Replies {{\n    match slug {{\n{arms}        \
         _ => Replies::new(),\n    }}\n}}\n"
    )
}

fn copy(from: &Path, to: &Path, module: &str) -> io::Result<()> {
    let text = fs::read_to_string(from)?;
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    fs::write(to, text.replace("crate::contract", &format!("grader_modules::{module}::contract")))
}

fn folder(variable: &str) -> io::Result<PathBuf> {
    env::var_os(variable).map(PathBuf::from).ok_or_else(|| io::Error::other(variable.to_owned()))
}
