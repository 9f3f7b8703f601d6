//! What programs leave beside a student's work: caches, editors' files, build folders, version control.
//!
//! None of it is read, mentioned or counted against a limit, and none of it can refuse a submission.

use std::collections::BTreeSet;

/// Names of files and folders that operating systems, editors and tools write, in lower case.
const BY_NAME: [&str; 16] = [
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

/// What a build folder of cargo holds: one of the two files, or compiled dependencies.
const BUILD_FILES: [&str; 2] = ["CACHEDIR.TAG", ".rustc_info.json"];
const BUILD_FOLDERS: [&str; 3] = ["deps", "incremental", ".fingerprint"];
const PROFILES: [&str; 2] = ["debug", "release"];

/// Names of litter that a module can have, too.
const ALSO_MODULES: [&str; 5] = ["__macosx", "__pycache__", "node_modules", "target", "venv"];

/// Whether a path is skipped by the names in it: hidden files, litter, and the build folder `target`. Inside
/// of `src` a module may have such a name: there only what is no source file is skipped.
pub(super) fn is_litter<S: AsRef<str>>(path: &[S]) -> bool {
    let is_source = path.last().is_some_and(|name| super::tree::is_rust(name.as_ref()));
    let mut in_sources = false;
    path.iter().enumerate().any(|(at, part)| {
        let part = part.as_ref();
        in_sources |= part == "src";
        let may_be_module = in_sources && (is_source || at + 1 == path.len() || part == "target");
        if may_be_module && ALSO_MODULES.contains(&part) {
            return false;
        }
        is_litter_name(part) || part == "target"
    })
}

/// Whether a file or folder of this name is litter wherever it is found. The name may be unchecked.
pub(super) fn is_litter_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('.')
        || name.ends_with('~')
        || [".swp", ".swo"].iter().any(|ending| lower.ends_with(ending))
        || (name.len() > 2 && name.starts_with('#') && name.ends_with('#'))
        || BY_NAME.contains(&&*lower)
}

/// The folders among `paths` that cargo built into, under whatever name.
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
        built.extend(around_dependencies(path));
    }
    // A package that holds such a file is a package all the same, and so is the submission itself.
    built.retain(|folder| !folder.is_empty() && !packages.contains(folder));
    built
}

/// `x` of `x/debug/deps/..`, or of `x/some-target/debug/deps/..`.
fn around_dependencies(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts
        .windows(2)
        .position(|pair| PROFILES.contains(&pair[0]) && BUILD_FOLDERS.contains(&pair[1]))?;
    // There it may be a module.
    if parts[..at].contains(&"src") {
        return None;
    }
    Some(parts[..at].join("/"))
}

/// Whether the folder at this path, with these entries, is one that cargo built into.
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
    fn litter_is_known_by_name_in_any_folder() {
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
    fn a_build_folder_is_known_by_what_it_holds() {
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
