//! The kit: everything a submission is compiled against, built once and kept by content.
//!
//! A shared cargo target folder grades the wrong code (cargo judges freshness by file times, and
//! unpacked archives have old ones). So cargo builds only what is ours, into a folder named by
//! the hash of its inputs; students' code is compiled by rustc directly.

mod build;
mod contents;
mod manifest;

pub use manifest::contract_crate;

use crate::fault::{Fault, Result};
use crate::hash;
use crate::machine::vector_limit;
use crate::toolchain::Toolchain;
use contents::KitContents;
use grader_course::config::Course;
use grader_model::VectorLevel;
use manifest::KitProject;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tracing::debug;

/// Prebuilt dependencies of submissions and drivers.
#[derive(Clone, Debug)]
pub struct Kit {
    /// The folder; holds `deps/` and `kit.json`.
    pub folder: PathBuf,
    /// Hash of all inputs.
    pub key: String,
    /// The widest vector instructions that its kernels may choose; `None`: the widest there are.
    pub vector_limit: Option<VectorLevel>,
    /// The crate that students build on, if the course has one.
    pub foundation: Option<String>,
    /// The crate of plain data for judge and drivers, if the course has one.
    pub course_data: Option<String>,
    /// Crate name to file name in `deps/`.
    externs: BTreeMap<String, String>,
}

impl Kit {
    /// The kit for the course at `root`, from the cache or freshly built (some 30 CPU seconds). A damaged one
    /// is built again. `announce` is called before a build starts.
    ///
    /// # Errors
    /// When cargo fails or the cache cannot be written.
    pub fn open(
        root: &Path,
        course: &Course,
        toolchain: &Toolchain,
        announce: &dyn Fn(),
    ) -> Result<Self> {
        let vector_limit = vector_limit(course.vector_level);
        let project = KitProject { root, course, vector_limit };
        let key = key(&project, toolchain)?;
        let foundation = course.foundation.as_ref().map(|foundation| foundation.package.clone());
        let course_data = course.foundation.as_ref().and_then(|foundation| foundation.data.clone());
        let course_data = course_data.map(|package| package.replace('-', "_"));
        let cache = cache_folder(root);
        let folder = cache.join(format!("kit-{}", &key[..16]));
        if let Some(KitContents { externs, .. }) = KitContents::of_whole(&folder) {
            debug!(kit = &key[..16], "kit reused");
            return Ok(Self { folder, key, vector_limit, foundation, course_data, externs });
        }
        fs::create_dir_all(&cache).map_err(|error| Fault::file("creating", &cache, &error))?;
        let _lock = lock(&cache)?;
        // Another grader may have built it while this one waited for the lock.
        if KitContents::of_whole(&folder).is_none() {
            announce();
            build::tidy(&cache);
            let start = Instant::now();
            build::build(&project, &cache, &folder)?;
            debug!(kit = &key[..16], ms = start.elapsed().as_millis(), "kit built");
        }
        let contents = KitContents::of_whole(&folder).ok_or_else(|| {
            Fault::new(format!("the kit {} does not stay as it was made", folder.display()))
                .help("check the disk, or name another folder with GRADER_CACHE")
        })?;
        Ok(Self { folder, key, vector_limit, foundation, course_data, externs: contents.externs })
    }

    /// The folder that this and other kits, and what is built with them, are kept in.
    pub fn cache(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }

    /// Held while something is built into [`Kit::cache`].
    ///
    /// # Errors
    /// When it cannot be locked.
    pub fn lock(&self) -> Result<fs::File> {
        lock(self.cache())
    }

    /// The folder of compiled dependencies on this machine.
    pub fn deps(&self) -> PathBuf {
        self.folder.join("deps")
    }

    /// The name of the library of crate `name`, in [`Kit::deps`].
    ///
    /// # Errors
    /// When the kit has no such crate.
    pub fn library(&self, name: &str) -> Result<&str> {
        self.externs.get(name).map(String::as_str).ok_or_else(|| {
            Fault::new(format!("the kit {} has no crate `{name}`", self.folder.display()))
                .help("delete that folder; it is built again")
        })
    }
}

/// Where kits are kept: `GRADER_CACHE`, or `target/grader-cache` of the course.
pub fn cache_folder(root: &Path) -> PathBuf {
    std::env::var_os("GRADER_CACHE")
        .map_or_else(|| root.join("target").join("grader-cache"), PathBuf::from)
}

/// Everything the kit's bytes depend on.
fn key(project: &KitProject<'_>, toolchain: &Toolchain) -> Result<String> {
    let KitProject { root, course, vector_limit } = *project;
    let mut parts = vec![
        ("toolchain".to_owned(), toolchain.verbose_version.clone()),
        ("recipe".to_owned(), manifest::RECIPE_VERSION.to_owned()),
    ];
    if let Some(limit) = vector_limit {
        parts.push(("vector level".to_owned(), limit.to_string()));
    }
    if let Some(foundation) = project.narrowed() {
        parts.push(("without features".to_owned(), foundation.wide_vector_features.join(" ")));
    }
    let data = course.foundation.iter().filter_map(|foundation| foundation.data.as_ref());
    parts.extend(data.map(|package| ("data".to_owned(), package.clone())));
    // Whole: trained models, data and texts are compiled in as well.
    let foundation = course.foundation.iter().map(manifest::folder_of);
    let data = course.foundation.iter().filter_map(|foundation| foundation.data.as_ref());
    for folder in foundation.chain(data.map(|_| manifest::DATA.to_owned())) {
        let hash = hash::of_tree(&root.join(&folder))?;
        parts.push((folder, hash));
    }
    for name in ["contract", "protocol", "driver", "sandbox/inherited"] {
        parts.push((format!("grader/{name}"), hash::of_tree(&project.engine().join(name))?));
    }
    parts.push(("Cargo.lock".to_owned(), hash_of_file(&project.lock_file())?));
    let slugs = course.modules.iter().map(|module| &module.slug);
    for file in slugs.map(|slug| format!("solutions/{slug}/grading/contract.rs")) {
        let hash = hash_of_file(&root.join(&file))?;
        parts.push((file, hash));
    }
    Ok(hash::of_parts(parts.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))))
}

fn hash_of_file(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|error| Fault::file("reading", path, &error))?;
    Ok(blake3::hash(&bytes).to_hex().to_string())
}

/// Held while a kit is built, so that two graders do not build the same one.
fn lock(cache: &Path) -> Result<fs::File> {
    let path = cache.join("lock");
    let failed = |error| Fault::file("locking", &path, &error);
    let file = fs::File::create(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each input changes the key. It once covered `src` alone: with another trained model, a kit was used in which the
    /// old one was compiled in.
    #[test]
    fn another_input_is_another_kit() {
        let root = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let files = [
            "Cargo.lock",
            "assignments/toolkit/src/lib.rs",
            "assignments/toolkit/models/mlp.safetensors",
            "grader/contract/src/lib.rs",
            "grader/protocol/src/lib.rs",
            "grader/driver/src/lib.rs",
            "grader/sandbox/inherited/src/lib.rs",
            "solutions/sorting/grading/contract.rs",
        ];
        for file in files {
            write(file, "before");
        }
        let toolchain = Toolchain::find().unwrap();
        let course = "title: A course\nfoundation: { package: toolkit, wide_vector_features: [wide] }\n\
                      modules: [{ slug: sorting, number: 1 }]\n";
        let course = Course::parse("course.yaml", course).unwrap();
        let of = |vector_limit| {
            let project = KitProject { root: root.path(), course: &course, vector_limit };
            key(&project, &toolchain).unwrap()
        };
        let key = || of(None);
        let before = key();
        assert_eq!(key(), before);
        assert_ne!(of(Some(VectorLevel::V3)), before, "other instructions");
        for file in files {
            write(file, "after");
            assert_ne!(key(), before, "{file}");
            write(file, "before");
        }
    }
}
