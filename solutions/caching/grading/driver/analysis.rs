//! Task `analysis`.

use super::contract::{Grown, Sizes};
use super::{Result, given};

pub(super) fn cache_bytes(sizes: Sizes, batch: usize, tokens: usize) -> u64 {
    caching::cache_bytes(&given::config(sizes), batch, tokens)
}

pub(super) fn macs(sizes: Sizes, n: usize) -> (u64, u64) {
    let config = given::config(sizes);
    (caching::decode_macs(&config, n), caching::forward_macs(&config, n))
}

pub(super) fn work(sizes: Sizes, prompt: usize, new: usize) -> (Vec<u64>, Vec<u64>) {
    let config = given::config(sizes);
    (caching::cached_work(&config, prompt, new), caching::recomputed_work(&config, prompt, new))
}

pub(super) fn break_even(set_up: f64, cached: &[f64], recomputed: &[f64]) -> Result<Option<usize>> {
    caching::break_even(set_up, cached, recomputed)
}

pub(super) fn growth(points: &[(f64, f64)], x: f64) -> Result<Grown> {
    let growth = caching::fit_growth(points)?;
    Ok(Grown {
        exponent: growth.exponent,
        factor: growth.factor,
        r_squared: growth.r_squared,
        predicted: growth.predict(x),
    })
}
