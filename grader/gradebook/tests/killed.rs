//! A killed process loses no attempt that was reported as stored.

mod support;

use grader_gradebook::Gradebook;
use grader_model::Outcome::Pass;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use support::grade;

const PLACE: &str = "GRADEBOOK_TO_FILL";
const ACKNOWLEDGED: &str = "stored attempt ";

/// Not a test itself: the test below starts this process and kills it.
#[test]
fn child_that_records_until_it_is_killed() {
    let Some(path) = std::env::var_os(PLACE) else { return };
    let mut book = Gradebook::open(path).unwrap();
    for n in 0..20_000 {
        let id = book.record(&grade(&format!("student {n}"), "k", Pass), n).unwrap();
        println!("{ACKNOWLEDGED}{id}");
    }
}

#[test]
fn a_killed_process_loses_no_attempt_it_was_told_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gradebook.sqlite");
    let mut acknowledged = Vec::new();
    for patience in [1, 7, 40] {
        acknowledged.extend(run_and_kill(&path, patience));
    }
    assert!(acknowledged.len() >= 48, "the child did record");
    let book = Gradebook::open(&path).unwrap();
    book.check().unwrap();
    for id in acknowledged {
        assert!(book.attempt(id).unwrap().is_some(), "attempt {id} is lost");
    }
}

/// Kills the child after `patience` acknowledged attempts, and returns all acknowledged ids.
fn run_and_kill(path: &Path, patience: usize) -> Vec<i64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_records_until_it_is_killed", "--nocapture"])
        .env(PLACE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    for line in lines.map_while(Result::ok) {
        // The test harness prints on the same line as the first acknowledgement.
        let Some((_, id)) = line.split_once(ACKNOWLEDGED) else { continue };
        acknowledged.push(id.parse().unwrap());
        if acknowledged.len() == patience {
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success(), "it was killed");
    acknowledged
}
