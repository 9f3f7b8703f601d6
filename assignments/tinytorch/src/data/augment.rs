//! Augmented images: shifted, rotated and scaled copies, with noise.
//!
//! A model that sees each image in another position every epoch learns the shape of
//! a digit and not the positions of its pixels.

use crate::{Result, Rng, Tensor, TensorError};

/// How much copies may differ from their images. [`Augment::default`] suits the
/// digits.
///
/// The copy of an image depends only on `(seed, epoch, index)`, so a resumed
/// training sees the same copies.
///
/// ```
/// use tinytorch::data::{augment::Augment, digits};
///
/// let images = digits::validation()?.images.slice_axis(0, 0, 4)?;
/// let augment = Augment::default();
/// let copies = augment.batch(&images, &[0, 1, 2, 3], 5)?;
/// assert_eq!(copies.shape(), images.shape());
/// assert_eq!(copies, augment.batch(&images, &[0, 1, 2, 3], 5)?);
/// assert_ne!(copies, augment.batch(&images, &[0, 1, 2, 3], 6)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Augment {
    /// The seed of all copies.
    pub seed: u64,
    /// Largest shift, down and across, in pixels.
    pub shift: f64,
    /// Largest rotation in either direction, in degrees.
    pub rotation: f64,
    /// Largest change of scale: 0.1 means 90 % to 110 %.
    pub scale: f64,
    /// Standard deviation of the noise on each pixel.
    pub noise: f64,
}

impl Default for Augment {
    fn default() -> Self {
        Self { seed: 0, shift: 2.0, rotation: 10.0, scale: 0.1, noise: 0.02 }
    }
}

impl Augment {
    /// A copy of each image. `indices` are the positions of the images in the data
    /// set; with the epoch, they determine the random changes.
    ///
    /// # Shapes
    /// `[n, channels, height, width]` and `n` indices, to the same shape.
    ///
    /// # Errors
    /// When the shape is different.
    ///
    /// # Cost
    /// Four reads and a few operations per pixel.
    pub fn batch(&self, images: &Tensor, indices: &[usize], epoch: u64) -> Result<Tensor> {
        let &[n, channels, height, width] = images.shape() else {
            let reason = "the images must be [n, channels, height, width]".to_string();
            return Err(TensorError::shape("augment", images.shape(), reason));
        };
        if n != indices.len() {
            let reason = format!("{n} images and {} indices", indices.len());
            return Err(TensorError::shape("augment", images.shape(), reason));
        }
        if images.is_empty() {
            return Ok(images.detach());
        }
        let pixels = images.to_vec();
        let mut copies = Vec::with_capacity(pixels.len());
        let size = height * width;
        for (&index, image) in indices.iter().zip(pixels.chunks(channels * size)) {
            let mut rng = super::stream(self.seed, epoch, index as u64);
            let inverse = self.draw(height, width, &mut rng);
            for channel in image.chunks(size) {
                warp(channel, height, width, &inverse, &mut copies);
            }
            let added = copies.len() - image.len();
            for value in &mut copies[added..] {
                *value = (*value + (self.noise * rng.normal()) as f32).clamp(0.0, 1.0);
            }
        }
        Tensor::from_vec(copies, images.shape())
    }

    /// Draws a random transformation and returns its inverse.
    fn draw(&self, height: usize, width: usize, rng: &mut Rng) -> InverseMap {
        let mut within = |largest: f64| rng.uniform_range(-largest, largest);
        let angle = within(self.rotation).to_radians();
        let scale = 1.0 + within(self.scale);
        let (sin, cos) = angle.sin_cos();
        InverseMap {
            cos: cos / scale,
            sin: sin / scale,
            shift: (within(self.shift), within(self.shift)),
            centre: ((height as f64 - 1.0) / 2.0, (width as f64 - 1.0) / 2.0),
        }
    }
}

/// Maps a position in the copy to the position in the original image.
struct InverseMap {
    cos: f64,
    sin: f64,
    shift: (f64, f64),
    centre: (f64, f64),
}

impl InverseMap {
    fn source(&self, row: usize, column: usize) -> (f64, f64) {
        let down = row as f64 - self.centre.0 - self.shift.0;
        let across = column as f64 - self.centre.1 - self.shift.1;
        (
            self.centre.0 + self.cos * down - self.sin * across,
            self.centre.1 + self.sin * down + self.cos * across,
        )
    }
}

/// The transformed image, with bilinear interpolation and 0 outside the original.
fn warp(image: &[f32], height: usize, width: usize, inverse: &InverseMap, copies: &mut Vec<f32>) {
    let pixel = |row: f64, column: f64| {
        let inside = row >= 0.0 && column >= 0.0 && row < height as f64 && column < width as f64;
        if inside { image[row as usize * width + column as usize] } else { 0.0 }
    };
    for row in 0..height {
        for column in 0..width {
            let (down, across) = inverse.source(row, column);
            let top = down.floor();
            let left = across.floor();
            let t = (down - top) as f32;
            let s = (across - left) as f32;
            let above = (1.0 - s) * pixel(top, left) + s * pixel(top, left + 1.0);
            let below = (1.0 - s) * pixel(top + 1.0, left) + s * pixel(top + 1.0, left + 1.0);
            copies.push((1.0 - t) * above + t * below);
        }
    }
}
