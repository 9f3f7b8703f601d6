//! The shared libraries of an executable, file by file. A sandbox that showed whole folders of the system would reveal
//! which software is installed there; a program needs only its own libraries.

use grader_call_audit::SystemNeeds;
use grader_sandbox::BindMount;
use std::env::consts::ARCH;
use std::fs;
use std::path::{Path, PathBuf};

/// The loader of `program` and every library that it and its libraries ask for, each at the path at which the loader
/// looks for it. Libraries in one of the folders `shown` are left out, as they are seen there already.
///
/// What is not found is left out too: the loader names it when the program is started.
///
/// # Cost
/// Reads the program and its libraries, some 5 MB for a driver.
pub fn libraries_of(program: &Path, shown: &[PathBuf]) -> Vec<BindMount> {
    let mut found: Vec<BindMount> = Vec::new();
    let mut unread = vec![program.to_owned()];
    while let Some(file) = unread.pop() {
        let Some(needs) = needs_of(&file) else { continue };
        let loader = needs.loader.map(PathBuf::from);
        let libraries = needs.libraries.iter().filter_map(|name| place_of(name, shown));
        for inside in loader.into_iter().chain(libraries) {
            let Ok(host) = inside.canonicalize() else { continue };
            if found.iter().any(|known| known.inside == inside) {
                continue;
            }
            unread.push(host.clone());
            if !shown.iter().any(|folder| inside.starts_with(folder)) {
                found.push(BindMount { host, inside });
            }
        }
    }
    found
}

/// `None` for what is no program: starting it says so.
fn needs_of(file: &Path) -> Option<SystemNeeds> {
    let bytes = fs::read(file).ok()?;
    SystemNeeds::of(&file.display().to_string(), &bytes).ok()
}

/// Where the loader finds a library: first in the folders `shown`, then where the distributions keep theirs.
fn place_of(name: &str, shown: &[PathBuf]) -> Option<PathBuf> {
    // The name of a file and not a path, whatever an executable says.
    if name.contains('/') {
        return None;
    }
    let multiarch = format!("{ARCH}-linux-gnu");
    let system = [
        format!("/lib/{multiarch}"),
        format!("/usr/lib/{multiarch}"),
        "/lib64".into(),
        "/usr/lib64".into(),
        "/lib".into(),
        "/usr/lib".into(),
    ];
    let folders = shown.iter().cloned().chain(system.into_iter().map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_is_shown_its_libraries_and_no_folder() {
        let binds = libraries_of(&std::env::current_exe().unwrap(), &[]);
        let named =
            |part: &str| binds.iter().any(|bind| bind.inside.display().to_string().contains(part));
        assert!(named("libc.") && named("ld-"), "{binds:?}");
        assert!(binds.iter().all(|bind| bind.host.is_file()), "{binds:?}");
        assert!(binds.len() < 10, "{binds:?}");
    }

    #[test]
    fn what_is_seen_already_is_not_shown_again() {
        let all = libraries_of(&std::env::current_exe().unwrap(), &[]);
        let libc = all.iter().find(|bind| bind.inside.display().to_string().contains("libc."));
        let folder = libc.unwrap().inside.parent().unwrap().to_owned();
        let binds = libraries_of(&std::env::current_exe().unwrap(), std::slice::from_ref(&folder));
        assert!(binds.iter().all(|bind| !bind.inside.starts_with(&folder)), "{binds:?}");
    }

    #[test]
    fn a_path_is_no_name_of_a_library() {
        assert_eq!(place_of("../../etc/passwd", &[]), None);
        assert_eq!(place_of("/etc/passwd", &[]), None);
    }
}
