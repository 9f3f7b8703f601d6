//! What happens when the grader itself is killed. In a file of its own, as any other probe at that
//! moment would clean up, too.

mod support;

use std::fs;
use std::process;
use std::time::Duration;

use grader_sandbox::ConfinementLevel;
use support::{
    attack, attacks, eventually, leftovers, marker, processes_with, rerun_as_ordinary_user,
    sandbox, strict_levels,
};

/// Not a test by itself: the process that `nothing_survives_a_grader_that_is_killed` kills.
#[test]
#[ignore = "started by another test"]
fn grader_to_be_killed() {
    let marker =
        std::env::var("SANDBOX_TEST_MARKER").expect("is set by the test that starts this one");
    let mut children = Vec::new();
    for sandbox in strict_levels() {
        for frozen in [false, true] {
            let mut child = sandbox.spawn(&attack(&["sleep", &marker]).command).expect("spawns");
            assert!(!frozen || child.freeze());
            children.push(child);
        }
    }
    let weak = sandbox(ConfinementLevel::Weak);
    children.push(weak.spawn(&attack(&["sleep", &marker]).command).expect("spawns"));
    fs::write(std::env::var_os("SANDBOX_TEST_READY").expect("is set"), "").expect("writes");
    std::thread::sleep(Duration::from_mins(10));
}

#[test]
fn nothing_survives_a_grader_that_is_killed() {
    let marker = marker("orphan");
    let folder = tempfile::tempdir().expect("temp dir");
    let ready = folder.path().join("ready");
    let mut grader = process::Command::new(std::env::current_exe().expect("has a path"))
        .args(["--exact", "grader_to_be_killed", "--ignored"])
        .env("SANDBOX_TEST_MARKER", &marker)
        .env("SANDBOX_TEST_READY", &ready)
        .env("SANDBOX_TEST_ATTACKS", attacks())
        .spawn()
        .expect("starts");
    eventually("the start of all processes", || ready.exists());
    assert!(processes_with(&marker).len() >= 3);
    grader.kill().expect("SIGKILL");
    grader.wait().expect("waits");
    eventually("the end of all processes", || processes_with(&marker).is_empty());
    // What remains are names; the next probe removes them.
    let remains = leftovers(grader.id());
    drop(strict_levels());
    assert_eq!(leftovers(grader.id()), Vec::<String>::new(), "of {remains:?}");
}

#[test]
fn nothing_survives_for_an_ordinary_user_either() {
    rerun_as_ordinary_user("nothing_survives_for_an_ordinary_user_either");
}
