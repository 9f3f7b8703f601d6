//! Times of several kernels that take turns, so that whatever disturbs the machine disturbs them alike.

use crate::subjects::Subject;
use acceleration::Work;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Rounds in which each kernel has its turn.
const ROUNDS: usize = 15;
/// How long a turn should take: a clock's resolution and a scheduler's interruptions are small beside.
const TURN: Duration = Duration::from_millis(20);
/// A kernel that is slower than this in one call has fewer turns.
const SLOW: Duration = Duration::from_millis(300);

/// A kernel and the seconds of its calls, round by round.
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) work: Work,
    pub(crate) threads: usize,
    rounds: Vec<f64>,
}

impl Measured {
    /// The median of the rounds.
    pub(crate) fn seconds(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// Achieved 10^9 FLOPs a second.
    pub(crate) fn gflops(&self) -> f64 {
        self.work.flops as f64 / self.seconds() / 1e9
    }

    /// The ratio of times, round by round: neighbours in time have the same disturbances.
    pub(crate) fn times_as_fast_as(&self, other: &Self) -> f64 {
        median(self.rounds.iter().zip(&other.rounds).map(|(own, theirs)| theirs / own).collect())
    }
}

/// Measures all of them in turn.
pub(crate) fn together(subjects: &[Subject]) -> Result<Vec<Measured>, Box<dyn Error>> {
    let mut repeats = Vec::new();
    for subject in subjects {
        (subject.run)()?;
        let start = Instant::now();
        (subject.run)()?;
        repeats.push(start.elapsed());
    }
    let slowest = repeats.iter().max().copied().unwrap_or_default();
    let rounds = if slowest > SLOW { 3 } else { ROUNDS };
    let mut times = vec![Vec::new(); subjects.len()];
    for _ in 0..rounds {
        for ((subject, once), times) in subjects.iter().zip(&repeats).zip(&mut times) {
            times.push(turn(subject, *once)?);
        }
    }
    let measured = subjects.iter().zip(times).map(|(subject, rounds)| Measured {
        name: subject.name.clone(),
        work: subject.work,
        threads: subject.threads,
        rounds,
    });
    Ok(measured.collect())
}

/// Seconds of one call, as the mean of as many as fill a turn.
fn turn(subject: &Subject, once: Duration) -> Result<f64, Box<dyn Error>> {
    let calls = (TURN.as_secs_f64() / once.as_secs_f64().max(1e-9)).ceil().clamp(1.0, 1e6) as u32;
    let start = Instant::now();
    for _ in 0..calls {
        black_box((subject.run)()?);
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(calls))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}
