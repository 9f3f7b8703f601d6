//! Files: of the repository, copied, edited, taken away.

use super::root;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of the repository, relative to its root: what git tracks, and what is new and not
/// ignored; in a copy without a history, all but what is built.
pub fn repository_files() -> Vec<PathBuf> {
    // Whose the folder is does not matter for a listing (containers mount other users' folders).
    let list = ["-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"];
    let listed = Command::new("git").args(list).current_dir(root()).output();
    let mut files: Vec<PathBuf> = match listed {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).expect("names are UTF-8");
            text.split_terminator('\0').map(PathBuf::from).collect()
        }
        _ => below(&root())
            .into_iter()
            .map(|path| path.strip_prefix(root()).expect("is below").to_owned())
            .collect(),
    };
    // What is tracked may have been deleted.
    files.retain(|file| root().join(file).is_file());
    files
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let built = path.ends_with("target") || path.ends_with(".git") || path.ends_with("grades");
        if path.is_dir() && !built {
            found.extend(below(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

/// The files in a folder, by name, with what is in them; nothing when there is no folder.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.clone(), fs::read(&path).expect("a file")));
        }
    }
    found.sort();
    found
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

/// Replaces the one `find` in a file.
#[track_caller]
pub fn edit(file: &Path, find: &str, replace: &str) {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!(text.matches(find).count(), 1, "{find:?} in {}", file.display());
    fs::write(file, text.replace(find, replace)).expect("a write");
}

/// Whether the user who runs the tests ignores permissions.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").expect("/proc").uid() == 0
}

/// Gives a file or folder to another user, with this mode for that user alone. A user who is
/// [`bound_by_permissions`] loses access.
pub fn belongs_to_another(path: &Path, mode: &str) {
    const NOBODY: u32 = 65534;
    if is_root() {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
    }
    set_mode(path, mode);
}

/// Sets permissions, in octal.
pub fn set_mode(path: &Path, mode: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = u32::from_str_radix(mode, 8).expect("octal");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the owner may");
}
