//! What a process computes while it is not on the clock.
//!
//! Taking inputs in and giving outputs out costs both sides the same, as the code for it is ours and
//! both take in the same. What the submission uses beyond that was computed ahead, in the background,
//! or put off until the outputs were asked for: on the average of all pairs (a single one may be
//! disturbed) it is added to its time. Nobody is accused, and nothing is gained by it.

use crate::Sample;

/// The submission may use this many times what the baseline used a byte: the same code in another
/// state of the caches.
const TIMES_BASELINE: f64 = 1.5;
/// And this share of its time on the clock.
const SHARE_OF_TIMED: f64 = 0.05;
/// And this many seconds: requests, and being stopped and continued.
const GRACE: f64 = 300e-6;

/// Seconds that the second sample, the submission's, used beyond what is free beside the first, the
/// baseline's; negative if it used less. Both took in `input_bytes`; the submission computed for
/// `timed` seconds on the clock.
pub fn excess(samples: [&Sample; 2], input_bytes: usize, timed: f64) -> f64 {
    let outside = samples.map(|sample| sample.outside.as_secs_f64());
    let bytes = samples.map(|sample| {
        let given_out: usize = sample.outputs.iter().map(Vec::len).sum();
        (input_bytes + given_out).max(1) as f64
    });
    let more_bytes = (bytes[1] / bytes[0]).max(1.0);
    let allowed = TIMES_BASELINE * more_bytes * outside[0] + SHARE_OF_TIMED * timed + GRACE;
    outside[1] - allowed
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn sample(outside_ms: u64, outputs: usize) -> Sample {
        let outputs = vec![vec![0; 100]; outputs];
        Sample { outside: Duration::from_millis(outside_ms), outputs, ..Sample::default() }
    }

    #[test]
    fn what_the_baseline_needs_a_byte_is_free() {
        assert!(excess([&sample(2, 1), &sample(2, 1)], 100, 0.01) < 0.0);
        // 200 bytes in and out, and 2000.
        assert!(excess([&sample(2, 1), &sample(20, 19)], 100, 0.01) < 0.0);
    }

    #[test]
    fn what_goes_beyond_is_in_excess() {
        let excess = excess([&sample(2, 1), &sample(20, 1)], 100, 0.01);
        assert!((excess - (0.020 - 0.003 - 0.0005 - 0.0003)).abs() < 1e-12);
    }
}
