//! What a process computes while it is not on the clock.
//!
//! Taking inputs in and giving outputs out costs both sides the same a call, as the code for it is
//! ours. What the submission uses beyond that was computed ahead, in the background, or put off
//! until the outputs were asked for: it is added to its time. Nobody is accused, and nothing is
//! gained by it.

use crate::Sample;

/// The submission may use this many times what the baseline used a call: the same code on other
/// data, in another cache.
const TIMES_BASELINE: f64 = 1.5;
/// And this share of its time on the clock.
const SHARE_OF_TIMED: f64 = 0.05;
/// And this many seconds: requests, and being stopped and continued.
const GRACE: f64 = 300e-6;

/// Seconds to be added to the `timed` ones of the submission's sample of `calls[1]` calls, beside the
/// baseline's sample of `calls[0]`.
pub fn charge(baseline: &Sample, submission: &Sample, calls: [usize; 2], timed: f64) -> f64 {
    let more_calls = (calls[1] as f64 / calls[0] as f64).max(1.0);
    let allowed = TIMES_BASELINE * more_calls * baseline.outside.as_secs_f64()
        + SHARE_OF_TIMED * timed
        + GRACE;
    (submission.outside.as_secs_f64() - allowed).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn outside(milliseconds: u64) -> Sample {
        Sample { outside: Duration::from_millis(milliseconds), ..Sample::default() }
    }

    #[test]
    fn what_the_baseline_needs_a_call_is_free() {
        assert!(charge(&outside(2), &outside(2), [1, 1], 0.01) <= 0.0);
        assert!(charge(&outside(2), &outside(20), [1, 10], 0.01) <= 0.0);
    }

    #[test]
    fn what_goes_beyond_is_charged() {
        let charged = charge(&outside(2), &outside(20), [1, 1], 0.01);
        assert!((charged - (0.020 - 0.003 - 0.0005 - 0.0003)).abs() < 1e-12);
    }
}
