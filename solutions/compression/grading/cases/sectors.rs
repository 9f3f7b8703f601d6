//! A problem that a small model learns in a moment, and models for it.

use super::prelude::*;
use course_oracle::networks;

/// Points of a plane, and in which of three sectors they lie.
pub struct Sectors {
    start: f64,
}

impl Sectors {
    pub fn draw(draw: &mut Draw) -> Self {
        Self { start: draw.real(0.0, 6.0) }
    }

    pub fn points(&self, count: usize, draw: &mut Draw) -> (Array, Vec<usize>) {
        let mut points = Vec::new();
        let mut labels = Vec::new();
        for _ in 0..count {
            let label = draw.int(0..=2);
            // Not too near to the border.
            let part = (label as f64 + draw.real(0.1, 0.9)) / 3.0;
            let angle = self.start + std::f64::consts::TAU * part;
            let radius = draw.real(0.5, 1.5);
            points.extend([(radius * angle.cos()) as f32, (radius * angle.sin()) as f32]);
            labels.push(label);
        }
        (rows(&[count, 2], points), labels)
    }
}

/// An MLP of these sizes.
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
