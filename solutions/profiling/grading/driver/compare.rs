//! Task `compare`.

use super::Result;
use super::contract::{self, Kind};
use profiling::{InteractionAnalyzer, InteractionKind, OptimizationComparer, Verdict};

pub(super) fn compare(
    baseline: &[f64],
    variant: &[f64],
    confidence: f64,
    resamples: usize,
    seed: u64,
) -> Result<contract::Comparison> {
    let comparer = OptimizationComparer::new(confidence, resamples, seed)?;
    let seen = comparer.compare(baseline, variant)?;
    let verdict = match seen.verdict {
        Verdict::Faster => contract::Verdict::Faster,
        Verdict::Slower => contract::Verdict::Slower,
        Verdict::Indistinguishable => contract::Verdict::Indistinguishable,
    };
    let interval = (seen.interval.low, seen.interval.high);
    Ok(contract::Comparison { ratio: seen.ratio, interval, verdict })
}

pub(super) fn interaction(tolerance: f64, times: [f64; 4]) -> Result<contract::Interaction> {
    let [baseline, a, b, both] = times;
    let seen = InteractionAnalyzer::new(tolerance)?.analyze(baseline, a, b, both)?;
    let kind = match seen.kind {
        InteractionKind::Multiply => Kind::Multiply,
        InteractionKind::Add => Kind::Add,
        InteractionKind::Cancel => Kind::Cancel,
        InteractionKind::Partial => Kind::Partial,
        InteractionKind::Synergy => Kind::Synergy,
    };
    Ok(contract::Interaction {
        speedup_a: seen.speedup_a,
        speedup_b: seen.speedup_b,
        speedup_both: seen.speedup_both,
        if_multiplied: seen.if_multiplied,
        if_added: seen.if_added,
        kind,
    })
}
