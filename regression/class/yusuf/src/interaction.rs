use crate::{ProfileError, Result};

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
        if tolerance.is_finite() && tolerance >= 0.0 {
            Ok(Self { tolerance })
        } else {
            Err(ProfileError::BadTolerance { tolerance })
        }
    }

    pub fn analyze(&self, baseline: f64, a: f64, b: f64, both: f64) -> Result<Interaction> {
        for (index, value) in [baseline, a, b, both].into_iter().enumerate() {
            if !(value.is_finite() && value > 0.0) {
                return Err(ProfileError::BadSample { index, value });
            }
        }
        let [speedup_a, speedup_b, speedup_both] = [a, b, both].map(|t| baseline / t);
        let if_multiplied = speedup_a * speedup_b;
        // what is left when both savings are taken off
        let left = a + b - baseline;
        let if_added = if left > 0.0 { Some(baseline / left) } else { None };

        let slack = self.tolerance.ln_1p();
        let off = |prediction: f64| (speedup_both / prediction).ln().abs();
        let off_mul = off(if_multiplied);
        let off_add = if_added.map_or(f64::INFINITY, off);

        let best_alone = speedup_a.max(speedup_b);
        let kind = if speedup_both <= best_alone * (1.0 + self.tolerance) {
            InteractionKind::Cancel
        } else if off_mul.min(off_add) <= slack {
            if off_mul <= off_add { InteractionKind::Multiply } else { InteractionKind::Add }
        } else if speedup_both > if_multiplied.max(if_added.unwrap_or(0.0)) {
            InteractionKind::Synergy
        } else {
            InteractionKind::Partial
        };
        Ok(Interaction { speedup_a, speedup_b, speedup_both, if_multiplied, if_added, kind })
    }
}
