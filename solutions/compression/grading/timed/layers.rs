//! Sparse layers that are timed, beside the dense product.

use crate::contract::{TimedInput, TimedLayer, TimedOutput};
use course_data::Array;
use course_oracle::rows;
use grader_judge::{CallBatch, CaseVerdict, Draw, Failure, Workload, check, wrong};
use grader_protocol::{Floats, timed as wire};

/// What is measured, always with 1024 inputs and 1024 outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// One row, 95 % zeros.
    Row,
    /// 64 rows, 95 % zeros.
    Rows,
    /// One row, 87 % of the blocks of 16 outputs zeros.
    Blocks,
}

const SIDE: usize = 1024;
/// Outputs in a block.
const BLOCK: usize = 16;
/// Layers of other sizes that are asked beside the timed one.
const OTHERS: usize = 3;
/// Of so many pairs, one has nothing asked beside it.
const ALONE_ONE_OF: usize = 4;
/// A number of a layer or an input is a unit times an integer up to this, so that the sum of 1024 products and a bias is exact in
/// `f32`, in whatever order it is added.
const LARGEST: usize = 64;
/// A drawn factor of an output is less. So all sums of a verification stay below 2^53.
const FACTORS: usize = 1 << 16;
const MESSAGE: &str = "the layer should be right while it is timed, too";

impl LayerKind {
    const fn rows(self) -> usize {
        if matches!(self, Self::Rows) { 64 } else { 1 }
    }

    /// Neighbouring outputs that are zero together.
    const fn block(self) -> usize {
        if matches!(self, Self::Blocks) { BLOCK } else { 1 }
    }

    const fn sparsity(self) -> f64 {
        if matches!(self, Self::Blocks) { 0.87 } else { 0.95 }
    }
}

/// A layer as the judge knows it, in units.
struct KnownLayer {
    inputs: usize,
    outputs: usize,
    /// Input, output and integer of each weight that is not 0.
    weights: Vec<(u16, u16, i8)>,
    bias: Vec<i8>,
    /// What an integer stands for: a power of two.
    unit: f32,
}

impl KnownLayer {
    fn draw(draw: &mut Draw, kind: LayerKind, [inputs, outputs]: [usize; 2]) -> Self {
        let mut weights = Vec::new();
        for input in 0..inputs {
            for first in (0..outputs).step_by(kind.block()) {
                if draw.real(0.0, 1.0) < kind.sparsity() {
                    continue;
                }
                let block = first..outputs.min(first + kind.block());
                weights.extend(block.map(|output| (input as u16, output as u16, integer(draw))));
            }
        }
        let bias = (0..outputs).map(|_| integer(draw)).collect();
        let unit = 2.0_f32.powi(-(draw.int(0..=6) as i32));
        Self { inputs, outputs, weights, bias, unit }
    }

    /// What a submission gets.
    fn wired(&self) -> TimedLayer {
        let mut numbers = vec![0.0; self.inputs * self.outputs];
        for (input, output, integer) in &self.weights {
            let at = usize::from(*input) * self.outputs + usize::from(*output);
            numbers[at] = f32::from(*integer) * self.unit;
        }
        // Inputs are integers, so that products and biases have the same unit.
        let bias = self.bias.iter().map(|integer| f32::from(*integer) * self.unit).collect();
        TimedLayer { weight: rows(&[self.inputs, self.outputs], numbers), bias: Floats(bias) }
    }

    /// Multiplies the outputs by factors that are drawn once the answer is there and adds them up: that has to be the product of
    /// the input with one column, the sum of all columns times their factors. All of it are integers, and exact. Wrong
    /// outputs are overlooked if their errors cancel: one time in 65,536.
    fn verify(&self, draw: &mut Draw, input: &[f32], output: &TimedOutput) -> CaseVerdict {
        let (array, has_bias) = match output {
            TimedOutput::Dense(array) => (array, false),
            TimedOutput::Sparse(array) => (array, true),
        };
        let shape = vec![input.len() / self.inputs, self.outputs];
        check::equal(MESSAGE, &array.shape, &shape)?;
        check::equal(MESSAGE, &array.data.0.len(), &(shape[0] * shape[1]))?;
        let factors: Vec<f64> =
            (0..self.outputs).map(|_| draw.int(1..=FACTORS - 1) as f64).collect();
        let mut column = vec![0.0; self.inputs];
        for (at, output, integer) in &self.weights {
            column[usize::from(*at)] += f64::from(*integer) * factors[usize::from(*output)];
        }
        let biases = self.bias.iter().zip(&factors);
        let bias: f64 = biases.map(|(integer, factor)| f64::from(*integer) * factor).sum();
        let unit = f64::from(self.unit);
        let sum = |numbers: &[f32], factors: &[f64]| -> f64 {
            numbers.iter().zip(factors).map(|(x, factor)| f64::from(*x) * factor).sum()
        };
        let pairs = input.chunks_exact(self.inputs).zip(array.data.0.chunks_exact(self.outputs));
        for (input, output) in pairs {
            let expected = unit * (sum(input, &column) + if has_bias { bias } else { 0.0 });
            let got = sum(output, &factors);
            check::that(got == expected, MESSAGE, || format!("got {got:e}, not {expected:e}"))?;
        }
        Ok(())
    }
}

/// An integer that is not 0, up to [`LARGEST`].
fn integer(draw: &mut Draw) -> i8 {
    let size = draw.int(1..=LARGEST) as i8;
    if draw.int(0..=1) == 0 { size } else { -size }
}

/// An input, and the place of its layer.
struct Asked {
    layer: usize,
    input: Vec<f32>,
}

/// Fresh inputs for layers that are drawn once a measurement.
///
/// The weights are known before the clock starts, as to everybody who serves a model: bringing them into a form that is fast to
/// read is not what is measured. Nothing of an input is known before but its shape, and layers of other sizes are asked at
/// times that are drawn.
pub struct Layers {
    draw: Draw,
    kind: LayerKind,
    /// The timed layer, then others.
    known: Vec<KnownLayer>,
    /// Them all, encoded.
    state: Vec<u8>,
    asked: Vec<Asked>,
}

impl Layers {
    pub fn new(mut draw: Draw, kind: LayerKind) -> Self {
        let mut known = vec![KnownLayer::draw(&mut draw, kind, [SIDE, SIDE])];
        for _ in 0..OTHERS {
            let sizes = [draw.int(1..=SIDE), draw.int(1..=200)];
            known.push(KnownLayer::draw(&mut draw, kind, sizes));
        }
        let wired: Vec<TimedLayer> = known.iter().map(KnownLayer::wired).collect();
        Self { draw, kind, known, state: wire::to_bytes(&wired), asked: Vec::new() }
    }

    /// So many inputs of one layer.
    fn batch_of(&mut self, layer: usize, rows_of_each: usize, calls: usize) -> CallBatch {
        let inputs = self.known[layer].inputs;
        let draw = &mut self.draw;
        let mut input = || (0..rows_of_each * inputs).map(|_| f32::from(integer(draw))).collect();
        self.asked = (0..calls).map(|_| Asked { layer, input: input() }).collect();
        let encoded = |Asked { layer, input }: &Asked| {
            let input: Array = rows(&[rows_of_each, inputs], input.clone());
            wire::to_bytes(&TimedInput { layer: *layer, input })
        };
        let inputs = self.asked.iter().map(encoded).collect();
        CallBatch { set_up: Some(self.state.clone()), inputs }
    }
}

impl Workload for Layers {
    type Wrong = Failure;

    fn batch(&mut self, calls: usize) -> CallBatch {
        self.batch_of(0, self.kind.rows(), calls)
    }

    fn aside(&mut self) -> Option<CallBatch> {
        if self.draw.int(1..=ALONE_ONE_OF) == 1 {
            return None;
        }
        let layer = self.draw.int(0..=self.known.len() - 1);
        let rows = self.draw.int(1..=self.kind.rows() + 1);
        Some(self.batch_of(layer, rows, 1))
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> CaseVerdict {
        for (output, Asked { layer, input }) in outputs.iter().zip(&self.asked) {
            let decoded: Option<TimedOutput> = wire::from_bytes(output);
            let decoded = decoded.ok_or_else(|| wrong(MESSAGE, "no tensor"))?;
            self.known[*layer].verify(&mut self.draw, input, &decoded)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer of a plain loop, with a mistake if asked for.
    fn answered(layers: &Layers, wrong_at: Option<usize>) -> Vec<Vec<u8>> {
        let answer = |Asked { layer, input }: &Asked| {
            let known = &layers.known[*layer];
            let TimedLayer { weight, bias } = known.wired();
            let mut output = Vec::new();
            for row in input.chunks_exact(known.inputs) {
                let mut sums = bias.0.clone();
                for (x, weights) in row.iter().zip(weight.data.0.chunks_exact(known.outputs)) {
                    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += x * weight);
                }
                output.extend(sums);
            }
            if let Some(at) = wrong_at {
                let len = output.len();
                output[at % len] += known.unit;
            }
            let shape = [input.len() / known.inputs, known.outputs];
            wire::to_bytes(&TimedOutput::Sparse(rows(&shape, output)))
        };
        layers.asked.iter().map(answer).collect()
    }

    #[test]
    fn right_answers_pass_and_the_smallest_mistake_does_not() {
        for kind in [LayerKind::Row, LayerKind::Rows, LayerKind::Blocks] {
            let mut layers = Layers::new(Draw::new(5, "layers"), kind);
            layers.batch(2);
            let right = answered(&layers, None);
            assert!(layers.verify(&right).is_ok());
            for at in [0, 17, 1023] {
                let mistaken = answered(&layers, Some(at));
                assert!(layers.verify(&mistaken).is_err(), "{kind:?} at {at}");
            }
            for _ in 0..8 {
                if layers.aside().is_some() {
                    let right = answered(&layers, None);
                    assert!(layers.verify(&right).is_ok());
                }
            }
        }
    }

    #[test]
    fn layers_are_as_sparse_as_they_say() {
        for (kind, expected) in [(LayerKind::Row, 0.95), (LayerKind::Blocks, 0.87)] {
            let layers = Layers::new(Draw::new(6, "layers"), kind);
            let share = layers.known[0].weights.len() as f64 / (SIDE * SIDE) as f64;
            assert!((1.0 - share - expected).abs() < 0.01, "{share}");
        }
    }
}
