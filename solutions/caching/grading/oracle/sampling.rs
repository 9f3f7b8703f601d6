//! The tokens that a sampler may choose. Scores are not exact to the last bit, so a draw at the boundary
//! between two tokens allows both.

use crate::contract::Sampling;

/// The foundation's generator, written independently: `uniform()` of `Rng::new(seed)`.
pub struct Uniform(u64);

impl Uniform {
    /// The generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The allowed error of scores.
const SLACK: f64 = 1e-4;

/// Whether `token` may be chosen for scores of about `logits`. Draws once if the choice is random.
pub fn allows(logits: &[f64], sampling: Sampling, draws: &mut Uniform, token: usize) -> bool {
    let Some(score) = logits.get(token) else { return false };
    let Sampling::Random { temperature, top_k } = sampling else {
        return logits.iter().all(|other| *other <= score + SLACK);
    };
    let u = draws.next();
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|a, b| logits[*b].total_cmp(&logits[*a]));
    let kept = top_k.unwrap_or(order.len()).min(order.len());
    let edge = logits[order[kept - 1]];
    let close = |id: usize| (logits[id] - edge).abs() < SLACK;
    if order.get(kept).is_some_and(|next| close(*next)) {
        return true; // The set of kept tokens depends on the last bits.
    }
    order.truncate(kept);
    let weight = |id: &usize| ((logits[*id] - logits[order[0]]) / f64::from(temperature)).exp();
    let total: f64 = order.iter().map(weight).sum();
    let slack = SLACK * (1.0 + 1.0 / f64::from(temperature));
    let mut sum = 0.0;
    // Equal scores may be in any order, so a token's share may begin where that of an equal token begins.
    for id in &order {
        let begin =
            order.iter().take_while(|o| logits[**o] > logits[*id] + SLACK).map(weight).sum::<f64>();
        sum += weight(id);
        let end = order
            .iter()
            .take_while(|o| logits[**o] >= logits[*id] - SLACK)
            .map(weight)
            .sum::<f64>();
        if *id == token {
            return begin / total - slack <= u && u <= end.max(sum) / total + slack;
        }
    }
    false
}
