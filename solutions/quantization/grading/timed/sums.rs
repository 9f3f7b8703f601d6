//! A layer's outputs, verified in far less than the time of computing them.

use super::layers::Sizes;
use crate::oracle::dynamic::{self, Coded};
use grader_judge::{CaseVerdict, Draw, check};

pub const MESSAGE: &str = "the layer should be right while it is timed, too";

/// A drawn factor of an output is less.
const FACTORS: usize = 1 << 16;

/// A layer as the judge knows it: a linear layer is a convolution of images of one pixel.
pub struct KnownLayer {
    sizes: Sizes,
    /// Filter by filter.
    weight: Vec<f32>,
    coded: Vec<Coded>,
    bias: Vec<f32>,
}

/// What one check of an output compares, pixel by pixel.
struct Compared {
    /// The input, 0 where the image ends.
    input: Vec<f64>,
    /// Filter by filter.
    weight: Vec<f64>,
    /// The sums of the output.
    sums: Vec<f64>,
    /// The allowed error, as a fraction of the magnitude of a sum.
    error: f64,
}

impl KnownLayer {
    pub fn new(sizes: Sizes, weight: Vec<f32>, bias: Vec<f32>) -> Self {
        let coded = weight.chunks_exact(sizes.terms()).map(dynamic::weights).collect();
        Self { sizes, weight, coded, bias }
    }

    /// Verifies an output of `f32`, which has no bias.
    pub fn verify_floats(&self, draw: &mut Draw, input: &[f32], output: &[f32]) -> CaseVerdict {
        let wide = |numbers: &[f32]| numbers.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
        let [input, weight, sums] = [input, &self.weight, output].map(wide);
        let error = self.sizes.terms() as f64 * f64::from(f32::EPSILON);
        self.verify(draw, &Compared { input, weight, sums, error })
    }

    /// Verifies an output of a layer of bytes, to the last bit.
    pub fn verify_bytes(&self, draw: &mut Draw, input: &[f32], output: &[f32]) -> CaseVerdict {
        let coded = dynamic::input(input);
        let sums = self.integer_sums(coded.scale, output)?;
        let input = coded.codes.iter().map(|code| (code - coded.zero_point) as f64).collect();
        let weight = self.coded.iter().flat_map(|filter| &filter.codes).map(|code| *code as f64);
        self.verify(draw, &Compared { input, weight: weight.collect(), sums, error: 0.0 })
    }

    /// The integers of which the outputs are made. Each output has to be exactly what the formula makes of its integer.
    /// The sums of drawn inputs are far below 2^24, so that `f32` holds them.
    fn integer_sums(&self, scale: f32, output: &[f32]) -> Result<Vec<f64>, grader_judge::Failure> {
        let pixels = self.sizes.output_pixels();
        let mut sums = Vec::with_capacity(output.len());
        for (at, plane) in output.chunks_exact(pixels).enumerate() {
            let filter = at % self.sizes.filters;
            let (unit, bias) = (scale * self.coded[filter].scale, self.bias[filter]);
            for y in plane {
                let sum = ((f64::from(*y) - f64::from(bias)) / f64::from(unit)).round();
                // Written so that NaN is wrong.
                let is_exact = sum as f32 * unit + bias == *y;
                check::that(is_exact, MESSAGE, || {
                    format!("{y:e} is no multiple of {unit:e}, plus {bias:e}")
                })?;
                sums.push(sum);
            }
        }
        Ok(sums)
    }

    /// Multiplies the outputs' sums by factors that are drawn once the answer is there, one for each filter, and adds them
    /// up: that has to be the convolution with one filter, the sum of all filters times their factors. A pixel with a
    /// wrong sum is seen unless its errors, times the factors, cancel: one time in 65,536. Sums of codes stay below 2^53,
    /// so that `f64` adds them exactly.
    ///
    /// # Cost
    /// A convolution with one filter, and a look at each element.
    ///
    /// Source: Freivalds, "Probabilistic Machines Can Use Less Running Time" (1977).
    fn verify(&self, draw: &mut Draw, compared: &Compared) -> CaseVerdict {
        let Sizes { filters, .. } = self.sizes;
        let factors: Vec<f64> = (0..filters).map(|_| draw.int(0..=FACTORS - 1) as f64).collect();
        let mut filter = vec![0.0; self.sizes.terms()];
        let mut filter_size = filter.clone();
        let rows = compared.weight.chunks_exact(self.sizes.terms());
        for (row, factor) in rows.zip(&factors) {
            for ((sum, size), x) in filter.iter_mut().zip(&mut filter_size).zip(row) {
                *sum += x * factor;
                *size += (x * factor).abs();
            }
        }
        let pixels = self.sizes.output_pixels();
        let images = compared.input.chunks_exact(self.sizes.image_len());
        for (image, sums) in images.zip(compared.sums.chunks_exact(filters * pixels)) {
            let mut got = vec![0.0; pixels];
            for (plane, factor) in sums.chunks_exact(pixels).zip(&factors) {
                got.iter_mut().zip(plane).for_each(|(got, sum)| *got += sum * factor);
            }
            let expected = self.sizes.convolve(image, &filter);
            let bound = self.bound(image, &filter_size, compared.error);
            for ((got, expected), bound) in got.iter().zip(expected).zip(bound) {
                let off = (got - expected).abs();
                // Written so that NaN is off.
                let right = off <= bound;
                check::that(right, MESSAGE, || format!("off by {off:e}, allowed {bound:e}"))?;
            }
        }
        Ok(())
    }

    /// How far each pixel may be off.
    fn bound(&self, image: &[f64], filter_size: &[f64], error: f64) -> Vec<f64> {
        if error == 0.0 {
            return vec![0.0; self.sizes.output_pixels()];
        }
        let sizes: Vec<f64> = image.iter().map(|x| x.abs() * error).collect();
        self.sizes.convolve(&sizes, filter_size)
    }
}
