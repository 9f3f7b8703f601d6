//! How long the rest of a class will take, as far as it can be known.

use std::time::Duration;

/// Counts of a class run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassCounts {
    /// Submissions that are done.
    pub done: usize,
    /// Those that are being graded.
    pub running: usize,
    /// All of them.
    pub total: usize,
}

/// The time that the rest will take, after `elapsed`. Nothing until as many are done as run at once:
/// before, the first result says little. A submission that runs counts as half done.
pub fn estimate(counts: ClassCounts, elapsed: Duration) -> Option<Duration> {
    let ClassCounts { done, running, total } = counts;
    if done == 0 || done < running || done >= total {
        return None;
    }
    let half = running as f64 / 2.0;
    let rest = (total - done) as f64 - half;
    Some(elapsed.mul_f64(rest / (done as f64 + half)))
}

/// `about 3 min left`; empty where it is not known or nearly over.
pub fn words(left: Option<Duration>) -> String {
    let seconds = left.map_or(0, |left| left.as_secs());
    match seconds {
        0..3 => String::new(),
        3..60 => format!("about {} s left", seconds.div_ceil(5) * 5),
        60..5_400 => format!("about {} min left", seconds.div_ceil(60)),
        _ => format!("about {:.1} h left", seconds as f64 / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: u64, done: usize, running: usize, total: usize) -> Option<Duration> {
        estimate(ClassCounts { done, running, total }, Duration::from_secs(seconds))
    }

    #[test]
    fn nothing_is_said_before_something_is_known() {
        assert_eq!(after(9, 0, 2, 40), None);
        assert_eq!(after(9, 1, 2, 40), None);
        assert_eq!(after(9, 40, 0, 40), None);
        assert_eq!(words(None), "");
    }

    /// Forty submissions of ten seconds, two at a time: it takes 200 s, and the estimate is near from
    /// the first one on.
    #[test]
    fn the_estimate_is_near_from_the_start_and_counts_down() {
        let mut before = Duration::MAX;
        for round in 1..20 {
            let left = after(10 * round, 2 * round as usize, 2, 40).expect("an estimate");
            let truth = 200.0 - 10.0 * round as f64;
            assert!((left.as_secs_f64() - truth).abs() <= 0.35 * truth, "{left:?} of {truth} s");
            assert!(left < before, "{left:?} after {before:?}");
            before = left;
        }
    }

    #[test]
    fn times_are_rounded_for_people() {
        let said = |seconds| words(Some(Duration::from_secs(seconds)));
        assert_eq!(said(1), "");
        assert_eq!(said(12), "about 15 s left");
        assert_eq!(said(61), "about 2 min left");
        assert_eq!(said(7_200), "about 2.0 h left");
    }
}
