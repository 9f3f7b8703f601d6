//! Exact results, and how far away from them bytes may be.

use anyhow::{Context, Result, bail, ensure};

use super::Way;
use super::problem::{KERNEL, Shape};
use crate::exchange::{Array, Arrays};

/// The result may have so many times the error that rounding to bytes has on average. Some
/// libraries use only 7 of the 8 bits, which doubles the error of the input.
pub const ALLOWED: f64 = 2.0;
/// In a single element, so many standard deviations of [`ALLOWED`]: a million of normal numbers
/// has none beyond 5.
const SINGLE: f64 = 7.0;
/// What `f32` may be wrong by, relative to the whole result: hundreds of additions round less.
const FLOATS: f64 = 1e-5;

/// A layer's result in `f64`, and what rounding to bytes does to it.
pub struct Exact {
    shape: Shape,
    values: Vec<f64>,
    /// Of the error of each element when input and weights are rounded to bytes.
    variances: Vec<f64>,
    /// What rounding the result to bytes adds.
    rounding: f64,
}

impl Exact {
    /// Of a problem's layer.
    ///
    /// A rounding error is taken as uniform in a step of the scale and independent of all
    /// others: its variance is a twelfth of the scale's square.
    pub fn new(problem: &Arrays) -> Result<Self> {
        let layer = Layer::new(problem)?;
        let scale = |name: &str| -> Result<f64> { Ok(f64::from(numbers(problem, name)?[0])) };
        let twelfth = |scale: f64| scale * scale / 12.0;
        let of_x = twelfth(scale("x_scale")?);
        let w_scales = numbers(problem, "w_scales")?;
        let count: usize = layer.shape.output().iter().product();
        let mut values = Vec::with_capacity(count);
        let mut variances = Vec::with_capacity(count);
        for at in 0..count {
            let channel = layer.shape.channel_of(at);
            let [mut sum, mut x_squares, mut w_squares] =
                [f64::from(layer.bias[channel]), 0.0, 0.0];
            layer.terms(at, |x, w| {
                sum += x * w;
                x_squares += x * x;
                w_squares += w * w;
            });
            values.push(sum);
            let of_w = twelfth(f64::from(w_scales[channel]));
            variances.push(of_x * w_squares + of_w * x_squares);
        }
        let rounding = twelfth(scale("y_scale")?);
        Ok(Self { shape: layer.shape, values, variances, rounding })
    }

    /// The exact result, rounded to `f32`.
    pub fn values(problem: &Arrays) -> Result<Vec<f32>> {
        let layer = Layer::new(problem)?;
        let value = |at: usize| {
            let mut sum = f64::from(layer.bias[layer.shape.channel_of(at)]);
            layer.terms(at, |x, w| sum += x * w);
            sum as f32
        };
        Ok((0..layer.shape.output().iter().product()).map(value).collect())
    }

    /// The error of a result: its root mean square over that of the exact result.
    ///
    /// # Errors
    /// When it is larger than this way of computing explains, as a whole or in an element.
    pub fn error(&self, way: Way, output: &Array) -> Result<f64> {
        let expected = self.shape.output();
        ensure!(output.shape == expected, "shape {:?}, not {expected:?}", output.shape);
        let errors: Vec<f64> = output
            .as_floats()?
            .iter()
            .zip(&self.values)
            .map(|(&value, exact)| f64::from(value) - exact)
            .collect();
        let squares = |numbers: &[f64]| numbers.iter().map(|x| x * x).sum::<f64>();
        let size = squares(&self.values);
        let variance = |at: usize| match way {
            Way::Floats => FLOATS * FLOATS * size / self.values.len() as f64,
            Way::Dynamic => self.variances[at],
            Way::Static | Way::Codes => self.variances[at] + self.rounding,
        };
        for (at, error) in errors.iter().enumerate() {
            let limit = SINGLE * ALLOWED * variance(at).sqrt();
            if error.is_nan() || error.abs() > limit {
                let exact = self.values[at];
                bail!("element {at} is {error:.3} away from {exact:.3}: not the same layer");
            }
        }
        let allowed = (0..errors.len()).map(variance).sum::<f64>();
        let times = (squares(&errors) / allowed).sqrt();
        ensure!(times <= ALLOWED, "{times:.1} times the error of rounding: not the same layer");
        Ok((squares(&errors) / size).sqrt())
    }
}

fn numbers<'a>(problem: &'a Arrays, name: &str) -> Result<&'a [f32]> {
    problem.get(name).with_context(|| format!("no `{name}`"))?.as_floats()
}

/// A layer by its definition.
struct Layer<'a> {
    shape: Shape,
    x: &'a [f32],
    w: &'a [f32],
    bias: &'a [f32],
}

impl<'a> Layer<'a> {
    fn new(problem: &'a Arrays) -> Result<Self> {
        let [x, w, bias] = ["x", "w", "bias"].map(|name| numbers(problem, name));
        Ok(Self { shape: Shape::of(problem)?, x: x?, w: w?, bias: bias? })
    }

    /// Calls `term` with each input and weight whose product belongs to an element of the result.
    fn terms(&self, at: usize, mut term: impl FnMut(f64, f64)) {
        match self.shape {
            Shape::Linear { inputs, outputs, .. } => {
                let row = &self.x[at / outputs * inputs..][..inputs];
                let column = self.w[at % outputs..].iter().step_by(outputs);
                row.iter().zip(column).for_each(|(&x, &w)| term(f64::from(x), f64::from(w)));
            }
            Shape::Convolution { channels, side, filters, .. } => {
                let (image, pixel) = (at / (filters * side * side), at % (side * side));
                let filter = self.shape.channel_of(at);
                let (y, x) = (pixel / side, pixel % side);
                let inside = |k: usize, at: usize| (at + k).checked_sub(1).filter(|&i| i < side);
                for channel in 0..channels {
                    let pixels = &self.x[(image * channels + channel) * side * side..];
                    let weights = &self.w[(filter * channels + channel) * KERNEL * KERNEL..];
                    for k in 0..KERNEL * KERNEL {
                        let place = inside(k / KERNEL, y).zip(inside(k % KERNEL, x));
                        if let Some((y, x)) = place {
                            term(f64::from(pixels[y * side + x]), f64::from(weights[k]));
                        }
                    }
                }
            }
        }
    }
}
