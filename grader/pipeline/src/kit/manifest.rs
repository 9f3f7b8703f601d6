//! The cargo project from which a kit is built: the foundation, the driver's runtime and each
//! module's contract as a crate of its own.

use crate::fault::{Fault, Result};
use grader_course::config::{Course, Foundation};
use grader_model::VectorLevel;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Part of the kit's key: raise it when this recipe changes.
pub const RECIPE_VERSION: &str = "4";

/// Where the course's plain data for judge and drivers are.
pub const DATA: &str = "solutions/data";

/// What a kit is built from.
#[derive(Clone, Copy)]
pub struct KitProject<'a> {
    /// The course.
    pub root: &'a Path,
    /// Its configuration.
    pub course: &'a Course,
    /// The widest vector instructions that kernels may choose.
    pub vector_limit: Option<VectorLevel>,
}

impl KitProject<'_> {
    /// The folder of the engine's crates.
    pub fn engine(&self) -> PathBuf {
        self.root.join(&self.course.engine)
    }

    /// The lock file with the versions that the course was tested with: its own, or the engine's.
    pub fn lock_file(&self) -> PathBuf {
        let own = self.root.join("Cargo.lock");
        if own.is_file() { own } else { self.engine().join("../Cargo.lock") }
    }

    /// The foundation, if its features that bring AVX-512 are to be turned off. Without them the kernels
    /// choose AVX2 at most, on every processor.
    pub fn narrowed(&self) -> Option<&Foundation> {
        let is_limited = self.vector_limit.is_some_and(|limit| limit < VectorLevel::V4);
        self.course.foundation.as_ref().filter(|_| is_limited)
    }
}

/// Where the foundation is, in the course and in its copy.
pub fn folder_of(foundation: &Foundation) -> String {
    format!("assignments/{}", foundation.package)
}

/// Writes the project into `folder`.
pub fn write(project: &KitProject<'_>, folder: &Path) -> Result<()> {
    let root = project.root;
    if let Some(foundation) = project.narrowed() {
        copy_narrowed(root, foundation, folder)?;
    }
    put(&folder.join("Cargo.toml"), &workspace(project))?;
    put(&folder.join("src/lib.rs"), "")?;
    for module in &project.course.modules {
        let slug = &module.slug;
        put(&folder.join(format!("{slug}/Cargo.toml")), &contract(project, slug))?;
    }
    if let Some(foundation) = &project.course.foundation
        && let Some(package) = &foundation.data
    {
        put(&folder.join("data/Cargo.toml"), &data_package(project, foundation, package))?;
    }
    let lock = project.lock_file();
    fs::copy(&lock, folder.join("Cargo.lock"))
        .map_err(|error| Fault::file("copying", &lock, &error))?;
    Ok(())
}

/// The crate name of a module's contract.
pub fn contract_crate(slug: &str) -> String {
    format!("contract_{}", slug.replace('-', "_"))
}

/// Copies the foundation, with a manifest that asks for narrower vector instructions.
fn copy_narrowed(root: &Path, foundation: &Foundation, project: &Path) -> Result<()> {
    let name = folder_of(foundation);
    let copy = project.join(&name);
    copy_tree(&root.join(&name), &copy)?;
    let path = copy.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| Fault::file("reading", &path, &error))?;
    put(&path, &narrowed(&text, foundation)?)
}

/// The foundation's manifest without the features that bring AVX-512.
fn narrowed(manifest: &str, foundation: &Foundation) -> Result<String> {
    let mut text = manifest.to_owned();
    for feature in &foundation.wide_vector_features {
        let quoted = format!("\"{feature}\"");
        if text.matches(&quoted).count() != 1 {
            let what = format!(
                "{}/Cargo.toml does not name the feature `{feature}` exactly once",
                folder_of(foundation)
            );
            return Err(Fault::new(what)
                .help("correct `wide_vector_features` in course.yaml, or remove `vector_level`"));
        }
        text = text.replace(&quoted, "");
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

fn workspace(project: &KitProject<'_>) -> String {
    let root = toml_string(&project.root.display().to_string());
    let mut text = String::from(
        "[package]\nname = \"kit\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [profile.release]\nopt-level = 3\ndebug = false\n\n[dependencies]\n",
    );
    if let Some(foundation) = &project.course.foundation {
        let name = &foundation.package;
        let path = folder_of(foundation);
        let before = if project.narrowed().is_some() { "" } else { &format!("{root}/") };
        let _ = writeln!(text, "{name} = {{ path = \"{before}{path}\" }}");
    }
    let engine = toml_string(&project.engine().display().to_string());
    for name in ["protocol", "driver"] {
        let _ = writeln!(text, "grader-{name} = {{ path = \"{engine}/{name}\" }}");
    }
    text.push_str(&data(project, "data"));
    for module in &project.course.modules {
        let slug = &module.slug;
        let _ = writeln!(text, "{} = {{ path = \"{slug}\" }}", contract_crate(slug));
    }
    text
}

/// The manifest of a module's contract. Plain data are converted by the foundation that the kit is built with.
fn contract(project: &KitProject<'_>, slug: &str) -> String {
    let library = format!("solutions/{slug}/grading/contract.rs");
    let text = package(project, &contract_crate(slug), &library);
    text + &data(project, "../data")
}

/// The dependency on the course's plain data at `path`, with its conversions.
fn data(project: &KitProject<'_>, path: &str) -> String {
    let package =
        project.course.foundation.as_ref().and_then(|foundation| foundation.data.as_ref());
    package.map_or_else(String::new, |package| {
        format!("{package} = {{ path = \"{path}\", features = [\"foundation\"] }}\n")
    })
}

/// The course's plain data as a package of the kit: the course's own inherits from a workspace that is not the kit's,
/// and may be converted by a copy of the foundation.
fn data_package(project: &KitProject<'_>, foundation: &Foundation, name: &str) -> String {
    let root = toml_string(&project.root.display().to_string());
    let before = if project.narrowed().is_some() { ".." } else { &root };
    let text = package(project, name, &format!("{DATA}/src/lib.rs"));
    let foundation_package = &foundation.package;
    let folder = folder_of(foundation);
    text + &format!(
        "{foundation_package} = {{ path = \"{before}/{folder}\" }}\n\n[features]\nfoundation = []\n"
    )
}

/// A manifest that ends with its dependencies: a package of the kit whose library is the course's file `library`.
fn package(project: &KitProject<'_>, name: &str, library: &str) -> String {
    let root = toml_string(&project.root.display().to_string());
    let engine = toml_string(&project.engine().display().to_string());
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [lib]\npath = \"{root}/{library}\"\n\n\
         [dependencies]\ngrader-protocol = {{ path = \"{engine}/protocol\" }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n",
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

    const COURSE: &str = "title: A course\nfoundation: { package: toolkit, wide_vector_features: [wide, wider] }\n\
                          modules: [{ slug: sorting, number: 1 }]\n";

    fn course() -> Course {
        Course::parse("course.yaml", COURSE).unwrap()
    }

    #[test]
    fn a_narrowed_foundation_asks_for_no_wide_features() {
        let course = course();
        let foundation = course.foundation.as_ref().unwrap();
        let manifest = "kernels = { version = \"1\", features = [\"std\", \"wide\", \"wider\"] }\n";
        let text = narrowed(manifest, foundation).unwrap();
        assert_eq!(text, "kernels = { version = \"1\", features = [\"std\", , ] }\n");
        // The setting would do nothing if the features had other names.
        let fault = narrowed(&text, foundation).unwrap_err();
        assert!(fault.to_string().contains("toolkit/Cargo.toml does not name the feature `wide`"));
    }

    #[test]
    fn a_limited_kit_is_built_from_the_copy() {
        let course = course();
        let dependency = |vector_limit| {
            let project = KitProject { root: Path::new("/course"), course: &course, vector_limit };
            let text = workspace(&project);
            text.lines().find(|line| line.starts_with("toolkit")).unwrap_or_default().to_owned()
        };
        assert!(dependency(None).contains("\"/course/assignments/toolkit\""));
        assert!(dependency(Some(VectorLevel::V4)).contains("\"/course/assignments/toolkit\""));
        assert!(dependency(Some(VectorLevel::V3)).contains("\"assignments/toolkit\""));
    }

    #[test]
    fn a_course_without_a_foundation_has_a_kit_all_the_same() {
        let course = Course { foundation: None, ..course() };
        let vector_limit = Some(VectorLevel::V3);
        let text =
            workspace(&KitProject { root: Path::new("/course"), course: &course, vector_limit });
        assert!(!text.contains("assignments/"), "{text}");
        assert!(text.contains("contract_sorting = "), "{text}");
    }
}
