// Task 3: count the arithmetic. MAC = 2, bias = 1, rest = 0.
use crate::{ProfileError, Result};
use tinytorch::{Layer, LayerSpec, NamedSpec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    pub in_channels: usize,
    pub out_channels: usize,
    pub kernel: (usize, usize),
    pub stride: (usize, usize),
    pub padding: (usize, usize),
    pub bias: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFlops {
    pub name: String,
    pub flops: u64,
    pub output_shape: Vec<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlopReport {
    pub layers: Vec<LayerFlops>,
}

impl FlopReport {
    pub fn total(&self) -> u64 {
        let mut sum = 0;
        for l in &self.layers {
            sum += l.flops;
        }
        sum
    }

    pub fn bottleneck(&self) -> Option<&LayerFlops> {
        let mut best: Option<&LayerFlops> = None;
        for l in &self.layers {
            if l.flops > best.map_or(0, |b| b.flops) {
                best = Some(l);
            }
        }
        best
    }

    pub fn shares(&self) -> Vec<f64> {
        let total = self.total();
        let share = |l: &LayerFlops| if total == 0 { 0.0 } else { l.flops as f64 / total as f64 };
        self.layers.iter().map(share).collect()
    }
}

fn bad<T>(operation: &'static str, expected: &str, got: &[usize]) -> Result<T> {
    Err(ProfileError::Shape { operation, expected: expected.to_string(), got: got.to_vec() })
}

/// number of positions of a window along one axis
fn steps(len: usize, k: usize, s: usize, p: usize) -> Option<usize> {
    if k == 0 || s == 0 || len + 2 * p < k {
        return None;
    }
    Some((len + 2 * p - k) / s + 1)
}

#[derive(Clone, Copy, Debug, Default)]
pub struct FlopCounter;

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
        if input.last() != Some(&in_features) {
            return bad("linear", &format!("last dimension {in_features}"), input);
        }
        let rows: usize = input[..input.len() - 1].iter().product();
        let mut flops = 2 * rows * in_features * out_features;
        if bias {
            flops += rows * out_features;
        }
        Ok(flops as u64)
    }

    pub fn conv2d(&self, input: &[usize], conv: &ConvShape) -> Result<u64> {
        let out = self.conv_out(input, conv)?;
        let positions: usize = out.iter().product();
        let macs = positions * conv.in_channels * conv.kernel.0 * conv.kernel.1;
        Ok((2 * macs + if conv.bias { positions } else { 0 }) as u64)
    }

    fn conv_out(&self, input: &[usize], conv: &ConvShape) -> Result<Vec<usize>> {
        if input.len() != 4 || input[1] != conv.in_channels {
            return bad("conv2d", &format!("[N, {}, H, W]", conv.in_channels), input);
        }
        let h = steps(input[2], conv.kernel.0, conv.stride.0, conv.padding.0);
        let w = steps(input[3], conv.kernel.1, conv.stride.1, conv.padding.1);
        match (h, w) {
            (Some(h), Some(w)) => Ok(vec![input[0], conv.out_channels, h, w]),
            _ => bad("conv2d", "room for the kernel", input),
        }
    }

    pub fn attention(&self, input: &[usize], d_model: usize, n_heads: usize) -> Result<u64> {
        if input.len() != 3 || input[2] != d_model {
            return bad("attention", &format!("[B, T, {d_model}]"), input);
        }
        if n_heads == 0 || d_model % n_heads != 0 {
            return bad("attention", "heads that divide the width", input);
        }
        let (b, t, d) = (input[0] as u64, input[1] as u64, d_model as u64);
        let qkvo = 8 * b * t * d * d + 4 * b * t * d;
        let qk = 2 * b * t * t * d;
        let av = 2 * b * t * t * d;
        Ok(qkvo + qk + av)
    }

    pub fn layers(&self, layers: &[NamedSpec], input: &[usize]) -> Result<FlopReport> {
        let mut shape = input.to_vec();
        let mut report = FlopReport::default();
        let mut after_embedding = false;
        for layer in layers {
            let embedding = matches!(layer.spec, LayerSpec::Embedding { .. });
            let (flops, next) = self.one(&layer.spec, &shape, after_embedding)?;
            after_embedding = embedding;
            shape = next.clone();
            report.layers.push(LayerFlops { name: layer.name.clone(), flops, output_shape: next });
        }
        Ok(report)
    }

    fn one(&self, spec: &LayerSpec, x: &[usize], again: bool) -> Result<(u64, Vec<usize>)> {
        let same = x.to_vec();
        match spec {
            &LayerSpec::Linear { in_features, out_features, bias } => {
                let flops = self.linear(x, in_features, out_features, bias)?;
                let mut y = same;
                *y.last_mut().unwrap() = out_features;
                Ok((flops, y))
            }
            &LayerSpec::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } => {
                let c = ConvShape { in_channels, out_channels, kernel, stride, padding, bias };
                Ok((self.conv2d(x, &c)?, self.conv_out(x, &c)?))
            }
            &LayerSpec::Attention { d_model, n_heads } => {
                Ok((self.attention(x, d_model, n_heads)?, same))
            }
            &LayerSpec::MaxPool2d { kernel, stride } => {
                if x.len() != 4 {
                    return bad("max_pool2d", "[N, C, H, W]", x);
                }
                let h = steps(x[2], kernel.0, stride.0, 0);
                let w = steps(x[3], kernel.1, stride.1, 0);
                match (h, w) {
                    (Some(h), Some(w)) => Ok((0, vec![x[0], x[1], h, w])),
                    _ => bad("max_pool2d", "room for the window", x),
                }
            }
            LayerSpec::Flatten => match x {
                [] => bad("flatten", "a batch", x),
                [n, rest @ ..] => Ok((0, vec![*n, rest.iter().product()])),
            },
            &LayerSpec::Embedding { dim, .. } => {
                let mut y = same;
                // a second table (positions) is added to the first one's output
                if !again {
                    y.push(dim);
                } else if y.last() != Some(&dim) {
                    return bad("embedding", &format!("last dimension {dim}"), x);
                }
                Ok((0, y))
            }
            &LayerSpec::LayerNorm { dim } => {
                if x.last() != Some(&dim) {
                    return bad("layer_norm", &format!("last dimension {dim}"), x);
                }
                Ok((0, same))
            }
            _ => Ok((0, same)),
        }
    }

    pub fn model(&self, model: &dyn Layer, input: &[usize]) -> Result<FlopReport> {
        self.layers(&model.specs(), input)
    }
}
