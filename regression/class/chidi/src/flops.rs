//! FLOPs. 2 for a multiply-accumulate, 1 for a bias, nothing for the rest.

mod report;
mod shapes;

use crate::{ProfileError, Result};
pub use report::{FlopReport, LayerFlops};
pub use shapes::ConvShape;
use tinytorch::{Layer, LayerSpec, NamedSpec};

#[derive(Clone, Copy, Debug, Default)]
pub struct FlopCounter;

fn shape_error(operation: &'static str, expected: &str, got: &[usize]) -> ProfileError {
    ProfileError::Shape { operation, expected: expected.into(), got: got.into() }
}

/// Output length along one axis.
fn axis(size: usize, k: usize, s: usize, p: usize) -> Option<usize> {
    if k == 0 || s == 0 {
        None
    } else {
        (size + 2 * p).checked_sub(k).map(|room| room / s + 1)
    }
}

impl FlopCounter {
    pub fn new() -> Self {
        Self
    }

    pub fn linear(
        &self,
        input: &[usize],
        in_features: usize,
        out_features: usize,
        bias: bool,
    ) -> Result<u64> {
        self.linear_step(input, in_features, out_features, bias).map(|(flops, _)| flops)
    }

    pub fn conv2d(&self, input: &[usize], conv: &ConvShape) -> Result<u64> {
        self.conv_step(input, conv).map(|(flops, _)| flops)
    }

    pub fn attention(&self, input: &[usize], d_model: usize, n_heads: usize) -> Result<u64> {
        match *input {
            [b, t, d] if d == d_model && n_heads > 0 && d % n_heads == 0 => {
                let project = self.linear(input, d, d, true)?;
                let mix = 2 * (b * t * t * d) as u64;
                Ok(4 * project + 2 * mix)
            }
            _ => Err(shape_error("attention", "[B, T, d_model], divisible by the heads", input)),
        }
    }

    pub fn layers(&self, layers: &[NamedSpec], input: &[usize]) -> Result<FlopReport> {
        let mut report = FlopReport::default();
        let mut shape = input.to_vec();
        let mut last_was_embedding = false;
        for NamedSpec { name, spec } in layers {
            let (flops, next) = self.step(spec, &shape, last_was_embedding)?;
            report.layers.push(LayerFlops {
                name: name.to_string(),
                flops,
                output_shape: next.clone(),
            });
            shape = next;
            last_was_embedding = matches!(spec, LayerSpec::Embedding { .. });
        }
        Ok(report)
    }

    pub fn model(&self, model: &dyn Layer, input: &[usize]) -> Result<FlopReport> {
        self.layers(&model.specs(), input)
    }

    fn linear_step(
        &self,
        input: &[usize],
        in_f: usize,
        out_f: usize,
        bias: bool,
    ) -> Result<(u64, Vec<usize>)> {
        if input.last() != Some(&in_f) {
            return Err(shape_error("linear", "in_features as the last dimension", input));
        }
        let mut out = input.to_vec();
        out.pop();
        out.push(out_f);
        let n = out.iter().product::<usize>() as u64;
        Ok((n * 2 * in_f as u64 + if bias { n } else { 0 }, out))
    }

    fn conv_step(&self, input: &[usize], conv: &ConvShape) -> Result<(u64, Vec<usize>)> {
        let error = |text| shape_error("conv2d", text, input);
        let [n, c, h, w] = *input else { return Err(error("[N, C, H, W]")) };
        if c != conv.in_channels {
            return Err(error("C = in_channels"));
        }
        let h = axis(h, conv.kernel.0, conv.stride.0, conv.padding.0);
        let w = axis(w, conv.kernel.1, conv.stride.1, conv.padding.1);
        let (Some(h), Some(w)) = (h, w) else { return Err(error("a kernel that fits")) };
        let out = vec![n, conv.out_channels, h, w];
        let n = out.iter().product::<usize>() as u64;
        let taps = (c * conv.kernel.0 * conv.kernel.1) as u64;
        Ok((n * (2 * taps + conv.bias as u64), out))
    }

    fn step(&self, spec: &LayerSpec, x: &[usize], second: bool) -> Result<(u64, Vec<usize>)> {
        match *spec {
            LayerSpec::Linear { in_features, out_features, bias } => {
                self.linear_step(x, in_features, out_features, bias)
            }
            LayerSpec::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } => {
                let conv = ConvShape { in_channels, out_channels, kernel, stride, padding, bias };
                self.conv_step(x, &conv)
            }
            LayerSpec::Attention { d_model, n_heads } => {
                Ok((self.attention(x, d_model, n_heads)?, x.to_vec()))
            }
            LayerSpec::MaxPool2d { kernel, stride } => {
                let error = shape_error("max_pool2d", "[N, C, H, W], as large as a window", x);
                let [n, c, h, w] = *x else { return Err(error) };
                match (axis(h, kernel.0, stride.0, 0), axis(w, kernel.1, stride.1, 0)) {
                    (Some(h), Some(w)) => Ok((0, vec![n, c, h, w])),
                    _ => Err(error),
                }
            }
            LayerSpec::Flatten => match x {
                [] => Err(shape_error("flatten", "a batch dimension", x)),
                [n, rest @ ..] => Ok((0, vec![*n, rest.iter().product()])),
            },
            LayerSpec::Embedding { dim, .. } if second && x.last() != Some(&dim) => {
                Err(shape_error("embedding", "rows of the same width", x))
            }
            LayerSpec::Embedding { .. } if second => Ok((0, x.to_vec())),
            LayerSpec::Embedding { dim, .. } => {
                let mut out = x.to_vec();
                out.push(dim);
                Ok((0, out))
            }
            LayerSpec::LayerNorm { dim } if x.last() != Some(&dim) => {
                Err(shape_error("layer_norm", "the width it normalizes", x))
            }
            _ => Ok((0, x.to_vec())),
        }
    }
}
