//! Task `compare`, second half: do two optimizations combine?

use crate::{ProfileError, Result, numbers};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InteractionKind {
    Multiply,
    Add,
    Cancel,
    Partial,
    Synergy,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interaction {
    pub speedup_a: f64,
    pub speedup_b: f64,
    pub speedup_both: f64,
    pub if_multiplied: f64,
    pub if_added: Option<f64>,
    pub kind: InteractionKind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InteractionAnalyzer {
    tolerance: f64,
}

impl InteractionAnalyzer {
    pub fn new(tolerance: f64) -> Result<Self> {
        if numbers::not_negative(tolerance) {
            Ok(Self { tolerance })
        } else {
            Err(ProfileError::BadTolerance { tolerance })
        }
    }

    pub fn analyze(&self, baseline: f64, a: f64, b: f64, both: f64) -> Result<Interaction> {
        numbers::require(&[baseline, a, b, both], numbers::positive)?;
        let (sa, sb, sboth) = (baseline / a, baseline / b, baseline / both);
        let if_multiplied = sa * sb;
        let left = a + b - baseline;
        let if_added = if left > 0.0 { Some(baseline / left) } else { None };
        Ok(Interaction {
            speedup_a: sa,
            speedup_b: sb,
            speedup_both: sboth,
            if_multiplied,
            if_added,
            kind: self.kind(sa.max(sb), sboth, if_multiplied, if_added),
        })
    }

    fn kind(&self, best: f64, both: f64, product: f64, sum: Option<f64>) -> InteractionKind {
        use InteractionKind::{Add, Cancel, Multiply, Partial, Synergy};
        if both <= best * (1.0 + self.tolerance) {
            return Cancel;
        }
        let off = |prediction: f64| (both.ln() - prediction.ln()).abs();
        let limit = (1.0 + self.tolerance).ln();
        let mut candidates = vec![(off(product), Multiply)];
        candidates.extend(sum.map(|s| (off(s), Add)));
        candidates.retain(|(distance, _)| *distance <= limit);
        // Stable: at equal distance Multiply stays in front.
        candidates.sort_by(|x, y| x.0.total_cmp(&y.0));
        match candidates.first() {
            Some((_, kind)) => *kind,
            None if both > product && sum.is_none_or(|s| both > s) => Synergy,
            None => Partial,
        }
    }
}
