//! The cargo project from which a kit is built: the foundation, the driver's runtime and each
//! module's contract as a crate of its own.

use crate::fault::{Fault, Result};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Part of the kit's key: raise it when this recipe changes.
pub const RECIPE_VERSION: &str = "3";

/// Writes the project into `folder`.
pub fn write(root: &Path, modules: &[String], folder: &Path) -> Result<()> {
    put(&folder.join("Cargo.toml"), &workspace(root, modules))?;
    put(&folder.join("src/lib.rs"), "")?;
    for slug in modules {
        put(&folder.join(format!("{slug}/Cargo.toml")), &contract(root, slug))?;
    }
    // The versions are those that the course was tested with.
    let lock = root.join("Cargo.lock");
    fs::copy(&lock, folder.join("Cargo.lock"))
        .map_err(|error| Fault::file("copying", &lock, &error))?;
    Ok(())
}

/// The crate name of a module's contract.
pub fn contract_crate(slug: &str) -> String {
    format!("contract_{}", slug.replace('-', "_"))
}

fn workspace(root: &Path, modules: &[String]) -> String {
    let root = toml_string(&root.display().to_string());
    let mut text = String::from(
        "[package]\nname = \"kit\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [profile.release]\nopt-level = 3\ndebug = false\n\n[dependencies]\n",
    );
    for (name, path) in [
        ("tinytorch", "assignments/tinytorch"),
        ("grader-protocol", "grader/protocol"),
        ("grader-driver", "grader/driver"),
    ] {
        let _ = writeln!(text, "{name} = {{ path = \"{root}/{path}\" }}");
    }
    for slug in modules {
        let _ = writeln!(text, "{} = {{ path = \"{slug}\" }}", contract_crate(slug));
    }
    text
}

fn contract(root: &Path, slug: &str) -> String {
    let root = toml_string(&root.display().to_string());
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [lib]\npath = \"{root}/solutions/{slug}/hidden/contract.rs\"\n\n\
         [dependencies]\ngrader-protocol = {{ path = \"{root}/grader/protocol\" }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n",
        name = contract_crate(slug),
    )
}

fn toml_string(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn put(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| Fault::file("creating", folder, &error))?;
    fs::write(path, text).map_err(|error| Fault::file("writing", path, &error))
}
