//! A problem that a small model learns in a moment, models for it, and what training did to them.

use crate::{networks, rows, wide};
use course_data::{Array, Net, Network};
use grader_judge::{CaseVerdict, Draw, check};
use grader_protocol::Floats;

/// Points of a plane, and in which of three sectors around a direction they lie.
pub struct Sectors {
    /// The direction, in radians.
    pub start: f64,
}

impl Sectors {
    /// Around a drawn direction.
    pub fn draw(draw: &mut Draw) -> Self {
        Self { start: draw.real(0.0, 6.0) }
    }

    /// Drawn points `[count, 2]`, and the sector of each.
    pub fn points(&self, count: usize, draw: &mut Draw) -> (Array, Vec<usize>) {
        let turn = std::f64::consts::TAU;
        let mut points = Vec::new();
        let mut labels = Vec::new();
        for _ in 0..count {
            let label = draw.int(0..=2);
            // Not too near to the border.
            let angle = self.start + turn * (label as f64 + draw.real(0.1, 0.9)) / 3.0;
            let radius = draw.real(0.5, 1.5);
            points.extend([(radius * angle.cos()) as f32, (radius * angle.sin()) as f32]);
            labels.push(label);
        }
        (rows(&[count, 2], points), labels)
    }
}

/// An MLP of these sizes with drawn weights.
pub fn mlp(sizes: &[usize], draw: &mut Draw) -> Network {
    Network::Net(networks::drawn(Net::Mlp(sizes.to_vec(), Vec::new()), draw))
}

/// A single layer of 3 inputs that gives each of 4 classes about the same score.
pub fn nearly_silent(draw: &mut Draw) -> Network {
    let weights = vec![
        Floats((0..12).map(|_| draw.normal() as f32 * 0.01).collect()),
        Floats((0..4).map(|_| draw.normal() as f32 * 0.01).collect()),
    ];
    Network::Net(Net::Mlp(vec![3, 4], weights))
}

/// Which of three sectors a classifier with these parameters puts each point into.
///
/// # Panics
/// For a GPT or a trained network.
pub fn answers(network: &Network, parameters: &[Array], points: &[f32]) -> Vec<usize> {
    let Network::Net(classifier) = network else { panic!("{network:?} is no classifier") };
    let numbers: Vec<Vec<f64>> = parameters.iter().map(|of| wide(&of.data.0)).collect();
    let scores = networks::forward(classifier, &numbers, points);
    let best = |row: &[f64]| {
        (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best })
    };
    scores.chunks(3).map(best).collect()
}

/// How many points a classifier with these parameters puts where their labels say.
///
/// # Panics
/// Like [`answers`].
pub fn right_answers(
    network: &Network,
    parameters: &[Array],
    (inputs, labels): &(Array, Vec<usize>),
) -> usize {
    let answers = answers(network, parameters, &inputs.data.0);
    answers.iter().zip(labels).filter(|(answer, label)| answer == label).count()
}

/// How far training moved the bias of class 1 in a [`nearly_silent`] network. If that class alone occurs, the bias moves by the
/// learning rate in each step of Adam, and the rates are so small that nothing else changes.
pub fn bias_movement(before: &Network, after: &[Array]) -> f64 {
    let before = crate::nets::parameters(before).pop().map(|bias| bias.numbers[1]);
    let after = after.last().and_then(|bias| bias.data.0.get(1)).copied().unwrap_or(f32::NAN);
    f64::from(after) - f64::from(before.unwrap_or_default())
}

/// Passes when a repetition with the same seed gave the same bits, and one with another seed others.
///
/// # Errors
/// A failure otherwise.
pub fn depends_on_the_seed(first: &[Array], second: &[Array], other: &[Array]) -> CaseVerdict {
    check::equal("the same seed should give the same bits", &second, &first)?;
    let message = "another seed should shuffle the data in another way";
    check::that(other != first, message, || format!("{first:?}"))
}
