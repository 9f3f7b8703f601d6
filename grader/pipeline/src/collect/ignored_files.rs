//! Notes on files that do not count, although a student may expect them to.

use super::root::PackageRoot;
use super::tree::{FileListing, is_rust};
use grader_model::{FileList, Remark};
use std::collections::BTreeMap;

/// Files that configure a build, for which the course uses its own.
const BUILD_CONFIG: [&str; 4] = ["build.rs", ".cargo", "rust-toolchain", "rust-toolchain.toml"];

/// At most two notes: on the package around `src`, and on other files inside `src`.
pub(super) fn notes(
    listing: &FileListing,
    root: &PackageRoot,
    taken: &BTreeMap<String, Vec<u8>>,
) -> Vec<Remark> {
    let mut notes = Vec::new();
    notes.extend(around(listing, root));
    notes.extend(inside(listing, root, taken));
    notes
}

fn around(listing: &FileListing, root: &PackageRoot) -> Option<Remark> {
    let paths = || listing.files.iter().map(|file| &file.path).chain(&listing.skipped_config);
    let applies =
        |path: &&String| BUILD_CONFIG.contains(&name(path)) && reaches(folder(path), root);
    let steering: Vec<&String> = paths().filter(applies).collect();
    let usual = |path: &String| {
        (name(path) == "Cargo.toml" && reaches(folder(path), root))
            || root.in_package(path).is_some_and(|rest| rest.starts_with("tests/"))
    };
    let applies = !steering.is_empty() || paths().any(usual);
    applies.then(|| Remark::CourseBuild { left_out: FileList::new(&steering) })
}

fn inside(
    listing: &FileListing,
    root: &PackageRoot,
    taken: &BTreeMap<String, Vec<u8>>,
) -> Option<Remark> {
    let is_taken = |path: &str| root.name_of(path).is_some_and(|name| taken.contains_key(&name));
    let other = |path: &&String| {
        !root.bare && !is_rust(path) && root.below(path).is_some() && !is_taken(path)
    };
    let paths: Vec<&String> = listing.files.iter().map(|file| &file.path).filter(other).collect();
    (!paths.is_empty()).then(|| Remark::NotIncluded { files: FileList::new(&paths) })
}

/// Whether cargo, run in the package, would search `folder`. It searches parent folders.
fn reaches(folder: &str, root: &PackageRoot) -> bool {
    let package = root.package.as_str();
    folder.is_empty()
        || package == folder
        || package.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
