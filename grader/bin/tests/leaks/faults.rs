//! A fault of ours quotes what is hidden, for the instructor who has to fix it. Its student learns that there is no grade.

use crate::secrets::SecretTexts;
use crate::support::{ClassFolder, contents, copy, grader_on, root, run};
use std::fs;

/// A function is not public in the reference of a copy of the course, so it has no probe, and the driver does not fit
/// the course's own stubs either: only the compiler's words about the driver are left.
#[test]
fn a_fault_that_quotes_the_driver_reaches_no_student() {
    let class = ClassFolder::new();
    copy(&root().join("regression/class/kavya/src"), &class.student("kavya").join("src"));
    let course = class.base().join("course");
    for folder in ["assignments", "config", "solutions"] {
        copy(&root().join(folder), &course.join(folder));
    }
    for folder in ["contract", "protocol", "driver", "sandbox/inherited"] {
        copy(&root().join("grader").join(folder), &course.join("grader").join(folder));
    }
    fs::copy(root().join("Cargo.lock"), course.join("Cargo.lock")).expect("a copy");
    let reference = course.join("solutions/profiling/src/timer.rs");
    let text = fs::read_to_string(&reference).expect("a reference");
    fs::write(&reference, text.replace("pub fn measure", "pub(crate) fn measure"))
        .expect("another reference");
    let stub = course.join("assignments/profiling/src/timer.rs");
    let text = fs::read_to_string(&stub).expect("a stub");
    fs::write(&stub, text.replace("pub fn measure", "pub fn measured")).expect("another stub");

    let ended = run(&mut class.graded_by(grader_on(&course))).with(3, &[]);
    let secrets = SecretTexts::of(&class.grades());
    let record = fs::read(class.reports().join("class.json")).expect("a record");
    let quoted =
        String::from_utf8_lossy(&record).contains("does not compile around the course's own code");
    assert!(quoted, "it is another fault: {:?}", class.grades()[0].fault);
    let page = fs::read(class.reports().join("class.html")).expect("a page");
    assert!(!secrets.shown_in(&page).is_empty(), "nobody is told what to mend");

    let mut received: Vec<_> = contents(&class.reports().join("students"));
    received.push(("what `grade` logs".into(), ended.stderr.into_bytes()));
    let mut check = grader_on(&course);
    check.args(["check", "-m", "profiling"]).arg(class.student("kavya"));
    let checked = run(&mut check).with(3, &["grading/driver/mod.rs"]);
    received.push(("what `check` prints".into(), checked.stdout.into_bytes()));
    for (path, bytes) in received {
        let shown = secrets.shown_in(&bytes);
        assert!(shown.is_empty(), "{} shows {shown:?}", path.display());
        assert!(
            !String::from_utf8_lossy(&bytes).contains("grading/driver/mod.rs"),
            "{}",
            path.display()
        );
    }
}
