//! Two sides that are measured in turn on one machine: its noise hits both, and a submission may add spread
//! of its own.

use crate::draws::DrawSequence;
use grader_timing::{
    Gate, GateDecision, GateVerdict, LOOKS, MeasurePlan, SampleClock, SamplePair, VerdictBasis,
    decision, is_look,
};

/// How the machine disturbs the logarithms of single samples, one after the other in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineNoise {
    /// Normal noise.
    Normal,
    /// Student's t with three degrees of freedom.
    HeavyTails,
    /// One sample in thirty takes up to several times as long.
    Outliers,
    /// One sample in ten takes three times as long.
    Hiccups,
    /// An exponential tail upwards.
    Skewed,
    /// Each sample repeats 60 % of the deviation of the one before.
    Correlated,
    /// A neighbour comes and goes, for eight pairs on average: then samples scatter five times as much.
    Bursts,
    /// The machine's speed wanders.
    Drift,
    /// The machine becomes slower all the time.
    Trend,
    /// The second sample of a pair is always the slower one.
    Position,
}

impl MachineNoise {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Normal,
        Self::HeavyTails,
        Self::Outliers,
        Self::Hiccups,
        Self::Skewed,
        Self::Correlated,
        Self::Bursts,
        Self::Drift,
        Self::Trend,
        Self::Position,
    ];
}

/// What the submission adds to the logarithms of its own samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OwnNoise {
    /// Nothing: as steady as the baseline.
    Steady,
    /// Normal scatter of this standard deviation.
    Scatter(f64),
    /// The first touch of its memory: the first eight samples take up to 1.4 times as long.
    FirstTouch,
    /// Every so many samples one takes so many times as long, all together in one run.
    Run(usize, f64),
    /// So many samples of 128, spread evenly, take so many times as long.
    Spread(usize, f64),
    /// The even samples take so many times as long.
    Even(f64),
    /// From this sample on it takes so many times as long.
    After(usize, f64),
    /// It becomes so many times slower from the first sample to the last.
    Grows(f64),
    /// A few giants hide many large ones: four samples take 1000 times as long, and so many `.0` take `.1` times.
    Giants(usize, f64),
    /// So many samples of 128 take a random time up to so many times as long, on a scale of logarithms.
    Ladder(usize, f64),
}

impl OwnNoise {
    fn log(self, pair: usize, draws: &mut DrawSequence) -> f64 {
        let slow = |is_slow: bool, times: f64| if is_slow { times.ln() } else { 0.0 };
        match self {
            Self::Steady => 0.0,
            Self::Scatter(scale) => scale * draws.normal(),
            Self::FirstTouch => slow(pair < 8, 1.4 - pair as f64 / 20.0),
            Self::Run(count, times) => slow((40..40 + count).contains(&pair), times),
            Self::Spread(count, times) => slow(pair * count % 128 < count, times),
            Self::Even(times) => slow(pair.is_multiple_of(2), times),
            Self::After(first, times) => slow(pair >= first, times),
            Self::Grows(times) => times.ln() * pair as f64 / 128.0,
            Self::Giants(..) if (40..44).contains(&pair) => 1000.0_f64.ln(),
            Self::Giants(count, times) => slow((44..44 + count).contains(&pair), times),
            Self::Ladder(count, times) => draws.uniform() * slow(pair * count % 128 < count, times),
        }
    }
}

/// One kind of measurement.
#[derive(Clone, Copy, Debug)]
pub struct MeasurementModel {
    /// What the machine does to both.
    pub machine: MachineNoise,
    /// By how much, as a logarithm.
    pub scale: f64,
    /// What the submission does beside.
    pub own: OwnNoise,
    /// How many times as fast as the baseline its fastest samples are, over the gate.
    pub speed: f64,
}

/// The state of the machine.
#[derive(Default)]
struct MachineState {
    before: f64,
    level: f64,
    is_loaded: bool,
}

impl MeasurementModel {
    fn noise(&self, state: &mut MachineState, is_second: bool, draws: &mut DrawSequence) -> f64 {
        let scale = self.scale;
        let steady = scale * draws.normal();
        match self.machine {
            MachineNoise::HeavyTails => {
                let chi: f64 = (0..3).map(|_| draws.normal().powi(2)).sum();
                steady / chi.sqrt()
            }
            MachineNoise::Outliers if draws.uniform() < 1.0 / 30.0 => steady + draws.exponential(),
            MachineNoise::Hiccups if draws.uniform() < 0.1 => steady + 3.0_f64.ln(),
            MachineNoise::Normal | MachineNoise::Outliers | MachineNoise::Hiccups => steady,
            MachineNoise::Skewed => scale * (draws.exponential() - 1.0),
            MachineNoise::Correlated => {
                state.before = 0.6 * state.before + 0.8 * steady;
                state.before
            }
            MachineNoise::Bursts => {
                state.is_loaded ^= draws.uniform() < 1.0 / 16.0;
                if state.is_loaded { 5.0 * steady } else { steady }
            }
            MachineNoise::Drift => {
                state.level += scale * draws.normal();
                state.level + steady
            }
            MachineNoise::Trend => {
                state.level += scale / 10.0;
                state.level + steady
            }
            MachineNoise::Position => steady + if is_second { scale } else { 0.0 },
        }
    }

    fn pair(
        &self,
        number: usize,
        state: &mut MachineState,
        draws: &mut DrawSequence,
    ) -> SamplePair {
        let first = self.noise(state, false, draws);
        let second = self.noise(state, true, draws);
        let (baseline, submission) =
            if number.is_multiple_of(2) { (first, second) } else { (second, first) };
        let own = self.own.log(number, draws);
        SamplePair {
            baseline: baseline.exp() * self.speed,
            submission: (submission + own).exp(),
            excess: 0.0,
            wall: [0.0; 2],
            threads: None,
        }
    }

    /// Measures as a launch does, at a gate of one, and once more if it stays undecided.
    pub fn judge(&self, draws: &mut DrawSequence) -> GateDecision {
        let first = self.launch(draws);
        if first.verdict == GateVerdict::Undecided { self.launch(draws) } else { first }
    }

    fn launch(&self, draws: &mut DrawSequence) -> GateDecision {
        let plan =
            MeasurePlan { gate: Gate::at_least(1.0).expect("a gate"), clock: SampleClock::Cpu };
        let mut state = MachineState::default();
        let mut pairs = Vec::new();
        loop {
            pairs.push(self.pair(pairs.len(), &mut state, draws));
            if !is_look(pairs.len()) {
                continue;
            }
            let decision = decision(&pairs, plan);
            if decision.verdict != GateVerdict::Undecided || pairs.len() == LOOKS[LOOKS.len() - 1] {
                return decision;
            }
        }
    }

    /// Judges `count` times.
    pub fn tally(&self, count: usize, seed: u64) -> SidesTally {
        let mut draws = DrawSequence::new(seed);
        (0..count).fold(SidesTally::default(), |tally, _| tally.with(self.judge(&mut draws)))
    }
}

/// What many verdicts came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SidesTally {
    /// Passes.
    pub passes: usize,
    /// Fails.
    pub fails: usize,
    /// Undecided ones.
    pub undecided: usize,
    /// Verdicts that rest on the typical pairs.
    pub typical: usize,
    /// Verdicts that rest on totals.
    pub totals: usize,
}

impl SidesTally {
    fn with(self, decision: GateDecision) -> Self {
        let is = |verdict| usize::from(decision.verdict == verdict);
        let on = |basis| usize::from(decision.basis == basis);
        Self {
            passes: self.passes + is(GateVerdict::Pass),
            fails: self.fails + is(GateVerdict::Fail),
            undecided: self.undecided + is(GateVerdict::Undecided),
            typical: self.typical + on(VerdictBasis::TypicalPairs),
            totals: self.totals + on(VerdictBasis::Totals),
        }
    }
}
