//! The cargo project from which a kit is built: the foundation, the driver's runtime and each
//! module's contract as a crate of its own.

use crate::fault::{Fault, Result};
use grader_model::VectorLevel;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Where the foundation is, in the course and in its copy.
const FOUNDATION: &str = "assignments/tinytorch";

/// Part of the kit's key: raise it when this recipe changes.
pub const RECIPE_VERSION: &str = "3";

/// What a kit is built from.
#[derive(Clone, Copy)]
pub struct Project<'a> {
    /// The course.
    pub root: &'a Path,
    /// The slugs of its modules.
    pub modules: &'a [String],
    /// The widest vector instructions that kernels may choose.
    pub vector_limit: Option<VectorLevel>,
}

/// The features of the foundation's dependencies that bring AVX-512. Without them the kernels choose AVX2 at
/// most, on every processor.
const AVX_512: [&str; 2] = ["\"avx512\"", "\"x86-v4\""];

/// Writes the project into `folder`.
pub fn write(project: &Project<'_>, folder: &Path) -> Result<()> {
    let Project { root, modules, vector_limit } = *project;
    if vector_limit.is_some_and(|limit| limit < VectorLevel::V4) {
        copy_without_avx_512(&root.join(FOUNDATION), &folder.join(FOUNDATION))?;
    }
    put(&folder.join("Cargo.toml"), &workspace(project))?;
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

/// Copies the foundation, with a manifest that asks for narrower vector instructions.
fn copy_without_avx_512(from: &Path, to: &Path) -> Result<()> {
    copy_tree(from, to)?;
    let path = to.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| Fault::file("reading", &path, &error))?;
    put(&path, &without_avx_512(&text)?)
}

fn without_avx_512(manifest: &str) -> Result<String> {
    let mut text = manifest.to_owned();
    for feature in AVX_512 {
        if text.matches(feature).count() != 1 {
            let what =
                format!("the foundation's Cargo.toml does not name the feature {feature} once");
            return Err(Fault::new(what).help(
                "remove `vector_level` from course.yaml, or correct the list of features here",
            ));
        }
        text = text.replace(feature, "");
    }
    Ok(text)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let failed = |error| Fault::file("copying", from, &error);
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            copy_tree(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name)).map_err(failed)?;
        }
    }
    Ok(())
}

fn workspace(project: &Project<'_>) -> String {
    let Project { root, modules, vector_limit } = *project;
    let is_limited = vector_limit.is_some_and(|limit| limit < VectorLevel::V4);
    let root = toml_string(&root.display().to_string());
    let mut text = String::from(
        "[package]\nname = \"kit\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [profile.release]\nopt-level = 3\ndebug = false\n\n[dependencies]\n",
    );
    for (name, path) in [
        ("tinytorch", FOUNDATION),
        ("grader-protocol", "grader/protocol"),
        ("grader-driver", "grader/driver"),
    ] {
        let is_copy = is_limited && path == FOUNDATION;
        let before = if is_copy { String::new() } else { format!("{root}/") };
        let _ = writeln!(text, "{name} = {{ path = \"{before}{path}\" }}");
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The setting would do nothing if the features had other names.
    #[test]
    fn a_limited_foundation_asks_for_no_avx_512() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(FOUNDATION);
        let text = fs::read_to_string(manifest.join("Cargo.toml")).unwrap();
        let limited = without_avx_512(&text).unwrap();
        assert!(AVX_512.iter().all(|feature| text.contains(feature) && !limited.contains(feature)));
        assert!(without_avx_512(&limited).is_err(), "nothing is left to take away");
    }

    #[test]
    fn a_limited_kit_is_built_from_the_copy() {
        let dependency = |vector_limit| {
            let text =
                workspace(&Project { root: Path::new("/course"), modules: &[], vector_limit });
            text.lines().find(|line| line.starts_with("tinytorch")).unwrap_or_default().to_owned()
        };
        assert!(dependency(None).contains("\"/course/assignments/tinytorch\""));
        assert!(dependency(Some(VectorLevel::V4)).contains("\"/course/assignments/tinytorch\""));
        assert!(dependency(Some(VectorLevel::V3)).contains("\"assignments/tinytorch\""));
    }
}
