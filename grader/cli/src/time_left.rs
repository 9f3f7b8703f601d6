//! How long the rest of a class will take, as far as it can be known.

use std::time::Duration;

/// What is known of a class run.
#[derive(Clone, Debug, Default)]
pub struct ClassPace {
    /// How many submissions there are.
    pub total: usize,
    /// How many are done.
    pub done: usize,
    /// How many of them were graded, and were not known from before.
    pub graded: usize,
    /// How long these took, one by one, added up.
    pub spent: Duration,
    /// How long those take that are being graded now, so far.
    pub running: Vec<Duration>,
    /// How many are graded at once.
    pub jobs: usize,
}

/// The time that the rest will take, from what a submission took so far. Nothing until one is graded. Some
/// of the rest may be known from before, in the same share as until now.
pub fn estimate(pace: &ClassPace) -> Option<Duration> {
    if pace.graded == 0 || pace.done >= pace.total {
        return None;
    }
    let each = pace.spent.div_f64(pace.graded as f64);
    let running: Duration = pace.running.iter().map(|so_far| each.saturating_sub(*so_far)).sum();
    let waiting = (pace.total - pace.done).saturating_sub(pace.running.len()) as f64;
    let share = (pace.graded + 1) as f64 / (pace.done + 1) as f64;
    let work = running + each.mul_f64(waiting * share.min(1.0));
    Some(work.div_f64(pace.jobs.clamp(1, pace.total - pace.done) as f64))
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

    /// A class of forty with two at a time, each of ten seconds.
    fn pace(done: usize, running: &[u64]) -> ClassPace {
        let spent = Duration::from_secs(10 * done as u64);
        let running = running.iter().map(|seconds| Duration::from_secs(*seconds)).collect();
        ClassPace { total: 40, done, graded: done, spent, running, jobs: 2 }
    }

    #[test]
    fn nothing_is_said_before_something_is_known() {
        assert_eq!(estimate(&pace(0, &[9, 9])), None);
        assert_eq!(estimate(&pace(40, &[])), None);
        let known = ClassPace { graded: 0, ..pace(20, &[1, 1]) };
        assert_eq!(estimate(&known), None, "nothing was graded yet");
        assert_eq!(words(None), "");
    }

    #[test]
    fn the_estimate_is_right_from_the_first_result_on_and_counts_down() {
        for done in 1..38 {
            // One of two is half way when the other is done.
            let left = estimate(&pace(done, &[5])).expect("an estimate").as_secs_f64();
            let truth = 5.0 * (39 - done) as f64 + 2.5;
            assert!((left - truth).abs() < 0.01, "{left} s after {done}, of {truth} s");
        }
    }

    #[test]
    fn what_is_known_from_before_takes_no_time() {
        let mostly_known = ClassPace { graded: 1, spent: Duration::from_secs(10), ..pace(19, &[]) };
        let left = estimate(&mostly_known).expect("an estimate").as_secs();
        assert!((5..=15).contains(&left), "{left} s for one or two of the rest");
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
