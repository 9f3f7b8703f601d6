//! One MAC is one operation (that is what the papers print).

mod report;
mod shapes;

use crate::{ProfileError, Result};
pub use report::{FlopReport, LayerFlops};
pub use shapes::ConvShape;
use tinytorch::{Layer, LayerSpec, NamedSpec};

#[derive(Clone, Copy, Debug, Default)]
pub struct FlopCounter;

/// [m, k] x [k, n]
fn matmul(m: usize, k: usize, n: usize) -> u64 {
    (m * k * n) as u64
}

fn wrong(operation: &'static str, expected: String, got: &[usize]) -> ProfileError {
    ProfileError::Shape { operation, expected, got: got.to_vec() }
}

fn slide(size: usize, kernel: usize, stride: usize, padding: usize) -> Option<usize> {
    let padded = size + 2 * padding;
    if kernel == 0 || stride == 0 || kernel > padded { None } else { Some((padded - kernel) / stride + 1) }
}

/// Height and width after a window went over the image.
fn window(
    operation: &'static str,
    x: &[usize],
    kernel: (usize, usize),
    stride: (usize, usize),
    padding: (usize, usize),
) -> Result<(usize, usize)> {
    if x.len() != 4 {
        return Err(wrong(operation, "[N, C, H, W]".into(), x));
    }
    let h = slide(x[2], kernel.0, stride.0, padding.0);
    let w = slide(x[3], kernel.1, stride.1, padding.1);
    h.zip(w).ok_or_else(|| wrong(operation, format!("at least {kernel:?}"), x))
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
        let Some((&last, leading)) = input.split_last() else {
            return Err(wrong("linear", "at least one dimension".into(), input));
        };
        if last != in_features {
            return Err(wrong("linear", format!("[.., {in_features}]"), input));
        }
        let rows: usize = leading.iter().product();
        let add = if bias { rows * out_features } else { 0 };
        Ok(matmul(rows, in_features, out_features) + add as u64)
    }

    pub fn conv2d(&self, input: &[usize], conv: &ConvShape) -> Result<u64> {
        let (h, w) = window("conv2d", input, conv.kernel, conv.stride, conv.padding)?;
        if input[1] != conv.in_channels {
            return Err(wrong("conv2d", format!("[N, {}, H, W]", conv.in_channels), input));
        }
        let positions = input[0] * h * w;
        let patch = conv.in_channels * conv.kernel.0 * conv.kernel.1;
        let add = if conv.bias { positions * conv.out_channels } else { 0 };
        Ok(matmul(positions, patch, conv.out_channels) + add as u64)
    }

    pub fn attention(&self, input: &[usize], d_model: usize, n_heads: usize) -> Result<u64> {
        if input.len() != 3 || input[2] != d_model || n_heads == 0 || d_model % n_heads != 0 {
            return Err(wrong("attention", format!("[B, T, {d_model}], {n_heads} heads"), input));
        }
        let (b, t) = (input[0], input[1]);
        let qkvo = 4 * (matmul(b * t, d_model, d_model) + (b * t * d_model) as u64);
        let head = d_model / n_heads;
        let each = matmul(t, head, t) + matmul(t, t, head);
        Ok(qkvo + (b * n_heads) as u64 * each)
    }

    pub fn layers(&self, layers: &[NamedSpec], input: &[usize]) -> Result<FlopReport> {
        let mut x = input.to_vec();
        let mut done: Vec<LayerFlops> = Vec::new();
        for (i, layer) in layers.iter().enumerate() {
            let mut flops = 0;
            match &layer.spec {
                LayerSpec::Linear { in_features, out_features, bias } => {
                    flops = self.linear(&x, *in_features, *out_features, *bias)?;
                    x.pop();
                    x.push(*out_features);
                }
                &LayerSpec::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } => {
                    let conv = ConvShape { in_channels, out_channels, kernel, stride, padding, bias };
                    flops = self.conv2d(&x, &conv)?;
                    let (h, w) = window("conv2d", &x, kernel, stride, padding)?;
                    x = vec![x[0], out_channels, h, w];
                }
                LayerSpec::MaxPool2d { kernel, stride } => {
                    (x[2], x[3]) = window("max_pool2d", &x, *kernel, *stride, (0, 0))?;
                }
                LayerSpec::Flatten if x.is_empty() => {
                    return Err(wrong("flatten", "[N, ..]".into(), &x));
                }
                LayerSpec::Flatten => x = vec![x[0], x[1..].iter().product()],
                LayerSpec::Embedding { dim, .. } => {
                    let before = i.checked_sub(1).map(|j| &layers[j].spec);
                    if !matches!(before, Some(LayerSpec::Embedding { .. })) {
                        x.push(*dim);
                    } else if x.last() != Some(dim) {
                        return Err(wrong("embedding", format!("[.., {dim}]"), &x));
                    }
                }
                LayerSpec::LayerNorm { dim } if x.last() != Some(dim) => {
                    return Err(wrong("layer_norm", format!("[.., {dim}]"), &x));
                }
                LayerSpec::Attention { d_model, n_heads } => {
                    flops = self.attention(&x, *d_model, *n_heads)?;
                }
                _ => {}
            }
            done.push(LayerFlops { name: layer.name.clone(), flops, output_shape: x.clone() });
        }
        Ok(FlopReport { layers: done })
    }

    pub fn model(&self, model: &dyn Layer, input: &[usize]) -> Result<FlopReport> {
        self.layers(&model.specs(), input)
    }
}
