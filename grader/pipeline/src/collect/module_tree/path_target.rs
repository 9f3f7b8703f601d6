//! The target of a path in a source file: inside the package, outside it, or a system file.

use crate::collect::outline::IncludedFile;

/// The target of a path in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum PathTarget {
    /// A file of the package, relative to its folder.
    Inside(String),
    /// A path outside the package.
    Outside,
    /// A folder that contains only system files, such as `/etc`.
    System,
}

/// Folders at the top of a file system in which no student keeps work.
const SYSTEM_FOLDERS: [&str; 5] = ["boot", "dev", "etc", "proc", "sys"];

/// The target of `include` in the source file `name`.
pub(in super::super) fn include_target(name: &str, include: &IncludedFile) -> PathTarget {
    if include.from_package {
        return resolve("", include.path.trim_start_matches('/'));
    }
    resolve(folder_of(name), &include.path)
}

/// The target of `path`, relative to the package's folder `from`.
pub(in super::super) fn resolve(from: &str, path: &str) -> PathTarget {
    let path = path.replace('\\', "/");
    if let Some(absolute) = path.strip_prefix('/') {
        let top = absolute.split('/').find(|part| !part.is_empty() && *part != ".");
        let system = top.is_some_and(|top| SYSTEM_FOLDERS.contains(&top));
        return if system { PathTarget::System } else { PathTarget::Outside };
    }
    if path.as_bytes().get(1) == Some(&b':') {
        return PathTarget::Outside;
    }
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let mut climbed = 0;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => climbed += usize::from(parts.pop().is_none()),
            part => parts.push(part),
        }
    }
    match climbed {
        0 => PathTarget::Inside(parts.join("/")),
        // So many `..` lead to the top of the file system.
        3.. if parts.first().is_some_and(|top| SYSTEM_FOLDERS.contains(top)) => PathTarget::System,
        _ => PathTarget::Outside,
    }
}

/// The file of the package that `path` names, relative to `folder`; `None` outside the package.
pub(super) fn resolve_inside(folder: &str, path: &str) -> Option<String> {
    match resolve(folder, path) {
        PathTarget::Inside(name) => Some(name),
        PathTarget::Outside | PathTarget::System => None,
    }
}

pub(super) fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

pub(super) fn last_component(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
