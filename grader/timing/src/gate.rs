//! What is asked of a ratio, what is known of it, and what follows.

/// A threshold: the submission must be at least this many times as fast as the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    at_least: f64,
}

impl Gate {
    /// A gate at `ratio`; `None` unless it is a finite number above zero.
    pub fn at_least(ratio: f64) -> Option<Self> {
        (ratio.is_finite() && ratio > 0.0).then_some(Self { at_least: ratio })
    }

    /// The threshold.
    pub const fn ratio(self) -> f64 {
        self.at_least
    }
}

/// The baseline's time over the submission's: above one, the submission is faster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedRatio {
    /// The geometric mean over the pairs.
    pub estimate: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

/// What is known about a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GateVerdict {
    /// The whole interval is above the gate.
    Pass,
    /// The whole interval is below the gate.
    Fail,
    /// The gate lies in the interval. Never a fail.
    Undecided,
}

impl SpeedRatio {
    /// Where the interval lies.
    pub fn against(&self, gate: Gate) -> GateVerdict {
        if self.low > gate.at_least {
            GateVerdict::Pass
        } else if self.high < gate.at_least {
            GateVerdict::Fail
        } else {
            GateVerdict::Undecided
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_interval_wholly_on_one_side_decides() {
        let gate = Gate::at_least(4.0).unwrap();
        let verdict = |low, high| SpeedRatio { estimate: 4.0, low, high }.against(gate);
        assert_eq!(verdict(4.1, 6.0), GateVerdict::Pass);
        assert_eq!(verdict(2.0, 3.9), GateVerdict::Fail);
        assert_eq!(verdict(3.9, 4.1), GateVerdict::Undecided);
        assert_eq!(verdict(4.0, 5.0), GateVerdict::Undecided, "touching is not clearing");
        assert_eq!(verdict(f64::NAN, f64::NAN), GateVerdict::Undecided);
    }

    #[test]
    fn a_gate_is_a_positive_number() {
        for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Gate::at_least(nonsense), None);
        }
    }
}
