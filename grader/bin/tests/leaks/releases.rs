//! What is handed out.

use crate::secrets::SecretTexts;
use crate::support::{contents, grader, root, run};
use std::collections::HashSet;
use std::fs;

#[test]
fn what_is_handed_out_holds_nothing_hidden() {
    let out = tempfile::tempdir().expect("a folder");
    let mut release = grader();
    let ended = run(release.args(["release", "--out"]).arg(out.path().join("course"))).done();
    let secrets = SecretTexts::of_course();
    let mut all = contents(out.path());
    all.extend(contents(&root().join("assignments")).into_iter().filter(|(path, _)| {
        let name = path.strip_prefix(root()).unwrap_or(path);
        !name.components().any(|part| part.as_os_str() == "target")
    }));
    assert!(all.len() > 200, "only {} files", all.len());
    all.push(("what `release` says".into(), ended.stderr.into_bytes()));
    let held_out = root().join("solutions/heldout/data/digits-heldout.csv");
    let held_out = fs::read_to_string(held_out).expect("the held-out digits");
    let held_out: HashSet<&[u8]> = held_out.lines().map(str::as_bytes).collect();
    for (path, bytes) in all {
        let shown = secrets.shown_in(&bytes);
        assert!(shown.is_empty(), "{} shows {shown:?}", path.display());
        let mut lines = bytes.split(|byte| *byte == b'\n');
        assert!(!lines.any(|line| held_out.contains(line)), "{}", path.display());
        for part in ["grading", "wrong", "heldout"] {
            let inside = path.strip_prefix(out.path()).unwrap_or(&path);
            let named = inside.components().any(|name| name.as_os_str() == part);
            assert!(!named, "{} is handed out", path.display());
        }
    }
    // The same search finds what is there: in the folder that it is made from.
    let found = contents(&root().join("solutions/profiling/grading")).into_iter();
    assert!(found.filter(|(_, bytes)| !secrets.shown_in(bytes).is_empty()).count() > 10);
}
