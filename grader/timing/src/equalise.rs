//! How many calls a sample makes, so that the samples of both sides last about the same.

/// Shorter samples are made longer: what surrounds them would show.
const SHORTEST: f64 = 2e-3;
/// Longer samples are not made longer still: a machine changes while they last.
const LONGEST: f64 = 25e-3;
/// More calls than this in one sample would only cost inputs.
const MOST_CALLS: f64 = 512.0;
/// Inputs or outputs of one sample, in bytes: more would take longer to move than to compute with.
const MOST_BYTES: usize = 16 << 20;

/// Calls a sample of each side, from the seconds that one call takes there. `call_bytes` is the
/// size of a call's input or output, whichever is larger.
pub fn calls(seconds: [f64; 2], call_bytes: usize) -> [usize; 2] {
    let target = seconds[0].max(seconds[1]).clamp(SHORTEST, LONGEST);
    let room = (MOST_BYTES / call_bytes.max(1)).max(1);
    seconds.map(|one| ((target / one.max(1e-9)).round().clamp(1.0, MOST_CALLS) as usize).min(room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faster_side_repeats_until_both_last_the_same() {
        assert_eq!(calls([20e-3, 2e-3], 1), [1, 10]);
        assert_eq!(calls([2e-3, 20e-3], 1), [10, 1]);
    }

    #[test]
    fn short_calls_fill_two_milliseconds_and_long_ones_stay_alone() {
        assert_eq!(calls([1e-3, 0.1e-3], 1), [2, 20]);
        assert_eq!(calls([100e-3, 5e-3], 1), [1, 5]);
        assert_eq!(calls([0.0, 0.0], 1), [512, 512], "a clock that shows nothing");
    }

    #[test]
    fn inputs_stay_within_a_frame() {
        assert_eq!(calls([25e-3, 0.1e-3], 1 << 20), [1, 16]);
        assert_eq!(calls([25e-3, 0.1e-3], 1 << 30), [1, 1]);
    }
}
