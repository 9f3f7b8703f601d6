//! What an attack may be after: a folder with a gradebook, hidden cases, a seed and another student's
//! submission, each with a mark that no report may ever show, a folder that anybody may write to, and a
//! port of this machine that somebody listens on.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Begins every mark. Attacks do not write it themselves, so where it is seen, a file was read.
pub const MARK: &str = "CANARY-";
/// The first line of the machine's list of users.
const USERS: &str = "root:x:0:0";

/// The folder. Removed when dropped.
pub struct AttackFolder {
    folder: tempfile::TempDir,
    before: BTreeMap<PathBuf, Vec<u8>>,
    port: TcpListener,
}

impl AttackFolder {
    /// Makes it, readable for all users of the machine: what keeps it from a submission is the grader
    /// alone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new() -> io::Result<Self> {
        let open = |mode| fs::Permissions::from_mode(mode);
        let folder =
            tempfile::Builder::new().prefix("world-").permissions(open(0o755)).tempdir()?;
        let at = |name: &str| folder.path().join(name);
        for (name, what) in [
            ("gradebook.sqlite", "gradebook"),
            ("hidden/cases.rs", "hidden"),
            ("seed", "seed"),
            ("class/other/src/bottleneck.rs", "other"),
        ] {
            fs::create_dir_all(at(name).parent().unwrap_or(folder.path()))?;
            fs::write(at(name), format!("{MARK}{what}\n"))?;
        }
        for name in ["drop", "gradebook.sqlite"] {
            if name == "drop" {
                fs::create_dir(at(name))?;
            }
            fs::set_permissions(at(name), open(0o777))?;
        }
        let before = contents(folder.path());
        let port = TcpListener::bind("127.0.0.1:0")?;
        port.set_nonblocking(true)?;
        Ok(Self { folder, before, port })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts the real places into an attack's text.
    pub fn fill(&self, text: &str) -> String {
        let port = self.port.local_addr().map_or(0, |address| address.port());
        text.replace("{world}", &self.path().display().to_string())
            .replace("{pid}", &std::process::id().to_string())
            .replace("{port}", &port.to_string())
    }

    /// What was changed since it was made.
    pub fn changes(&self) -> Vec<String> {
        let now = contents(self.path());
        let old = self.before.iter().filter(|(path, old)| now.get(*path) != Some(*old));
        let new = now.iter().filter(|(path, _)| !self.before.contains_key(*path));
        let mut all: Vec<_> = old
            .chain(new)
            .map(|(path, _)| format!("changed outside: {}", path.display()))
            .collect();
        if self.port.accept().is_ok() {
            all.push("connected to the machine".into());
        }
        all
    }

    /// The marks that `text` shows.
    pub fn shown_in(text: &str) -> Vec<String> {
        let shown = [MARK, USERS].into_iter().filter(|mark| text.contains(*mark));
        shown.map(|mark| format!("a report shows {mark:?}")).collect()
    }
}

/// All files below a folder.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).unwrap_or_default());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_written_removed_or_new_is_a_change() {
        let world = AttackFolder::new().unwrap();
        assert_eq!(world.changes(), [""; 0]);
        fs::write(world.path().join("seed"), "7").unwrap();
        fs::remove_file(world.path().join("hidden/cases.rs")).unwrap();
        fs::write(world.path().join("drop/x"), "").unwrap();
        assert_eq!(world.changes().len(), 3);
    }
}
