//! The machine's clock is wrong, or set while a class is graded: no grade depends on it.

mod support;

use std::path::PathBuf;
use std::process::Command;
use support::{ClassFolder, edit, run};

/// Calls of the clock go here first. The calendar clock is off by `CLOCK_OFF` seconds, in turn later
/// and earlier if `CLOCK_JUMPS` is set; the clock that only runs on is left as it is.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now) {
    static unsigned calls;
    int failed = (int)syscall(SYS_clock_gettime, id, now);
    const char *off = getenv("CLOCK_OFF");
    if (!failed && id == CLOCK_REALTIME && off) {
        long seconds = atol(off);
        now->tv_sec += getenv("CLOCK_JUMPS") && ++calls % 2 ? -seconds : seconds;
    }
    return failed;
}
"#;

const YEAR: &str = "31536000";

/// The shim as a library, in the class's own folder.
fn shim(class: &ClassFolder) -> PathBuf {
    let (source, library) = (class.base().join("clock.c"), class.base().join("clock.so"));
    std::fs::write(&source, SHIM).expect("a write");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source);
    assert!(cc.status().expect("a C compiler").success());
    library
}

/// What a run writes about itself, with its calendar clock off by `seconds`.
fn grade(class: &ClassFolder, seconds: &str) -> Command {
    let mut command = class.grade();
    command.env("LD_PRELOAD", shim(class)).env("CLOCK_OFF", seconds);
    command
}

fn seconds_of(class: &ClassFolder) -> Vec<i64> {
    let book = grader_gradebook::Gradebook::open_read_only(class.gradebook()).expect("a gradebook");
    let attempts = book.history("ada", "profiling").expect("attempts");
    attempts.into_iter().map(|attempt| attempt.graded_at).collect()
}

#[test]
fn the_newest_attempt_is_the_last_one_and_not_the_one_of_the_latest_date() {
    let class = ClassFolder::new().handing_in("ada", &["timer.rs"]);
    run(&mut grade(&class, YEAR)).done();
    let first = class.grade_of("ada").points;
    edit(
        &class.student("ada").join("src/timer.rs"),
        "p50: percentile(seconds, 50.0)?",
        "p50: mean",
    );
    run(&mut grade(&class, &format!("-{YEAR}"))).done().saying(&["1 graded now"]);
    let second = class.grade_of("ada").points;
    assert!(second < first, "{second:?} and {first:?}");
    let dates = seconds_of(&class);
    assert!(dates[0] - dates[1] > 31_536_000, "the clock was not off: {dates:?}");

    run(&mut class.report()).done();
    assert_eq!(class.grade_of("ada").points, second, "the report is of the last attempt");
    run(&mut grade(&class, YEAR)).done().saying(&["0 graded now, 1 unchanged"]);
}

#[test]
fn a_clock_that_is_set_while_a_class_is_graded_changes_nothing() {
    let class = ClassFolder::new().handing_in("ada", &["timer.rs", "memory.rs"]).stub("bob");
    run(&mut class.grade()).done();
    let points = class.points();
    run(grade(&class, "86400").env("CLOCK_JUMPS", "1").arg("--again")).done();
    assert_eq!(class.points(), points);
}
