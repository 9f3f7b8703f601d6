//! Task `flops`: how much arithmetic a model does, layer by layer.

mod report;
mod shapes;

use crate::Result;
pub use report::{FlopReport, LayerFlops};
pub use shapes::ConvShape;
use shapes::{Input, Window};
use tinytorch::{Layer, LayerSpec, NamedSpec};

#[derive(Clone, Copy, Debug, Default)]
pub struct FlopCounter;

/// `outputs` dot products of length `terms`, maybe plus a bias each.
fn dots(outputs: &[usize], terms: usize, bias: bool) -> u64 {
    let count: u64 = outputs.iter().map(|&d| d as u64).product();
    let adds = if bias { count } else { 0 };
    2 * count * terms as u64 + adds
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
        let mut output = Input { op: "linear", dims: input }.rows_of(in_features)?.to_vec();
        output.push(out_features);
        Ok(dots(&output, in_features, bias))
    }

    pub fn conv2d(&self, input: &[usize], conv: &ConvShape) -> Result<u64> {
        let output = conv_output(input, conv)?;
        let (kh, kw) = conv.kernel;
        Ok(dots(&output, conv.in_channels * kh * kw, conv.bias))
    }

    pub fn attention(&self, input: &[usize], d_model: usize, n_heads: usize) -> Result<u64> {
        let me = Input { op: "attention", dims: input };
        let &[b, t, d] = input else {
            return me.complain("[B, T, D]");
        };
        if d != d_model {
            return me.complain(format!("D to be {d_model}"));
        }
        let head = match d.checked_rem(n_heads) {
            Some(0) => d / n_heads,
            _ => return me.complain(format!("a D that {n_heads} heads can share")),
        };
        let projections = 4 * dots(&[b, t, d], d, true);
        // For each head: [T, head] x [head, T], then [T, T] x [T, head].
        let scores = dots(&[b, n_heads, t, t], head, false);
        let weighted = dots(&[b, n_heads, t, head], t, false);
        Ok(projections + scores + weighted)
    }

    pub fn layers(&self, layers: &[NamedSpec], input: &[usize]) -> Result<FlopReport> {
        let mut report = FlopReport::default();
        let mut shape = input.to_vec();
        let mut ids_are_rows = false;
        for layer in layers {
            let flops = self.flops_of(&layer.spec, &shape)?;
            shape = shape_after(&layer.spec, shape, ids_are_rows)?;
            ids_are_rows = matches!(layer.spec, LayerSpec::Embedding { .. });
            let name = layer.name.clone();
            report.layers.push(LayerFlops { name, flops, output_shape: shape.clone() });
        }
        Ok(report)
    }

    pub fn model(&self, model: &dyn Layer, input: &[usize]) -> Result<FlopReport> {
        let specs = model.specs();
        self.layers(&specs, input)
    }

    fn flops_of(&self, spec: &LayerSpec, shape: &[usize]) -> Result<u64> {
        match *spec {
            LayerSpec::Linear { in_features, out_features, bias } => {
                self.linear(shape, in_features, out_features, bias)
            }
            LayerSpec::Conv2d { .. } => self.conv2d(shape, &as_conv(spec)),
            LayerSpec::Attention { d_model, n_heads } => self.attention(shape, d_model, n_heads),
            // The rest is free by convention.
            _ => Ok(0),
        }
    }
}

fn conv_output(input: &[usize], conv: &ConvShape) -> Result<[usize; 4]> {
    let me = Input { op: "conv2d", dims: input };
    let window = Window { kernel: conv.kernel, stride: conv.stride, padding: conv.padding };
    let [n, c, h, w] = me.windowed(&window)?;
    if c != conv.in_channels {
        return me.complain(format!("{} channels", conv.in_channels));
    }
    Ok([n, conv.out_channels, h, w])
}

fn as_conv(spec: &LayerSpec) -> ConvShape {
    match *spec {
        LayerSpec::Conv2d { in_channels, out_channels, kernel, stride, padding, bias } => {
            ConvShape { in_channels, out_channels, kernel, stride, padding, bias }
        }
        _ => unreachable!("only called for convolutions"),
    }
}

fn shape_after(spec: &LayerSpec, mut shape: Vec<usize>, rows: bool) -> Result<Vec<usize>> {
    let input = |op| Input { op, dims: &shape };
    match *spec {
        LayerSpec::Linear { in_features, out_features, .. } => {
            input("linear").rows_of(in_features)?;
            shape.pop();
            shape.push(out_features);
        }
        LayerSpec::Conv2d { .. } => shape = conv_output(&shape, &as_conv(spec))?.into(),
        LayerSpec::MaxPool2d { kernel, stride } => {
            let window = Window { kernel, stride, padding: (0, 0) };
            shape = input("max_pool2d").windowed(&window)?.into();
        }
        LayerSpec::Flatten => {
            let Some((&n, rest)) = shape.split_first() else {
                return input("flatten").complain("at least one dimension");
            };
            shape = vec![n, rest.iter().product()];
        }
        LayerSpec::Embedding { dim, .. } if rows => {
            input("embedding").rows_of(dim)?;
        }
        LayerSpec::Embedding { dim, .. } => shape.push(dim),
        LayerSpec::LayerNorm { dim } => {
            input("layer_norm").rows_of(dim)?;
        }
        _ => {}
    }
    Ok(shape)
}
