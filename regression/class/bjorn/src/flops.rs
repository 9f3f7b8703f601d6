mod report;
mod shapes;

use crate::{ProfileError, Result};
pub use report::{FlopReport, LayerFlops};
pub use shapes::ConvShape;
use tinytorch::{Layer, LayerSpec, NamedSpec};

#[derive(Clone, Copy, Debug, Default)]
pub struct FlopCounter;

fn bad<T>(operation: &'static str, expected: &str, got: &[usize]) -> Result<T> {
    Err(ProfileError::Shape { operation, expected: expected.to_string(), got: got.to_vec() })
}

fn out_size(n: usize, kernel: usize, stride: usize, padding: usize) -> Option<usize> {
    if kernel == 0 || stride == 0 || n + 2 * padding < kernel {
        return None;
    }
    Some((n + 2 * padding - kernel) / stride + 1)
}

fn conv_out(input: &[usize], c: &ConvShape) -> Result<Vec<usize>> {
    if input.len() != 4 || input[1] != c.in_channels {
        return bad("conv2d", "[N, C, H, W] with the right number of channels", input);
    }
    let h = out_size(input[2], c.kernel.0, c.stride.0, c.padding.0);
    let w = out_size(input[3], c.kernel.1, c.stride.1, c.padding.1);
    if h.is_none() || w.is_none() {
        return bad("conv2d", "a kernel that fits, and a stride above 0", input);
    }
    Ok(vec![input[0], c.out_channels, h.unwrap(), w.unwrap()])
}

impl FlopCounter {
    pub fn new() -> Self {
        FlopCounter
    }

    pub fn linear(
        &self,
        input: &[usize],
        in_features: usize,
        out_features: usize,
        bias: bool,
    ) -> Result<u64> {
        if input.is_empty() || input[input.len() - 1] != in_features {
            return bad("linear", &format!("last dimension {in_features}"), input);
        }
        let mut rows = 1;
        for d in &input[..input.len() - 1] {
            rows *= *d as u64;
        }
        let mut flops = 2 * rows * in_features as u64 * out_features as u64;
        if bias {
            flops += rows * out_features as u64;
        }
        Ok(flops)
    }

    pub fn conv2d(&self, input: &[usize], conv: &ConvShape) -> Result<u64> {
        let out = conv_out(input, conv)?;
        // a convolution is a linear layer at each position
        let positions = [out[0], out[2], out[3]];
        let patch = conv.in_channels * conv.kernel.0 * conv.kernel.1;
        let rows = [positions[0], positions[1], positions[2], patch];
        self.linear(&rows, patch, conv.out_channels, conv.bias)
    }

    pub fn attention(&self, input: &[usize], d_model: usize, n_heads: usize) -> Result<u64> {
        if input.len() != 3 || input[2] != d_model {
            return bad("attention", &format!("[B, T, {d_model}]"), input);
        }
        if n_heads == 0 || d_model % n_heads != 0 {
            return bad("attention", "heads that divide the width", input);
        }
        let (b, t, d) = (input[0] as u64, input[1] as u64, d_model as u64);
        Ok(4 * (2 * b * t * d * d + b * t * d) + 2 * b * t * t * d + 2 * b * t * t * d)
    }

    pub fn layers(&self, layers: &[NamedSpec], input: &[usize]) -> Result<FlopReport> {
        let mut shape = input.to_vec();
        let mut out = Vec::new();
        for i in 0..layers.len() {
            let mut flops = 0;
            match layers[i].spec {
                LayerSpec::Linear { in_features, out_features, bias } => {
                    flops = self.linear(&shape, in_features, out_features, bias)?;
                    *shape.last_mut().unwrap() = out_features;
                }
                LayerSpec::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } => {
                    let c =
                        ConvShape { in_channels, out_channels, kernel, stride, padding, bias };
                    flops = self.conv2d(&shape, &c)?;
                    shape = conv_out(&shape, &c)?;
                }
                LayerSpec::MaxPool2d { kernel, stride } => {
                    if shape.len() != 4 {
                        return bad("max_pool2d", "[N, C, H, W]", &shape);
                    }
                    match (
                        out_size(shape[2], kernel.0, stride.0, 0),
                        out_size(shape[3], kernel.1, stride.1, 0),
                    ) {
                        (Some(h), Some(w)) => {
                            shape[2] = h;
                            shape[3] = w;
                        }
                        _ => return bad("max_pool2d", "a window that fits", &shape),
                    }
                }
                LayerSpec::Flatten => {
                    if shape.is_empty() {
                        return bad("flatten", "[N, ..]", &shape);
                    }
                    shape = vec![shape[0], shape[1..].iter().product()];
                }
                LayerSpec::Embedding { dim, .. } => {
                    let second =
                        i > 0 && matches!(layers[i - 1].spec, LayerSpec::Embedding { .. });
                    if !second {
                        shape.push(dim);
                    } else if shape.last() != Some(&dim) {
                        return bad("embedding", "the width of the table before", &shape);
                    }
                }
                LayerSpec::LayerNorm { dim } => {
                    if shape.last() != Some(&dim) {
                        return bad("layer_norm", "its width", &shape);
                    }
                }
                LayerSpec::Attention { d_model, n_heads } => {
                    flops = self.attention(&shape, d_model, n_heads)?;
                }
                LayerSpec::Relu | LayerSpec::Gelu | LayerSpec::Softmax => {}
            }
            out.push(LayerFlops {
                name: layers[i].name.clone(),
                flops,
                output_shape: shape.clone(),
            });
        }
        Ok(FlopReport { layers: out })
    }

    pub fn model(&self, model: &dyn Layer, input: &[usize]) -> Result<FlopReport> {
        self.layers(&model.specs(), input)
    }
}
