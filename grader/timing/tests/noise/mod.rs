//! Noise that measurements may have, and the whole procedure of judging on it.

use crate::draws::DrawSequence;
use grader_timing::{
    Gate, GateVerdict, LOOKS, MeasurePlan, SampleClock, SamplePair, decision, interval, is_look,
};

/// How the logarithms of single ratios scatter around the true one. All have mean zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatioNoise {
    /// What the t interval assumes.
    Normal,
    /// Student's t with three degrees of freedom: now and then ten standard deviations.
    HeavyTails,
    /// Normal; one sample in thirty takes up to several times as long.
    Outliers,
    /// An exponential tail to one side only.
    Skewed,
    /// Each pair repeats 30 % of the deviation of the one before.
    Correlated,
    /// Each pair repeats 60 % of it.
    StronglyCorrelated,
    /// A neighbour comes and goes, for eight pairs on average: then the scatter is five times as
    /// wide.
    Bursts,
    /// The machine's speed wanders between any two samples.
    Drift,
    /// The machine becomes slower all the time, as much with each sample as single samples scatter.
    Trend,
    /// The second sample of a pair is always the slower one, by as much as samples scatter.
    Position,
}

impl RatioNoise {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Normal,
        Self::HeavyTails,
        Self::Outliers,
        Self::Skewed,
        Self::Correlated,
        Self::StronglyCorrelated,
        Self::Bursts,
        Self::Drift,
        Self::Trend,
        Self::Position,
    ];
}

/// Draws the deviations of one measurement's pairs, in order.
pub struct NoiseSource {
    draws: DrawSequence,
    noise: RatioNoise,
    scale: f64,
    pair: usize,
    before: f64,
    loaded: bool,
}

impl NoiseSource {
    /// Deviations of one kind, of standard deviation `scale` or near it.
    pub fn new(noise: RatioNoise, scale: f64, seed: u64) -> Self {
        Self { draws: DrawSequence::new(seed), noise, scale, pair: 0, before: 0.0, loaded: false }
    }

    /// A new measurement of the same kind.
    pub fn restart(&mut self) {
        self.pair = 0;
        self.before = 0.0;
    }

    /// How much longer a sample took that was disturbed, as a logarithm.
    fn outlier(&mut self) -> f64 {
        if self.draws.uniform() < 1.0 / 30.0 { self.draws.exponential() } else { 0.0 }
    }

    fn correlated(&mut self, share: f64) -> f64 {
        self.before = share * self.before + (1.0 - share * share).sqrt() * self.draws.normal();
        self.before
    }

    /// The next pair's deviation.
    pub fn next(&mut self) -> f64 {
        let order = if self.pair.is_multiple_of(2) { 1.0 } else { -1.0 };
        self.pair += 1;
        let unit = match self.noise {
            RatioNoise::Normal => self.draws.normal(),
            RatioNoise::HeavyTails => {
                let chi: f64 = (0..3).map(|_| self.draws.normal().powi(2)).sum();
                // The variance of this t distribution is three.
                self.draws.normal() / (chi / 3.0).sqrt() / 3.0_f64.sqrt()
            }
            RatioNoise::Outliers => {
                return self.scale * self.draws.normal() + self.outlier() - self.outlier();
            }
            RatioNoise::Skewed => self.draws.exponential() - 1.0,
            RatioNoise::Correlated => self.correlated(0.3),
            RatioNoise::StronglyCorrelated => self.correlated(0.6),
            RatioNoise::Bursts => {
                self.loaded ^= self.draws.uniform() < 1.0 / 8.0;
                self.draws.normal() * if self.loaded { 5.0 } else { 1.0 } / 13.0_f64.sqrt()
            }
            RatioNoise::Drift => {
                (self.draws.normal() + order * self.draws.normal()) / 2.0_f64.sqrt()
            }
            RatioNoise::Trend | RatioNoise::Position => self.draws.normal() + order,
        };
        self.scale * unit
    }
}

/// Judges a true ratio against a gate `margin` away from it (as a logarithm, positive when the
/// truth is above), once more if it stays undecided: the verdict and the pairs it took.
pub fn judge(source: &mut NoiseSource, margin: f64) -> (GateVerdict, usize) {
    let gate = Gate::at_least(1.0).expect("a gate");
    let plan = MeasurePlan { gate, clock: SampleClock::Cpu };
    let mut measured = 0;
    for _ in 0..2 {
        source.restart();
        let mut pairs = Vec::with_capacity(LOOKS[LOOKS.len() - 1]);
        while pairs.len() < LOOKS[LOOKS.len() - 1] {
            pairs.push(pair(margin, source.next()));
            measured += 1;
            if !is_look(pairs.len()) {
                continue;
            }
            let verdict = decision(&pairs, plan).verdict;
            if verdict != GateVerdict::Undecided {
                return (verdict, measured);
            }
        }
    }
    (GateVerdict::Undecided, measured)
}

/// A pair whose ratio deviates by this much, half of it on each side: the spread is nobody's own.
fn pair(margin: f64, deviation: f64) -> SamplePair {
    let half = (deviation / 2.0).exp();
    SamplePair {
        baseline: margin.exp() * half,
        submission: 1.0 / half,
        excess: 0.0,
        wall: [0.0; 2],
        threads: None,
    }
}

/// Whether the interval holds the truth at every look of one measurement.
pub fn covers(source: &mut NoiseSource) -> bool {
    source.restart();
    let mut logs = Vec::new();
    while logs.len() < LOOKS[LOOKS.len() - 1] {
        logs.push(source.next());
        if is_look(logs.len()) {
            let holds = interval(&logs).is_some_and(|ratio| ratio.low <= 1.0 && 1.0 <= ratio.high);
            if !holds {
                return false;
            }
        }
    }
    true
}

/// What many verdicts came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct VerdictTally {
    /// Verdicts.
    pub all: u64,
    /// Passes.
    pub passes: u64,
    /// Fails.
    pub fails: u64,
    /// Pairs measured.
    pub pairs: u64,
}

impl VerdictTally {
    /// Judges `count` times.
    pub fn of(noise: RatioNoise, scale: f64, margin: f64, count: u64, seed: u64) -> Self {
        let mut source = NoiseSource::new(noise, scale, seed);
        let mut tally = Self { all: count, ..Self::default() };
        for _ in 0..count {
            let (end, pairs) = judge(&mut source, margin);
            tally.passes += u64::from(end == GateVerdict::Pass);
            tally.fails += u64::from(end == GateVerdict::Fail);
            tally.pairs += pairs as u64;
        }
        tally
    }

    /// The share of `count` in all, in percent.
    pub fn percent(&self, count: u64) -> f64 {
        100.0 * count as f64 / self.all as f64
    }
}
