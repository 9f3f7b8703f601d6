//! Files that the grader has no permission to read.
//!
//! The superuser can read every file, so these tests run in a process without that privilege: a copy of
//! this binary, started as the user nobody.

mod collect_support;

use collect_support::{ClassFolder, LIB, assert_refused};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

const NOBODY: u32 = 65_534;

/// Allows one copy at a time. A process started while another test writes its copy inherits that open file
/// for a moment, and a file that is open for writing cannot be run.
static COPYING: Mutex<()> = Mutex::new(());

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Runs a test with enforced permissions: here, or as the user nobody in a copy of this binary.
fn with_enforced_permissions(test: &str, claim: fn()) {
    let probe = ClassFolder::new().file("locked", "");
    set_mode(&probe.at("locked"), 0);
    if fs::read(probe.at("locked")).is_err() {
        return claim();
    }
    let _one = COPYING.lock().unwrap_or_else(PoisonError::into_inner);
    set_mode(probe.path(), 0o755);
    let copy = probe.at("tests");
    fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    set_mode(&copy, 0o755);
    let mut command = Command::new(&copy);
    command.args(["--exact", test]).uid(NOBODY).gid(NOBODY).current_dir("/").env_remove("TMPDIR");
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn an_unreadable_file_is_refused_without_a_crash() {
    with_enforced_permissions("an_unreadable_file_is_refused_without_a_crash", || {
        let class = ClassFolder::new().file("ada/src/lib.rs", LIB).file("ada/src/ops.rs", LIB);
        set_mode(&class.at("ada/src/ops.rs"), 0);
        assert_refused(class.ada(), &["src/ops.rs", "cannot be read", "no permission"]);
    });
}

#[test]
fn an_unreadable_folder_is_refused_without_a_crash() {
    with_enforced_permissions("an_unreadable_folder_is_refused_without_a_crash", || {
        for folder in ["ada", "ada/src"] {
            let class = ClassFolder::new().file("ada/src/lib.rs", LIB);
            set_mode(&class.at(folder), 0);
            assert_refused(class.ada(), &["cannot be read", "no permission"]);
            set_mode(&class.at(folder), 0o755);
        }
    });
}
