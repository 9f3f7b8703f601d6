//! A classifier whose answers are known, for compressors that may lose some of them.

use super::prelude::*;
use crate::contract::{CompressedModel, ModelCompressor};
use course_oracle::nets::parameters;
use course_oracle::sectors::{Sectors, answers};
use grader_judge::{CallFailure, Failure};

/// One attempt, which hardly changes what pruning and sharing leave.
pub fn attempt(sparsity: f64, bits: u32) -> ModelCompressor {
    ModelCompressor {
        max_accuracy_loss: 1.0,
        sparsities: vec![sparsity],
        bits: vec![bits],
        epochs: 1,
        learning_rate: 1e-9,
        seed: 1,
    }
}

/// A classifier, points, and what it takes each of them for.
pub struct Known {
    pub network: Network,
    /// Pairs of coordinates.
    points: Vec<[f32; 2]>,
    answers: Vec<usize>,
}

pub const CLASSES: usize = 3;

fn arrays(network: &Network) -> Vec<Array> {
    let all = parameters(network).into_iter();
    all.map(|of| rows(&of.shape, of.numbers)).collect()
}

impl Known {
    /// Twelve hidden directions around the circle vote for the sector that they point to.
    pub fn draw(draw: &mut Draw) -> Self {
        const HIDDEN: usize = 12;
        let sectors = Sectors::draw(draw);
        let turn = std::f64::consts::TAU;
        let angles: Vec<f64> =
            (0..HIDDEN).map(|j| turn * (j as f64 + draw.real(0.0, 0.6)) / HIDDEN as f64).collect();
        let scales: Vec<f64> = (0..HIDDEN).map(|_| draw.real(0.5, 1.5)).collect();
        let pairs = || angles.iter().zip(&scales);
        let first = pairs().map(|(angle, scale)| scale * angle.cos());
        let first = first.chain(pairs().map(|(angle, scale)| scale * angle.sin()));
        let centre = |class: usize| sectors.start + turn * (class as f64 + 0.5) / CLASSES as f64;
        let vote = |(angle, scale): (&f64, &f64), class| (angle - centre(class)).cos() / scale;
        let second = pairs().flat_map(|pair| (0..CLASSES).map(move |class| vote(pair, class)));
        let floats =
            |numbers: &mut dyn Iterator<Item = f64>| Floats(numbers.map(|x| x as f32).collect());
        let weights = vec![
            floats(&mut first.into_iter()),
            floats(&mut (0..HIDDEN).map(|_| draw.real(0.0, 0.1))),
            floats(&mut second.into_iter()),
            floats(&mut (0..CLASSES).map(|_| draw.real(-0.1, 0.1))),
        ];
        let network = Network::Net(Net::Mlp(vec![2, HIDDEN, CLASSES], weights));
        Self::of(network, &sectors, draw)
    }

    pub fn of(network: Network, sectors: &Sectors, draw: &mut Draw) -> Self {
        let points: Vec<[f32; 2]> =
            sectors.points(400, draw).0.data.0.chunks(2).map(|pair| [pair[0], pair[1]]).collect();
        let answers = answers(&network, &arrays(&network), &points.concat());
        Self { network, points, answers }
    }

    /// Points with what the given classifier takes them for: its accuracy is 1.
    pub fn labelled(&self, places: &[usize]) -> (Array, Vec<usize>) {
        let points: Vec<f32> = places.iter().flat_map(|at| self.points[*at]).collect();
        (rows(&[places.len(), 2], points), places.iter().map(|at| self.answers[*at]).collect())
    }

    pub fn training(&self) -> (Array, Vec<usize>) {
        self.labelled(&(0..64).collect::<Vec<_>>())
    }

    /// Labels that are all wrong for the given classifier: nothing can be lost.
    pub fn without_loss(&self) -> (Array, Vec<usize>) {
        let (points, labels) = self.labelled(&(0..20).collect::<Vec<_>>());
        (points, labels.iter().map(|label| (label + 1) % CLASSES).collect())
    }

    pub fn compress(
        &self,
        code: &mut Client,
        how: ModelCompressor,
        validation: (Array, Vec<usize>),
    ) -> Result<CompressedModel, CallFailure> {
        code.compress(self.network.clone(), how, self.training(), validation)
    }

    /// One attempt that is accepted whatever it loses.
    pub fn tried(
        &self,
        code: &mut Client,
        how: ModelCompressor,
    ) -> Result<CompressedModel, Failure> {
        let got = self.compress(code, how, self.without_loss())?;
        check::equal("nothing is lost, so nothing should be refused", &got.error, &None)?;
        Ok(got)
    }

    /// Points that the classifier takes for the same as this one does, and the others.
    pub fn split(&self, of: &[Array]) -> (Vec<usize>, Vec<usize>) {
        let given = parameters(&self.network);
        let lengths = given.iter().map(|of| of.numbers.len());
        if !lengths.eq(of.iter().map(|of| of.data.0.len())) {
            return (Vec::new(), (0..self.points.len()).collect());
        }
        let answers = answers(&self.network, of, &self.points.concat());
        (0..self.points.len()).partition(|at| answers[*at] == self.answers[*at])
    }
}

/// A classifier whose small biases count, and are lost beside a large one when they become bytes.
pub fn with_a_large_bias(draw: &mut Draw) -> Known {
    let Known { network, .. } = Known::draw(draw);
    let Network::Net(Net::Mlp(sizes, mut weights)) = network else { unreachable!("an MLP") };
    let favoured = draw.int(0..=CLASSES - 1);
    let all_votes = weights[2].0.clone();
    for (bias, votes) in weights[1].0.iter_mut().zip(all_votes.chunks(CLASSES)) {
        *bias = if votes[favoured] > 0.0 { 0.2 } else { 0.0 };
    }
    // One direction has no vote any more, only a bias.
    let silent = draw.int(0..=11);
    weights[1].0[silent] = 90.0;
    weights[2].0[CLASSES * silent..][..CLASSES].fill(0.0);
    let network = Network::Net(Net::Mlp(sizes, weights));
    let sectors = Sectors::draw(draw);
    Known::of(network, &sectors, draw)
}

/// The accuracy before encoding is another one than that of the decoded model, at least once in three models.
#[test]
fn biases_that_become_bytes_change_answers() {
    let lost = |known: &Known| {
        let decoded = parameters(&known.network).into_iter().map(|of| {
            let numbers = super::encode::expected(&of, 8).iter().map(|x| *x as f32).collect();
            rows(&of.shape, numbers)
        });
        known.split(&decoded.collect::<Vec<_>>()).1.len()
    };
    for seed in 0..30 {
        let mut draw = Draw::new(seed, "biases");
        let all: usize = (0..3).map(|_| lost(&with_a_large_bias(&mut draw))).sum();
        assert!(all > 0, "seed {seed}");
    }
}
