//! The layers, their weights and inputs, and the scales that are given.

use anyhow::{Context, Result, bail};
use quantization::{Granularity, QuantParams, Scheme, TensorParams};
use serde::Serialize;
use tinytorch::{Rng, Tensor};

use super::check::Exact;
use crate::exchange::{Array, Arrays};

/// A layer that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// On the command line.
    pub key: &'static str,
    /// As it is shown.
    pub name: &'static str,
    /// Its sizes.
    pub shape: Shape,
}

/// All layers.
pub const CASES: [Case; 3] = [
    Case {
        key: "linear",
        name: "linear, 64 x 512 x 512",
        shape: Shape::Linear { rows: 64, inputs: 512, outputs: 512 },
    },
    Case {
        key: "single",
        name: "linear, 1 x 512 x 512",
        shape: Shape::Linear { rows: 1, inputs: 512, outputs: 512 },
    },
    Case {
        key: "convolution",
        name: "convolution, 8 x 64 x 32 x 32, 64 filters 3 x 3",
        shape: Shape::Convolution { images: 8, channels: 64, side: 32, filters: 64 },
    },
];

/// The sizes of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Shape {
    /// `[rows, inputs]` times `[inputs, outputs]`.
    Linear {
        /// Of the input.
        rows: usize,
        /// Of each row.
        inputs: usize,
        /// Of each row.
        outputs: usize,
    },
    /// Filters of 3 x 3 over square images, with a padding of 1.
    Convolution {
        /// In the batch.
        images: usize,
        /// Of each image.
        channels: usize,
        /// Of an image, in pixels.
        side: usize,
        /// Of the layer.
        filters: usize,
    },
}

/// Side of a filter.
pub const KERNEL: usize = 3;

impl Shape {
    /// Whether it is a linear layer.
    pub fn is_linear(self) -> bool {
        matches!(self, Self::Linear { .. })
    }

    /// Of the input.
    pub fn input(self) -> Vec<usize> {
        match self {
            Self::Linear { rows, inputs, .. } => vec![rows, inputs],
            Self::Convolution { images, channels, side, .. } => vec![images, channels, side, side],
        }
    }

    /// Of the weight.
    pub fn weight(self) -> Vec<usize> {
        match self {
            Self::Linear { inputs, outputs, .. } => vec![inputs, outputs],
            Self::Convolution { channels, filters, .. } => vec![filters, channels, KERNEL, KERNEL],
        }
    }

    /// Of the output.
    pub fn output(self) -> Vec<usize> {
        match self {
            Self::Linear { rows, outputs, .. } => vec![rows, outputs],
            Self::Convolution { images, side, filters, .. } => vec![images, filters, side, side],
        }
    }

    /// The axis of the weight that has one index for each output or filter.
    pub fn weight_axis(self) -> usize {
        usize::from(self.is_linear())
    }

    /// Outputs of a row, or filters.
    pub fn channels_out(self) -> usize {
        self.output()[1]
    }

    /// The output or filter that an element of the result belongs to.
    pub fn channel_of(self, at: usize) -> usize {
        let inner: usize = self.output()[2..].iter().product();
        at / inner % self.channels_out()
    }

    /// Multiply-accumulates, counting those with padding.
    pub fn products(self) -> usize {
        let sum = self.weight().iter().product::<usize>() / self.channels_out();
        self.output().iter().product::<usize>() * sum
    }

    /// The shape of a problem's layer.
    pub fn of(arrays: &Arrays) -> Result<Self> {
        let of = |name: &str| arrays.get(name).with_context(|| format!("no `{name}`"));
        match (&of("x")?.shape[..], &of("w")?.shape[..]) {
            (&[rows, inputs], &[height, outputs]) if height == inputs => {
                Ok(Self::Linear { rows, inputs, outputs })
            }
            (&[images, channels, side, width], &[filters, depth, KERNEL, KERNEL])
                if side == width && depth == channels =>
            {
                Ok(Self::Convolution { images, channels, side, filters })
            }
            (x, w) => bail!("no layer has input {x:?} and weight {w:?}"),
        }
    }
}

/// Normal inputs, weights and biases; the scale of each output's weights, `w_scales`; scale and
/// zero point of input, output and output without bias: `x_scale`, `x_zero`, and so on for `y`
/// and `p`.
pub fn problem(shape: Shape) -> Result<Arrays> {
    let mut rng = Rng::new(17);
    let terms = (shape.products() / shape.output().iter().product::<usize>()) as f64;
    let mut normal = |shape: &[usize], deviation: f64| {
        let elements = (0..shape.iter().product()).map(|_| (deviation * rng.normal()) as f32);
        Array::floats(shape, elements.collect())
    };
    let x = normal(&shape.input(), 1.0);
    let w = normal(&shape.weight(), terms.sqrt().recip());
    let bias = normal(&[shape.channels_out()], 1.0);
    let mut arrays = Arrays::new();
    add_range(&mut arrays, "x", x.as_floats()?)?;
    let weight = Tensor::from_vec(w.as_floats()?.to_vec(), &w.shape)?;
    let axis = shape.weight_axis();
    let each = Granularity::PerChannel { axis };
    let params = TensorParams::of_tensor(&weight, Scheme::SYMMETRIC_I8, each)?;
    let scales: Vec<_> = params.channels().iter().map(QuantParams::scale).collect();
    arrays.insert("w_scales".to_string(), Array::floats(&[scales.len()], scales));
    arrays.extend([("x".to_string(), x), ("w".to_string(), w)]);
    arrays.insert("bias".to_string(), Array::floats(&bias.shape, vec![0.0; shape.channels_out()]));
    let product = Exact::values(&arrays)?;
    add_range(&mut arrays, "p", &product)?;
    arrays.insert("bias".to_string(), bias);
    let output = Exact::values(&arrays)?;
    add_range(&mut arrays, "y", &output)?;
    Ok(arrays)
}

/// The parameters in `u8` that cover these numbers.
fn add_range(arrays: &mut Arrays, name: &str, numbers: &[f32]) -> Result<()> {
    let low = numbers.iter().fold(f32::MAX, |low, &x| low.min(x));
    let high = numbers.iter().fold(f32::MIN, |high, &x| high.max(x));
    let params = QuantParams::from_range(low, high, Scheme::U8)?;
    let zero_point = params.zero_point() as f32;
    arrays.insert(format!("{name}_scale"), Array::floats(&[1], vec![params.scale()]));
    arrays.insert(format!("{name}_zero"), Array::floats(&[1], vec![zero_point]));
    Ok(())
}

/// The parameters that [`problem`] has for `x` or `y`.
pub fn params(arrays: &Arrays, name: &str) -> Result<QuantParams> {
    let number = |part: &str| {
        let array = arrays.get(&format!("{name}_{part}")).context("no parameters")?;
        array.as_floats()?.first().copied().context("no number")
    };
    Ok(QuantParams::new(number("scale")?, number("zero")? as i32, Scheme::U8)?)
}
