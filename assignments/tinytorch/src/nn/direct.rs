//! Convolution with stride 1, directly from its definition.
//!
//! Neighboring windows cover neighboring pixels, so one element of a filter is
//! multiplied with many pixels at a time, along the image's lines in memory.
//! This needs no columns and no packing for a matrix product, which for a few
//! filters costs more than the product itself. At the end of each line, `kw - 1`
//! sums reach into the next line and are meaningless; they are dropped when the
//! result is written.
#![expect(clippy::inline_always, reason = "kernels take on the instructions of whoever calls")]

use pulp::{Arch, NullaryFnOnce, Simd, WithSimd};

use crate::ops::rows::dispatch;

/// The number of computed pixels is a multiple of this: a whole number of
/// vectors. It is also the number of partial sums for a filter's gradient, which
/// is fixed so that vectors of any width add the same numbers.
const PIXELS: usize = 16;
/// Filters that are computed together, sharing the pixels they read.
const FILTERS: usize = 4;
/// The size of an image or a result, without padding.
#[derive(Clone, Copy, Debug)]
pub(super) struct ImageSize {
    pub(super) channels: usize,
    pub(super) height: usize,
    pub(super) width: usize,
}

impl ImageSize {
    pub(super) fn plane(self) -> usize {
        self.height * self.width
    }

    pub(super) fn len(self) -> usize {
        self.channels * self.plane()
    }
}

/// A correlation with stride 1 from images to results.
#[derive(Clone, Copy, Debug)]
pub(super) struct CorrelationPlan {
    pub(super) from: ImageSize,
    pub(super) to: ImageSize,
    pub(super) kernel: (usize, usize),
    /// Zeros around the image; fewer than the size of the kernel.
    pub(super) padding: (usize, usize),
}

impl CorrelationPlan {
    /// The correlation from result gradients to image gradients; its filters are
    /// rotated by 180 degrees.
    pub(super) fn back(&self) -> Self {
        let (kh, kw) = self.kernel;
        let (above, left) = self.padding;
        let padding = (kh - 1 - above, kw - 1 - left);
        Self { from: self.to, to: self.from, padding, ..*self }
    }

    /// The image with its padding.
    fn padded(&self) -> ImageSize {
        let ImageSize { channels, height, width } = self.from;
        let (above, left) = self.padding;
        ImageSize { channels, height: height + 2 * above, width: width + 2 * left }
    }

    /// Offsets from a window's first pixel to the pixel under each filter
    /// element.
    fn taps(&self) -> Vec<usize> {
        let ImageSize { channels, width, .. } = self.padded();
        let plane = self.padded().plane();
        let (kh, kw) = self.kernel;
        let tap = |i: usize| i / (kh * kw) * plane + i / kw % kh * width + i % kw;
        (0..channels * kh * kw).map(tap).collect()
    }

    /// The number of sums from the first to the last result along the padded
    /// lines, rounded up to a multiple of [`PIXELS`].
    fn span(&self) -> usize {
        let last = self.to.height.saturating_sub(1) * self.padded().width + self.to.width;
        last.next_multiple_of(PIXELS)
    }

    /// A buffer for a padded image, with space for reads beyond its end.
    fn room(&self) -> Vec<f32> {
        vec![0.0; self.padded().len() + PIXELS]
    }

    /// Copies an image into the padded buffer.
    #[inline(always)]
    fn pad(&self, image: &[f32], room: &mut [f32]) {
        let ImageSize { height, width, .. } = self.from;
        let wide = self.padded().width;
        let planes = room.chunks_exact_mut(self.padded().plane());
        for (plane, padded) in image.chunks_exact(height * width).zip(planes) {
            let lines = padded[self.padding.0 * wide..].chunks_exact_mut(wide);
            for (line, padded) in plane.chunks_exact(width).zip(lines) {
                padded[self.padding.1..][..width].copy_from_slice(line);
            }
        }
    }

    /// The results of all images. `weight` has one row of `features` per filter.
    pub(super) fn forward(&self, images: &[f32], weight: &[f32], results: &mut [f32]) {
        let empty = self.from.len() == 0 || results.is_empty();
        if !empty {
            let filters = pack(weight, weight.len() / self.to.channels);
            Arch::new().dispatch(CorrelationForward {
                of: self,
                images,
                filters: &filters,
                results,
            });
        }
    }

    /// The gradient of the filters, one row of `features` per filter.
    pub(super) fn filter_gradient(&self, images: &[f32], grads: &[f32]) -> Vec<f32> {
        let taps = self.taps();
        let mut sums =
            vec![[[0.0; PIXELS]; FILTERS]; self.to.channels.div_ceil(FILTERS) * taps.len()];
        if !images.is_empty() && !grads.is_empty() {
            dispatch(FilterGradient { of: self, images, grads, taps: &taps, sums: &mut sums });
        }
        let sum = |i: usize| {
            let filter = i / taps.len();
            let feature = i % taps.len();
            let block = filter / FILTERS * taps.len();
            sums[block + feature][filter % FILTERS].iter().sum()
        };
        (0..self.to.channels * taps.len()).map(sum).collect()
    }
}

/// Packs rows of features into blocks of four filters, feature by feature;
/// missing filters in the last block are 0.
fn pack(weight: &[f32], features: usize) -> Vec<[f32; FILTERS]> {
    let mut packed = Vec::with_capacity(weight.len() / FILTERS + features);
    for rows in weight.chunks(FILTERS * features) {
        packed.extend((0..features).map(|feature| {
            std::array::from_fn(|i| rows.get(i * features + feature).copied().unwrap_or(0.0))
        }));
    }
    packed
}

struct CorrelationForward<'a> {
    of: &'a CorrelationPlan,
    images: &'a [f32],
    filters: &'a [[f32; FILTERS]],
    results: &'a mut [f32],
}

/// Uses explicit vectors: by default the compiler vectorizes across the four
/// filters, which is ten times slower.
impl WithSimd for CorrelationForward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let of = self.of;
        let span = self.of.span();
        let taps = self.of.taps();
        let mut padded = of.room();
        let mut wide = vec![0.0; FILTERS * span];
        let images = self.images.chunks_exact(of.from.len());
        for (image, results) in images.zip(self.results.chunks_exact_mut(of.to.len())) {
            of.pad(image, &mut padded);
            let blocks = results.chunks_mut(FILTERS * of.to.plane());
            for (weights, results) in self.filters.chunks_exact(taps.len()).zip(blocks) {
                let filters = FilterBlock { taps: &taps, weights };
                let mut start = 0;
                while start + 2 * S::F32_LANES <= span {
                    filter_pixels::<S, 2>(simd, &padded, filters, &mut wide, start);
                    start += 2 * S::F32_LANES;
                }
                while start < span {
                    filter_pixels::<S, 1>(simd, &padded, filters, &mut wide, start);
                    start += S::F32_LANES;
                }
                gather(of, &wide, results);
            }
        }
    }
}

/// Four filters: the offset of each of their taps in the padded image, and the weights there.
#[derive(Clone, Copy)]
struct FilterBlock<'a> {
    taps: &'a [usize],
    weights: &'a [[f32; FILTERS]],
}

/// Computes four filters at `VECTORS` vectors of positions, beginning at
/// `start`.
#[inline(always)]
fn filter_pixels<S: Simd, const VECTORS: usize>(
    simd: S,
    image: &[f32],
    filters: FilterBlock<'_>,
    wide: &mut [f32],
    start: usize,
) {
    let count = VECTORS * S::F32_LANES;
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; FILTERS];
    for (&tap, weights) in filters.taps.iter().zip(filters.weights) {
        let pixels = S::as_simd_f32s(&image[start + tap..][..count]).0;
        let pixels: [S::f32s; VECTORS] = std::array::from_fn(|i| pixels[i]);
        for (sums, &weight) in sums.iter_mut().zip(weights) {
            let weight = simd.splat_f32s(weight);
            for (sum, pixel) in sums.iter_mut().zip(pixels) {
                *sum = simd.add_f32s(*sum, simd.mul_f32s(weight, pixel));
            }
        }
    }
    let span = wide.len() / FILTERS;
    for (sums, wide) in sums.iter().zip(wide.chunks_exact_mut(span)) {
        S::as_mut_simd_f32s(&mut wide[start..][..count]).0.copy_from_slice(sums);
    }
}

/// Copies results from the padded lines to their final positions.
#[inline(always)]
fn gather(of: &CorrelationPlan, wide: &[f32], results: &mut [f32]) {
    let planes = results.chunks_exact_mut(of.to.plane());
    for (result, wide) in planes.zip(wide.chunks_exact(of.span())) {
        let lines = wide.chunks(of.padded().width);
        for (line, wide) in result.chunks_exact_mut(of.to.width).zip(lines) {
            line.copy_from_slice(&wide[..line.len()]);
        }
    }
}

struct FilterGradient<'a> {
    of: &'a CorrelationPlan,
    images: &'a [f32],
    grads: &'a [f32],
    taps: &'a [usize],
    sums: &'a mut [[[f32; PIXELS]; FILTERS]],
}

impl NullaryFnOnce for FilterGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let of = self.of;
        let span = self.of.span();
        let mut padded = of.room();
        // Stays 0 at the end of lines, where results are meaningless, and for
        // missing filters of a block.
        let mut wide = vec![0.0; FILTERS * span];
        let images = self.images.chunks_exact(of.from.len());
        for (image, grads) in images.zip(self.grads.chunks_exact(of.to.len())) {
            of.pad(image, &mut padded);
            let blocks = grads.chunks(FILTERS * of.to.plane());
            for (grads, sums) in blocks.zip(self.sums.chunks_exact_mut(self.taps.len())) {
                spread(of, grads, &mut wide);
                let mut rows = wide.chunks_exact(span);
                let rows: [&[f32]; FILTERS] = std::array::from_fn(|_| rows.next().unwrap_or(&[]));
                for (tap, sums) in self.taps.iter().zip(sums) {
                    add_products(&padded[*tap..], rows, sums);
                }
            }
        }
    }
}

/// Copies gradients to the positions of their results along the padded lines.
#[inline(always)]
fn spread(of: &CorrelationPlan, grads: &[f32], wide: &mut [f32]) {
    let span = of.span();
    let planes = grads.len() / of.to.plane();
    wide[planes * span..].fill(0.0);
    for (grads, wide) in grads.chunks_exact(of.to.plane()).zip(wide.chunks_exact_mut(span)) {
        let lines = wide.chunks_mut(of.padded().width);
        for (line, wide) in grads.chunks_exact(of.to.width).zip(lines) {
            wide[..line.len()].copy_from_slice(line);
        }
    }
}

/// Adds the products of four filters' gradients and the pixels.
#[inline(always)]
fn add_products(pixels: &[f32], grads: [&[f32]; FILTERS], sums: &mut [[f32; PIXELS]; FILTERS]) {
    let pixels = pixels.as_chunks::<PIXELS>().0;
    let grads = grads.map(|grads| grads.as_chunks::<PIXELS>().0);
    let count = grads.iter().fold(pixels.len(), |count, grads| count.min(grads.len()));
    let mut local = *sums;
    for at in 0..count {
        for (sums, grads) in local.iter_mut().zip(grads) {
            for ((sum, grad), pixel) in sums.iter_mut().zip(&grads[at]).zip(&pixels[at]) {
                *sum += grad * pixel;
            }
        }
    }
    *sums = local;
}
