//! Task `spans`.

use super::contract::{self, Span};
use profiling::{PerformanceProfiler, SpanReport};
use std::time::Duration;
use tinytorch::clock::ManualClock;

pub(super) fn run(roots: &[Span]) -> contract::Spans {
    let clock = ManualClock::new();
    let mut profiler = PerformanceProfiler::with_clock(clock.clone());
    for root in roots {
        open(&mut profiler, &clock, root);
    }
    spans(&profiler.report())
}

fn open(profiler: &mut PerformanceProfiler<ManualClock>, clock: &ManualClock, span: &Span) {
    profiler.span(&span.name, |inside| {
        clock.advance(Duration::from_nanos(span.before));
        for child in &span.children {
            open(inside, clock, child);
        }
        clock.advance(Duration::from_nanos(span.after));
    });
}

fn spans(report: &SpanReport) -> contract::Spans {
    let rows = report.rows.iter().map(|row| contract::SpanRow {
        path: row.path.clone(),
        depth: row.depth,
        calls: row.calls,
        total: row.total_s,
        own: row.own_s,
        share: row.share,
    });
    contract::Spans { rows: rows.collect(), total: report.total_s(), rendered: report.render() }
}
