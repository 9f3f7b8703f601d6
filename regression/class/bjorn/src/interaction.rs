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
        if tolerance.is_nan() || tolerance < 0.0 || tolerance == f64::INFINITY {
            return Err(ProfileError::BadTolerance { tolerance });
        }
        Ok(Self { tolerance })
    }

    pub fn analyze(&self, baseline: f64, a: f64, b: f64, both: f64) -> Result<Interaction> {
        for (index, value) in [baseline, a, b, both].into_iter().enumerate() {
            if !(value > 0.0 && value < f64::INFINITY) {
                return Err(ProfileError::BadSample { index, value });
            }
        }
        let speedup_a = baseline / a;
        let speedup_b = baseline / b;
        let speedup_both = baseline / both;
        let if_multiplied = speedup_a * speedup_b;
        let rest = a + b - baseline;
        let if_added = (rest > 0.0).then_some(baseline / rest);

        let dist_mul = (speedup_both / if_multiplied).ln().abs();
        let dist_add = match if_added {
            Some(x) => (speedup_both / x).ln().abs(),
            None => 1e300,
        };
        let ok = (1.0 + self.tolerance).ln();
        let better_one = if speedup_a > speedup_b { speedup_a } else { speedup_b };
        let kind;
        if speedup_both <= better_one * (1.0 + self.tolerance) {
            kind = InteractionKind::Cancel;
        } else if dist_mul <= ok && dist_add <= ok {
            kind = if dist_add < dist_mul { InteractionKind::Add } else { InteractionKind::Multiply };
        } else if dist_mul <= ok {
            kind = InteractionKind::Multiply;
        } else if dist_add <= ok {
            kind = InteractionKind::Add;
        } else if speedup_both > if_multiplied && speedup_both > if_added.unwrap_or(0.0) {
            kind = InteractionKind::Synergy;
        } else {
            kind = InteractionKind::Partial;
        }
        Ok(Interaction { speedup_a, speedup_b, speedup_both, if_multiplied, if_added, kind })
    }
}
