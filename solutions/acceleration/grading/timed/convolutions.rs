//! Convolutions of new images, verified without convolving again.

use super::{ALONE_ONE_OF, numbers};
use crate::contract::{Array, ConvolutionInput, Window};
use crate::oracle::{convolution, product};
use grader_judge::{CallBatch, CaseVerdict, Draw, Failure, Workload, check, wrong};
use grader_protocol::{Floats, timed as wire};

/// What is convolved with what. Strides are 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sizes {
    /// Channels, height and width of an image.
    image: [usize; 3],
    filters: usize,
    /// Height and width of a filter.
    kernel: usize,
    padding: usize,
}

/// What is timed. No power of two across, so that no cache is unlucky; the output is as large as the image.
const TIMED: Sizes = Sizes { image: [32, 30, 30], filters: 64, kernel: 3, padding: 1 };

impl Sizes {
    /// Height and width of an output.
    fn output(self) -> [usize; 2] {
        [1, 2].map(|axis| self.image[axis] + 2 * self.padding + 1 - self.kernel)
    }

    /// Numbers of a filter.
    const fn terms(self) -> usize {
        self.image[0] * self.kernel * self.kernel
    }
}

/// Elements of an output that are computed again.
const SAMPLED: usize = 24;

const MESSAGE: &str = "the convolution should be right while it is timed, too";

/// One image and its filters, row by row.
struct Operands {
    sizes: Sizes,
    image: Vec<f32>,
    weight: Vec<f32>,
}

/// A tensor that is no view.
fn plain(data: &[f32], shape: &[usize]) -> Array {
    Array { shape: shape.to_vec(), data: Floats(data.to_vec()), axes: Vec::new() }
}

/// Draws images and filters. Those of other sizes are asked beside, at times that are drawn.
pub struct Convolutions {
    draw: Draw,
    asked: Vec<Operands>,
}

impl Convolutions {
    pub fn new(draw: Draw) -> Self {
        Self { draw, asked: Vec::new() }
    }

    fn of_sizes(&mut self, all: Vec<Sizes>) -> CallBatch {
        let mut draw = |sizes: Sizes| Operands {
            sizes,
            image: numbers(&mut self.draw, sizes.image.iter().product()),
            weight: numbers(&mut self.draw, sizes.filters * sizes.terms()),
        };
        self.asked = all.into_iter().map(&mut draw).collect();
        let encoded = |one: &Operands| {
            let Sizes { image: [c, h, w], filters, kernel, padding } = one.sizes;
            let image = plain(&one.image, &[1, c, h, w]);
            let weight = plain(&one.weight, &[filters, c, kernel, kernel]);
            wire::to_bytes(&ConvolutionInput { image, weight, padding })
        };
        CallBatch { set_up: None, inputs: self.asked.iter().map(encoded).collect() }
    }

    /// Other sizes than the timed ones.
    fn other(&mut self) -> Sizes {
        Sizes {
            image: [1, 3, 3].map(|least| self.draw.int(least..=34)),
            filters: self.draw.int(1..=70),
            kernel: self.draw.int(1..=3),
            padding: self.draw.int(0..=2),
        }
    }
}

impl Workload for Convolutions {
    type Wrong = Failure;

    fn batch(&mut self, calls: usize) -> CallBatch {
        self.of_sizes(vec![TIMED; calls])
    }

    fn aside(&mut self) -> Option<CallBatch> {
        if self.draw.int(1..=ALONE_ONE_OF) == 1 {
            return None;
        }
        let sizes = self.other();
        Some(self.of_sizes(vec![sizes]))
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> CaseVerdict {
        for (output, operands) in outputs.iter().zip(&self.asked) {
            let decoded: Option<Array> = wire::from_bytes(output);
            let Array { shape, data: Floats(data), .. } =
                decoded.ok_or_else(|| wrong(MESSAGE, "no tensor"))?;
            let [height, width] = operands.sizes.output();
            let filters = operands.sizes.filters;
            check::equal(MESSAGE, &shape, &vec![1, filters, height, width])?;
            check::equal(MESSAGE, &data.len(), &(filters * height * width))?;
            verify(&mut self.draw, operands, &data)?;
        }
        Ok(())
    }
}

/// Draws a random sign for each filter after the answer has arrived. The outputs, added up with these
/// signs, must equal the convolution with the signed sum of the filters: one filter instead of many.
/// An error in one filter is detected with a probability of one half at each position. To detect
/// errors within the rounding of such sums, some elements are recomputed.
///
/// # Cost
/// A convolution with one filter, and a look at each element.
///
/// Source: the idea of Freivalds, "Probabilistic Machines Can Use Less Running Time" (1977).
fn verify(draw: &mut Draw, operands: &Operands, got: &[f32]) -> CaseVerdict {
    let Sizes { image, filters, kernel, padding } = operands.sizes;
    let image =
        Array { shape: image.to_vec(), data: Floats(operands.image.clone()), axes: Vec::new() };
    let window = Window { stride: (1, 1), padding: (padding, padding) };
    let ((terms, positions), columns) = convolution::columns(&image, (kernel, kernel), window);
    let signs: Vec<f64> = (0..filters).map(|_| *draw.pick(&[-1.0, 1.0])).collect();
    let (filter, filter_size) = summed(&operands.weight, terms, &signs);
    let (sums, _) = summed(got, positions, &signs);
    // Row by row of the columns, for contiguous reads.
    let (mut expected, mut magnitude) = (vec![0.0; positions], vec![0.0; positions]);
    for (row, pixels) in columns.chunks_exact(positions).enumerate() {
        for (at, pixel) in pixels.iter().enumerate() {
            let pixel = f64::from(*pixel);
            expected[at] += filter[row] * pixel;
            magnitude[at] += filter_size[row] * pixel.abs();
        }
    }
    for at in 0..positions {
        let (off, bound) = ((sums[at] - expected[at]).abs(), product::gamma(terms) * magnitude[at]);
        // Written so that NaN counts as wrong.
        let right = off <= bound;
        let tell = || format!("position {at} is off by {off:e}, allowed {bound:e}");
        check::that(right, MESSAGE, tell)?;
    }
    for _ in 0..SAMPLED {
        let (filter, at) = (draw.int(0..=filters - 1), draw.int(0..=positions - 1));
        let weight = &operands.weight[filter * terms..][..terms];
        let products = weight
            .iter()
            .enumerate()
            .map(|(row, x)| f64::from(*x) * f64::from(columns[row * positions + at]));
        let exact = product::sum(products);
        product::elements_agree(MESSAGE, &[got[filter * positions + at]], &[exact], terms)?;
    }
    Ok(())
}

/// The sum of a matrix's rows, each times its sign, and the sum of their absolute values.
fn summed(data: &[f32], columns: usize, signs: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut sums, mut sizes) = (vec![0.0; columns], vec![0.0; columns]);
    for (row, sign) in data.chunks_exact(columns).zip(signs) {
        for ((sum, size), x) in sums.iter_mut().zip(&mut sizes).zip(row) {
            let x = f64::from(*x);
            *sum += x * sign;
            *size += x.abs();
        }
    }
    (sums, sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right answer to the last question, spoilt.
    fn answer(one: &Operands, spoil: impl Fn(&mut [f32])) -> Vec<u8> {
        let Sizes { image: [c, h, w], filters, kernel, padding } = one.sizes;
        let window = Window { stride: (1, 1), padding: (padding, padding) };
        let input = plain(&one.image, &[1, c, h, w]);
        let weight = plain(&one.weight, &[filters, c, kernel, kernel]);
        let (shape, exact) = convolution::convolve(&input, &weight, window);
        let mut data: Vec<f32> = exact.iter().map(|exact| exact.value as f32).collect();
        spoil(&mut data);
        wire::to_bytes(&Array { shape, data: Floats(data), axes: Vec::new() })
    }

    fn answered(spoil: impl Fn(&mut [f32])) -> CaseVerdict {
        let mut work = Convolutions::new(Draw::new(7, "verify"));
        let batch = work.batch(1);
        assert_eq!(batch.inputs.len(), 1);
        let output = answer(&work.asked[0], spoil);
        work.verify(&[output])
    }

    #[test]
    fn what_is_asked_beside_has_other_sizes_and_is_verified() {
        let mut work = Convolutions::new(Draw::new(7, "verify"));
        for _ in 0..8 {
            let Some(aside) = work.aside() else { continue };
            assert_eq!(aside.inputs.len(), 1);
            assert_ne!(work.asked[0].sizes, TIMED);
            let output = answer(&work.asked[0], |_| ());
            work.verify(&[output]).unwrap();
            let spoilt = answer(&work.asked[0], |data| data[0] += 0.5);
            // A sign drawn for each filter never cancels one wrong element.
            assert!(work.verify(&[spoilt]).is_err());
        }
    }

    #[test]
    fn a_convolution_is_right() {
        answered(|_| ()).unwrap();
    }

    #[test]
    fn one_wrong_element_of_a_convolution_is_seen() {
        assert!(answered(|data| data[20_000] += 0.5).is_err());
        assert!(answered(|data| data[57_599] = f32::NAN).is_err());
    }

    #[test]
    fn filters_in_another_order_are_seen() {
        assert!(answered(|data| data.rotate_right(900)).is_err());
    }
}
