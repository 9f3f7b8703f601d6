//! Layers of bytes that are timed, beside layers of `f32`.

use super::sums::{KnownLayer, MESSAGE};
use crate::contract::{TimedInput, TimedLayer, TimedOutput, Window};
use course_data::Array;
use grader_judge::{CallBatch, CaseVerdict, Draw, Failure, Workload, check, wrong};
use grader_protocol::{Floats, timed as wire};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// 64 rows, 512 inputs and 512 outputs.
    Linear,
    /// 8 images of 64 channels of 32 x 32 pixels, 64 filters of 3 x 3, padding 1.
    Conv2d,
}

/// Of a convolution. A linear layer is one of images of one pixel and kernels of one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub images: usize,
    pub channels: usize,
    pub filters: usize,
    /// Height and width, as all pairs.
    pub image: (usize, usize),
    pub kernel: (usize, usize),
    pub window: Window,
}

/// A window that moves one by one, over images without padding.
const PLAIN: Window = Window { stride: (1, 1), padding: (0, 0) };

impl LayerKind {
    const fn timed(self) -> Sizes {
        match self {
            Self::Linear => Sizes {
                images: 64,
                channels: 512,
                filters: 512,
                image: (1, 1),
                kernel: (1, 1),
                window: PLAIN,
            },
            Self::Conv2d => Sizes {
                images: 8,
                channels: 64,
                filters: 64,
                image: (32, 32),
                kernel: (3, 3),
                window: Window { stride: (1, 1), padding: (1, 1) },
            },
        }
    }

    /// Other sizes than the timed ones.
    fn other(self, draw: &mut Draw) -> Sizes {
        match self {
            Self::Linear => Sizes {
                images: 1,
                channels: draw.int(1..=520),
                filters: draw.int(1..=200),
                ..self.timed()
            },
            Self::Conv2d => {
                let mut pair = |low, high| (draw.int(low..=high), draw.int(low..=high));
                let kernel = pair(1, 3);
                let window = Window { stride: pair(1, 2), padding: pair(0, 2) };
                let (channels, filters) = pair(1, 70);
                Sizes { images: 1, channels, filters, image: (32, 32), kernel, window }
            }
        }
    }

    /// The shape of a weight, as the layer takes it.
    fn weight_shape(self, sizes: Sizes) -> Vec<usize> {
        match self {
            Self::Linear => vec![sizes.channels, sizes.filters],
            Self::Conv2d => vec![sizes.filters, sizes.channels, sizes.kernel.0, sizes.kernel.1],
        }
    }

    /// The shape of so many channels.
    fn shape(self, images: usize, channels: usize, (height, width): (usize, usize)) -> Vec<usize> {
        match self {
            Self::Linear => vec![images, channels],
            Self::Conv2d => vec![images, channels, height, width],
        }
    }

    /// A layer of drawn numbers, for the submission and for the judge.
    fn layer(self, draw: &mut Draw, sizes: Sizes) -> (TimedLayer, KnownLayer) {
        let (filters, terms) = (sizes.filters, sizes.terms());
        let filter_by_filter = numbers(draw, filters * terms);
        let bias = numbers(draw, filters);
        let weight = match self {
            Self::Linear => (0..filters * terms)
                .map(|at| filter_by_filter[at % filters * terms + at / filters])
                .collect(),
            Self::Conv2d => filter_by_filter.clone(),
        };
        let weight = plain(weight, self.weight_shape(sizes));
        let layer = TimedLayer { weight, bias: Floats(bias.clone()), window: sizes.window };
        (layer, KnownLayer::new(sizes, filter_by_filter, bias))
    }
}

impl Sizes {
    /// Height and width of an output.
    pub fn output(self) -> (usize, usize) {
        let side = |image, kernel, stride, padding| (image + 2 * padding - kernel) / stride + 1;
        let Window { stride, padding } = self.window;
        (
            side(self.image.0, self.kernel.0, stride.0, padding.0),
            side(self.image.1, self.kernel.1, stride.1, padding.1),
        )
    }

    pub fn output_pixels(self) -> usize {
        self.output().0 * self.output().1
    }

    /// Numbers of an image.
    pub const fn image_len(self) -> usize {
        self.channels * self.image.0 * self.image.1
    }

    /// Numbers of a filter.
    pub const fn terms(self) -> usize {
        self.channels * self.kernel.0 * self.kernel.1
    }

    /// One image and one filter, with 0 around the image.
    pub fn convolve(self, image: &[f64], filter: &[f64]) -> Vec<f64> {
        let (height, width) = self.image;
        let (down, across) = self.window.stride;
        let (above, left) = self.window.padding;
        let (_, output_width) = self.output();
        let mut output = vec![0.0; self.output_pixels()];
        for (at, weight) in filter.iter().enumerate() {
            let (ky, kx) = (at / self.kernel.1 % self.kernel.0, at % self.kernel.1);
            let channel = at / (self.kernel.0 * self.kernel.1);
            let plane = &image[channel * height * width..][..height * width];
            for (y, line) in output.chunks_exact_mut(output_width).enumerate() {
                let Some(y) = (y * down + ky).checked_sub(above).filter(|y| *y < height) else {
                    continue;
                };
                let pixels = &plane[y * width..][..width];
                // The first window whose pixel is not in the padding.
                let first = left.saturating_sub(kx).div_ceil(across);
                let start = first * across + kx - left;
                let inside = pixels.iter().skip(start).step_by(across);
                let sums = line.iter_mut().skip(first);
                sums.zip(inside).for_each(|(sum, pixel)| *sum += weight * pixel);
            }
        }
        output
    }
}

/// Numbers from -1 to 1, two from each draw: a batch has millions.
fn numbers(draw: &mut Draw, count: usize) -> Vec<f32> {
    let bits = (0..=count / 2).map(|_| draw.bits());
    let unit = |bits: u32| (bits >> 8) as f32 / (1 << 23) as f32 - 1.0;
    let halves = bits.flat_map(|bits| [bits as u32, (bits >> 32) as u32]);
    halves.map(unit).take(count).collect()
}

/// A tensor that is no view.
const fn plain(data: Vec<f32>, shape: Vec<usize>) -> Array {
    Array { shape, data: Floats(data), axes: Vec::new() }
}

/// Layers that are asked beside the timed one.
const OTHERS: usize = 3;

/// Of so many pairs, one has nothing asked beside it.
const ALONE_ONE_OF: usize = 4;

/// An input, and the place of its layer.
struct Asked {
    layer: usize,
    sizes: Sizes,
    input: Vec<f32>,
}

/// Fresh inputs for layers that are drawn once a measurement.
///
/// The weights are known before the clock starts, as to everybody who serves a model: packing them is not what is
/// measured, and would take longer than the product. All that can be computed from them alone is another order of them:
/// a table of their products with each code would be 256 times as large, and slower to read than to multiply. What a
/// submission computes off the clock beyond the baseline is added to its time. Nothing of an input is known before but its
/// shape, and the layers of other sizes are asked at times that are drawn.
pub struct Layers {
    draw: Draw,
    kind: LayerKind,
    /// The timed layer, then others.
    layers: Vec<KnownLayer>,
    sizes: Vec<Sizes>,
    /// Them all, encoded.
    state: Vec<u8>,
    asked: Vec<Asked>,
}

impl Layers {
    pub fn new(mut draw: Draw, kind: LayerKind) -> Self {
        let others: Vec<Sizes> = (0..OTHERS).map(|_| kind.other(&mut draw)).collect();
        let sizes = [vec![kind.timed()], others].concat();
        Self::of_sizes(draw, kind, sizes)
    }

    fn of_sizes(mut draw: Draw, kind: LayerKind, sizes: Vec<Sizes>) -> Self {
        let drawn = sizes.iter().map(|sizes| kind.layer(&mut draw, *sizes));
        let (wired, layers): (Vec<_>, Vec<_>) = drawn.unzip();
        let state = wire::to_bytes(&wired);
        Self { draw, kind, layers, sizes, state, asked: Vec::new() }
    }

    fn batch_of(&mut self, all: Vec<(usize, Sizes)>) -> CallBatch {
        let draw = &mut self.draw;
        let input = |(layer, sizes): (usize, Sizes)| {
            let input = numbers(draw, sizes.images * sizes.image_len());
            Asked { layer, sizes, input }
        };
        self.asked = all.into_iter().map(input).collect();
        let encoded = |Asked { layer, sizes, input }: &Asked| {
            let shape = self.kind.shape(sizes.images, sizes.channels, sizes.image);
            wire::to_bytes(&TimedInput { layer: *layer, input: plain(input.clone(), shape) })
        };
        let inputs = self.asked.iter().map(encoded).collect();
        CallBatch { set_up: Some(self.state.clone()), inputs }
    }
}

impl Workload for Layers {
    type Wrong = Failure;

    fn batch(&mut self, calls: usize) -> CallBatch {
        self.batch_of(vec![(0, self.sizes[0]); calls])
    }

    fn aside(&mut self) -> Option<CallBatch> {
        if self.draw.int(1..=ALONE_ONE_OF) == 1 {
            return None;
        }
        let layer = self.draw.int(0..=self.layers.len() - 1);
        let images = self.draw.int(1..=self.sizes[0].images + 1);
        Some(self.batch_of(vec![(layer, Sizes { images, ..self.sizes[layer] })]))
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> CaseVerdict {
        for (output, Asked { layer, sizes, input }) in outputs.iter().zip(&self.asked) {
            let decoded: Option<TimedOutput> = wire::from_bytes(output);
            let decoded = decoded.ok_or_else(|| wrong(MESSAGE, "no tensor"))?;
            let (TimedOutput::Baseline(array) | TimedOutput::Bytes(array)) = &decoded;
            let (shape, data) = (&array.shape, &array.data.0);
            let expected = self.kind.shape(sizes.images, sizes.filters, sizes.output());
            check::equal(MESSAGE, shape, &expected)?;
            check::equal(MESSAGE, &data.len(), &expected.iter().product())?;
            let (draw, layer) = (&mut self.draw, &self.layers[*layer]);
            match decoded {
                TimedOutput::Baseline(_) => layer.verify_floats(draw, input, data)?,
                TimedOutput::Bytes(_) => layer.verify_bytes(draw, input, data)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
