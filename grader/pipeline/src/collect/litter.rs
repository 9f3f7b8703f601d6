//! Litter beside a student's work: caches, editor files, build folders, version control.
//!
//! Litter is not read, reported or counted against a limit, and never causes a refusal.

use std::collections::BTreeSet;

/// Names of files and folders that operating systems, editors and tools write, in lower case.
const LITTER_NAMES: [&str; 16] = [
    "$recycle.bin",
    "@eadir",
    "__macosx",
    "__pycache__",
    "desktop.ini",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "icon\r",
    "lost+found",
    "network trash folder",
    "node_modules",
    "system volume information",
    "temporary items",
    "thumbs.db",
    "thumbs.db:encryptable",
    "venv",
];

/// Files in a build folder of cargo. Each of them identifies one, and so do compiled dependencies.
const BUILD_FILES: [&str; 2] = ["CACHEDIR.TAG", ".rustc_info.json"];
const BUILD_FOLDERS: [&str; 3] = ["deps", "incremental", ".fingerprint"];
const PROFILES: [&str; 2] = ["debug", "release"];

/// Names of litter that a module can also have.
const POSSIBLE_MODULE_NAMES: [&str; 5] =
    ["__macosx", "__pycache__", "node_modules", "target", "venv"];

/// Whether a path is skipped because of the names in it: hidden files, litter, and the build folder
/// `target`. A module inside `src` may have some of these names, so its source files are not skipped.
pub(super) fn is_litter<S: AsRef<str>>(path: &[S]) -> bool {
    let is_source = path.last().is_some_and(|name| super::tree::is_rust(name.as_ref()));
    let mut in_sources = false;
    path.iter().enumerate().any(|(at, part)| {
        let part = part.as_ref();
        in_sources |= part == "src";
        let may_be_module = in_sources && (is_source || at + 1 == path.len() || part == "target");
        if may_be_module && POSSIBLE_MODULE_NAMES.contains(&part) {
            return false;
        }
        is_litter_name(part) || part == "target"
    })
}

/// Whether a file or folder of this name is litter in any folder. The name may be unchecked.
pub(super) fn is_litter_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('.')
        || name.ends_with('~')
        || [".swp", ".swo"].iter().any(|ending| lower.ends_with(ending))
        || (name.len() > 2 && name.starts_with('#') && name.ends_with('#'))
        || LITTER_NAMES.contains(&&*lower)
}

/// The folders among `paths` that are build folders of cargo, with any name.
pub(super) fn build_folders<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut built = BTreeSet::new();
    let mut packages = BTreeSet::new();
    for path in paths {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if BUILD_FILES.contains(&name) {
            built.insert(folder.to_owned());
        } else if name == "Cargo.toml" {
            packages.insert(folder.to_owned());
        }
        built.extend(folder_of_dependencies(path));
    }
    // A package or the submission itself stays a package even if it contains such a file.
    built.retain(|folder| !folder.is_empty() && !packages.contains(folder));
    built
}

/// The build folder of compiled dependencies: `x` for `x/debug/deps/..`, `x/some-target` for
/// `x/some-target/debug/deps/..`.
fn folder_of_dependencies(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts
        .windows(2)
        .position(|pair| PROFILES.contains(&pair[0]) && BUILD_FOLDERS.contains(&pair[1]))?;
    // Inside `src` it may be a module.
    if parts[..at].contains(&"src") {
        return None;
    }
    Some(parts[..at].join("/"))
}

/// Whether the folder at this path, with these entries, is a build folder of cargo.
pub(super) fn is_build_folder(path: &[String], entries: &BTreeSet<String>) -> bool {
    let Some((name, above)) = path.split_last() else { return false };
    let in_sources = above.iter().any(|part| part == "src");
    let holds = |wanted: &[&str]| wanted.iter().any(|name| entries.contains(*name));
    let is_package = entries.contains("Cargo.toml") || entries.contains("src");
    !is_package
        && (holds(&BUILD_FILES)
            || (!in_sources && PROFILES.contains(&&**name) && holds(&BUILD_FOLDERS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn litter_is_recognised_by_name_in_any_folder() {
        for path in [
            "__MACOSX/src/lib.rs",
            "src/._lib.rs",
            "src/.DS_Store",
            "a/Thumbs.db",
            "a/THUMBS.DB",
            "Icon\r",
            "src/lib.rs~",
            "src/.lib.rs.swp",
            "x/node_modules/a.rs",
            "venv/lib/a.rs",
            "$RECYCLE.BIN/a",
            "@eaDir/lib.rs",
            ".nfs0001",
            ".Trash-1000/a",
            "target/debug/x",
            "a/target/x",
            "#lib.rs#",
            ".git/hooks/x",
            ".vscode/a.rs",
            ".idea/a",
            "lost+found/a",
            "src/venv/bin/activate",
            "venv/src/a.rs",
        ] {
            assert!(is_litter(&path.split('/').collect::<Vec<_>>()), "{path}");
        }
        for path in [
            "src/venv/mod.rs",
            "src/venv",
            "src/a/node_modules/b.rs",
            "src/target/mod.rs",
            "src/lib.rs",
            "targets/a.rs",
            "src/venv.rs",
            "icon.rs",
        ] {
            assert!(!is_litter(&path.split('/').collect::<Vec<_>>()), "{path}");
        }
    }

    #[test]
    fn a_build_folder_is_recognised_by_its_contents() {
        let paths = [
            "build/CACHEDIR.TAG",
            "out-linux/debug/deps/liba.rlib",
            "cross/x86_64-unknown-linux-gnu/release/incremental/x",
            "src/debug/deps/mod.rs",
            "package/CACHEDIR.TAG",
            "package/Cargo.toml",
            "CACHEDIR.TAG",
            "debug/deps.rs",
        ];
        let built = build_folders(paths.into_iter());
        let expected = ["build", "cross/x86_64-unknown-linux-gnu", "out-linux"];
        assert_eq!(built.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}
