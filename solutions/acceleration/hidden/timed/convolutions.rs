//! Convolutions of new images, verified without convolving again.

use super::super::contract::{Array, Window};
use super::super::oracle::{convolution, product};
use super::numbers;
use grader_judge::{Batch, Draw, Failure, Verdict, Workload, check, wrong};
use grader_protocol::{Floats, timed as wire};

/// Channels, height and width of an image. No power of two across, so that no cache is unlucky.
const IMAGE: [usize; 3] = [32, 30, 30];
const FILTERS: usize = 64;
const KERNEL: usize = 3;
/// The output is as large as the image.
const PADDING: usize = 1;
/// Elements of an output that are computed again.
const SAMPLED: usize = 24;

const MESSAGE: &str = "the convolution should be right while it is timed, too";

/// One image and its filters, row by row.
struct Operands {
    image: Vec<f32>,
    weight: Vec<f32>,
}

/// Draws images and filters.
pub struct Convolutions {
    draw: Draw,
    asked: Vec<Operands>,
}

impl Convolutions {
    pub fn new(draw: Draw) -> Self {
        Self { draw, asked: Vec::new() }
    }
}

impl Workload for Convolutions {
    type Wrong = Failure;

    fn batch(&mut self, calls: usize) -> Batch {
        let weights = FILTERS * IMAGE[0] * KERNEL * KERNEL;
        let mut draw = |_| Operands {
            image: numbers(&mut self.draw, IMAGE.iter().product()),
            weight: numbers(&mut self.draw, weights),
        };
        self.asked = (0..calls).map(&mut draw).collect();
        let [c, h, w] = IMAGE;
        let encoded = |one: &Operands| {
            let (image, weight) = (Floats(one.image.clone()), Floats(one.weight.clone()));
            wire::to_bytes(&([1, c, h, w], image, [FILTERS, c, KERNEL, KERNEL], weight, PADDING))
        };
        Batch { set_up: None, inputs: self.asked.iter().map(encoded).collect() }
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> Verdict {
        for (output, operands) in outputs.iter().zip(&self.asked) {
            let decoded: Option<(Vec<usize>, Floats)> = wire::from_bytes(output);
            let (shape, Floats(data)) = decoded.ok_or_else(|| wrong(MESSAGE, "no tensor"))?;
            check::equal(MESSAGE, &shape, &vec![1, FILTERS, IMAGE[1], IMAGE[2]])?;
            check::equal(MESSAGE, &data.len(), &(FILTERS * IMAGE[1] * IMAGE[2]))?;
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
/// One part in [`FILTERS`] of a convolution, and a look at each element.
///
/// Source: the idea of Freivalds, "Probabilistic Machines Can Use Less Running Time" (1977).
fn verify(draw: &mut Draw, operands: &Operands, got: &[f32]) -> Verdict {
    let image =
        Array { shape: IMAGE.to_vec(), data: operands.image.clone(), axes: Vec::new() };
    let window = Window { stride: (1, 1), padding: (PADDING, PADDING) };
    let ((terms, positions), columns) = convolution::columns(&image, (KERNEL, KERNEL), window);
    let signs: Vec<f64> = (0..FILTERS).map(|_| *draw.pick(&[-1.0, 1.0])).collect();
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
        let (filter, at) = (draw.int(0..=FILTERS - 1), draw.int(0..=positions - 1));
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

    fn answered(spoil: impl Fn(&mut [f32])) -> Verdict {
        let mut work = Convolutions::new(Draw::new(7, "verify"));
        let batch = work.batch(1);
        assert_eq!(batch.inputs.len(), 1);
        let one = &work.asked[0];
        let array = |data: &[f32], shape: &[usize]| Array {
            shape: shape.to_vec(),
            data: data.to_vec(),
            axes: Vec::new(),
        };
        let [c, h, w] = IMAGE;
        let window = Window { stride: (1, 1), padding: (PADDING, PADDING) };
        let input = array(&one.image, &[1, c, h, w]);
        let weight = array(&one.weight, &[FILTERS, c, KERNEL, KERNEL]);
        let (shape, exact) = convolution::convolve(&input, &weight, window);
        let mut data: Vec<f32> = exact.iter().map(|exact| exact.value as f32).collect();
        spoil(&mut data);
        work.verify(&[wire::to_bytes(&(shape, Floats(data)))])
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
