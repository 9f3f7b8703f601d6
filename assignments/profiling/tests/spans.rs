//! Task `spans`. Run with `cargo test -p profiling --test spans`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use profiling::{PerformanceProfiler, SpanReport, SpanRow};
use std::time::Duration;
use tinytorch::clock::ManualClock;

type Profiler = PerformanceProfiler<ManualClock>;

/// A profiler and its clock.
fn profiler() -> (Profiler, ManualClock) {
    let clock = ManualClock::new();
    (PerformanceProfiler::with_clock(clock.clone()), clock)
}

fn milliseconds(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Two steps, each with 1 ms of its own, 3 ms of loading and twice 3 ms of computing.
fn two_steps() -> SpanReport {
    let (mut profiler, clock) = profiler();
    for _ in 0..2 {
        profiler.span("step", |p| {
            clock.advance(milliseconds(1));
            p.span("load", |_| clock.advance(milliseconds(3)));
            p.span("compute", |_| clock.advance(milliseconds(3)));
            p.span("compute", |_| clock.advance(milliseconds(3)));
        });
    }
    profiler.report()
}

fn row<'a>(report: &'a SpanReport, path: &str) -> &'a SpanRow {
    let found = report.rows.iter().find(|row| row.path == path);
    found.unwrap_or_else(|| panic!("no row `{path}` in {:?}", report.rows))
}

fn assert_close(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-12, "got {got}, expected {expected}");
}

#[test]
fn a_span_returns_what_its_function_returns() {
    let (mut profiler, _) = profiler();
    let owned = String::from("moved in and out");
    assert_eq!(profiler.span("a", |_| owned), "moved in and out");
}

#[test]
fn rows_come_parent_first_in_the_order_of_opening() {
    let report = two_steps();
    let seen: Vec<_> = report.rows.iter().map(|row| (row.path.as_str(), row.depth)).collect();
    assert_eq!(seen, [("step", 0), ("step/load", 1), ("step/compute", 1)]);
}

#[test]
fn the_same_path_adds_up() {
    let report = two_steps();
    let compute = row(&report, "step/compute");
    assert_eq!(compute.calls, 4);
    assert_close(compute.total_s, 0.012);
}

#[test]
fn the_same_name_elsewhere_is_another_span() {
    let (mut profiler, clock) = profiler();
    profiler.span("a", |p| p.span("x", |_| clock.advance(milliseconds(1))));
    profiler.span("b", |p| p.span("x", |_| clock.advance(milliseconds(2))));
    profiler.span("x", |_| clock.advance(milliseconds(4)));
    let report = profiler.report();
    assert_close(row(&report, "a/x").total_s, 0.001);
    assert_close(row(&report, "b/x").total_s, 0.002);
    assert_close(row(&report, "x").total_s, 0.004);
}

#[test]
fn own_time_is_what_the_children_leave() {
    let report = two_steps();
    assert_close(row(&report, "step").total_s, 0.020);
    assert_close(row(&report, "step").own_s, 0.002);
    assert_close(row(&report, "step/load").own_s, row(&report, "step/load").total_s);
}

#[test]
fn shares_add_up_to_one() {
    let report = two_steps();
    assert_close(report.rows.iter().map(|row| row.share).sum(), 1.0);
    assert_close(row(&report, "step").share, 0.1);
    assert_close(row(&report, "step/compute").share, 0.6);
}

#[test]
fn grandchildren_belong_to_their_parent_alone() {
    let (mut profiler, clock) = profiler();
    profiler.span("a", |p| {
        p.span("b", |p| {
            p.span("c", |_| clock.advance(milliseconds(5)));
            clock.advance(milliseconds(3));
        });
        clock.advance(milliseconds(2));
    });
    let report = profiler.report();
    let own: Vec<_> = report.rows.iter().map(|row| (row.own_s * 1e3).round()).collect();
    assert_eq!(own, [2.0, 3.0, 5.0]);
}

#[test]
fn no_time_has_no_shares() {
    let (mut profiler, _) = profiler();
    profiler.span("a", |p| p.span("b", |_| ()));
    let shares: Vec<_> = profiler.report().rows.iter().map(|row| row.share).collect();
    assert_eq!(shares, [0.0, 0.0]);
}

#[test]
fn several_roots_make_the_total() {
    let (mut profiler, clock) = profiler();
    profiler.span("a", |_| clock.advance(milliseconds(1)));
    profiler.span("b", |_| clock.advance(milliseconds(3)));
    let report = profiler.report();
    assert_close(report.total_s(), 0.004);
    assert_close(row(&report, "b").share, 0.75);
}

/// Exact to the last space, as a snapshot.
#[test]
fn the_rendered_report_is_exact() {
    let expected = [
        "step                          2 x   0.020000 s   10.0 %",
        "  load                        2 x   0.006000 s   30.0 %",
        "  compute                     4 x   0.012000 s   60.0 %",
        "total                               0.020000 s  100.0 %",
    ];
    assert_eq!(two_steps().render(), expected.join("\n"));
}

#[test]
fn a_report_of_nothing_is_a_total_of_zero() {
    let (profiler, _) = profiler();
    let expected = "total                               0.000000 s    0.0 %";
    assert_eq!(profiler.report().render(), expected);
}
