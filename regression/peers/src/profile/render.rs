//! The spans as text.

use std::fmt::Write;

use anyhow::Result;
use profiling::BottleneckAnalyzer;

use super::Walk;
use crate::problem::Problem;

/// The spans, the rate of the arithmetic, and what could be gained where.
pub fn text(problem: &Problem, walk: &Walk, whole: f64, repetitions: usize) -> Result<String> {
    let report = walk.profiler.report();
    let mut text = format!("{} {}: {}\n", problem.name, walk.task.name(), problem.title);
    let _ = writeln!(text, "{}\n", report.render());

    let in_spans = report.total_s() / repetitions as f64 * 1e3;
    let whole = whole * 1e3;
    let _ = writeln!(text, "in spans {in_spans:.3} ms, in one piece {whole:.3} ms a time (CPU)\n");

    let roots = report.rows.iter().filter(|row| row.depth == 0);
    let parts = roots.map(|row| (row.path.clone(), row.total_s)).collect();
    let _ = writeln!(text, "{:<14} {:>7} {:>9} {:>9}", "part", "share", "if free", "GFLOP/s");
    let total = report.total_s();
    for part in BottleneckAnalyzer::new(parts)?.ranking() {
        let (share, limit) = (100.0 * part.share, part.limit);
        let flops = walk.flops.get(&part.name).copied().filter(|&flops| flops > 0);
        let rate = flops.map(|flops| flops as f64 / (part.share * total) / 1e9);
        let rate = rate.map_or_else(|| "-".to_string(), |rate| format!("{rate:.1}"));
        let _ = writeln!(text, "{:<14} {share:>5.1} % {limit:>8.2}x {rate:>9}", part.name);
    }
    Ok(text)
}
