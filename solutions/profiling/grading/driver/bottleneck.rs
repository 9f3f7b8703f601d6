//! Task `bottleneck`.

use super::Result;
use super::contract::{self, Part};
use profiling::BottleneckAnalyzer;

pub(super) fn ranking(parts: Vec<Part>) -> Result<Vec<contract::Ranked>> {
    let ranking = analyzer(parts)?.ranking().into_iter();
    let plain = ranking.map(|ranked| contract::Ranked {
        name: ranked.name,
        share: ranked.share,
        limit: ranked.limit,
    });
    Ok(plain.collect())
}

pub(super) fn speedup_if(parts: Vec<Part>, name: &str, factor: f64) -> Result<f64> {
    analyzer(parts)?.speedup_if(name, factor)
}

pub(super) fn amdahl(fraction: f64, factor: f64) -> Result<f64> {
    profiling::amdahl(fraction, factor)
}

fn analyzer(parts: Vec<Part>) -> Result<BottleneckAnalyzer> {
    BottleneckAnalyzer::new(parts.into_iter().map(|part| (part.name, part.seconds)).collect())
}
