//! Layers whose sums and codes were computed by ONNX Runtime.

use crate::contract::{Granularity, Layer, Params, Quantized, Scheme, TensorParams, Window};
use course_oracle::values::{Row, Table};
use grader_protocol::Floats;

/// A layer, an input and ONNX Runtime's answers.
#[derive(Clone, Debug)]
pub struct Answered {
    pub layer: Layer,
    /// Of a convolution.
    pub window: Window,
    pub input: Quantized,
    /// Exact.
    pub sums: Vec<i64>,
    /// By requantization in `f32`, so that a neighbouring code is right as well. None where only sums were computed.
    pub codes: Option<Vec<i32>>,
}

/// Of linear layers, without bias.
pub fn linear() -> Vec<Answered> {
    let sums = Table::read(include_str!("values/matmul_integer.csv")).rows;
    let is_symmetric = |row: &&Row| row.list::<i32>("b_zero_points").iter().all(|zero| *zero == 0);
    let sums = sums.iter().filter(is_symmetric).map(|row| {
        let outputs = row.one("outputs");
        let input = params(1.0, row.one("a_zero_point"), row.text("a_type"));
        let weight = (row.list("b"), vec![1.0; outputs], 1);
        answered(row, (linear_shapes(row), "a"), (input, input), weight)
    });
    let codes = Table::read(include_str!("values/qlinear_matmul.csv")).rows;
    let codes = codes.iter().map(|row| {
        let input = params(row.one("a_scale"), row.one("a_zero_point"), row.text("type"));
        let output = params(row.one("y_scale"), row.one("y_zero_point"), row.text("type"));
        let weight = (row.list("b"), row.list("b_scales"), 1);
        let of = answered(row, (linear_shapes(row), "a"), (input, output), weight);
        Answered { codes: Some(row.list("y")), ..of }
    });
    sums.chain(codes).collect()
}

/// Of convolutions, some with a bias.
pub fn convolutions() -> Vec<Answered> {
    let sums = Table::read(include_str!("values/conv_integer.csv")).rows;
    let sums = sums.iter().map(|row| {
        let shapes = [row.list("images"), row.list::<usize>("filters")];
        let input = params(1.0, row.one("x_zero_point"), "u8");
        let weight = (row.list("w"), vec![1.0; shapes[1][0]], 0);
        let of = answered(row, (shapes, "x"), (input, input), weight);
        Answered { window: window(row), ..of }
    });
    let codes = Table::read(include_str!("values/qlinear_conv.csv")).rows;
    let codes = codes.iter().map(|row| {
        let shapes = [row.list("images"), row.list("filters")];
        let input = params(row.one("x_scale"), row.one("x_zero_point"), row.text("type"));
        let output = params(row.one("y_scale"), row.one("y_zero_point"), row.text("type"));
        let scales: Vec<f32> = row.list("w_scales");
        let bias = row.list::<i32>("bias").into_iter().zip(&scales);
        let bias = bias.map(|(steps, scale)| {
            (f64::from(steps) * f64::from(*scale) * f64::from(input.scale)) as f32
        });
        let bias = Some(Floats(bias.collect()));
        let mut of = answered(row, (shapes, "x"), (input, output), (row.list("w"), scales, 0));
        of.layer.bias = bias;
        Answered { window: window(row), codes: Some(row.list("y")), ..of }
    });
    sums.chain(codes).collect()
}

fn linear_shapes(row: &Row) -> [Vec<usize>; 2] {
    let inputs = row.one("inputs");
    [vec![row.one("rows"), inputs], vec![inputs, row.one("outputs")]]
}

fn window(row: &Row) -> Window {
    let pair = |column| {
        let pair = row.list(column);
        (pair[0], pair[1])
    };
    Window { stride: pair("stride"), padding: pair("padding") }
}

fn params(scale: f32, zero_point: i32, kind: &str) -> Params {
    let scheme =
        if kind == "u8" { Scheme::Unsigned { bits: 8 } } else { Scheme::Signed { bits: 8 } };
    Params { scale, zero_point, scheme }
}

/// `codes` is the column of the input's codes; a weight has codes, scales and the axis of its channels.
fn answered(
    row: &Row,
    ([shape, weight_shape], codes): ([Vec<usize>; 2], &str),
    (input, output): (Params, Params),
    (weight, scales, axis): (Vec<i32>, Vec<f32>, usize),
) -> Answered {
    let scheme = Scheme::Symmetric { bits: 8 };
    let channels = scales.into_iter().map(|scale| Params { scale, zero_point: 0, scheme });
    let granularity = Granularity::PerChannel { axis };
    let weight_params = TensorParams { granularity, channels: channels.collect() };
    let weight = Quantized { shape: weight_shape, codes: weight, params: weight_params };
    let params = TensorParams { granularity: Granularity::PerTensor, channels: vec![input] };
    Answered {
        layer: Layer { weight, bias: None, input, output, relu: false, packed: false },
        window: Window { stride: (1, 1), padding: (0, 0) },
        input: Quantized { shape, codes: row.list(codes), params },
        sums: row.list("sums"),
        codes: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::layers;

    /// The two oracles agree: on sums exactly, on codes up to a neighbour, which is rare.
    fn agree(of: &Answered, sums: &[i64], (channels, every): (usize, usize)) -> usize {
        assert_eq!(of.sums, sums);
        let Some(expected) = &of.codes else { return 0 };
        let got = layers::output(&of.layer, &[], (channels, every), sums).codes;
        assert_eq!(got.len(), expected.len());
        let off = got.iter().zip(expected).map(|(got, expected)| got.abs_diff(*expected));
        off.map(|off| if off <= 1 { off as usize } else { panic!("{got:?} {expected:?}") }).sum()
    }

    #[test]
    fn linear_layers_agree_with_plain_loops() {
        let answers = linear();
        let neighbours: usize = answers
            .iter()
            .map(|of| {
                let (_, sums) = layers::linear_sums(&of.layer, &of.input);
                agree(of, &sums, (of.layer.weight.shape[1], 1))
            })
            .sum();
        assert!(answers.len() > 40 && neighbours <= 5, "{} {neighbours}", answers.len());
    }

    #[test]
    fn convolutions_agree_with_plain_loops() {
        let answers = convolutions();
        let neighbours: usize = answers
            .iter()
            .map(|of| {
                let (shape, _, sums) = layers::conv_sums(&of.layer, of.window, &of.input);
                agree(of, &sums, (shape[1], shape[2] * shape[3]))
            })
            .sum();
        assert!(answers.len() > 40 && neighbours <= 5, "{} {neighbours}", answers.len());
    }

    #[test]
    fn sums_of_onnx_runtime_are_exact() {
        let table = Table::read(include_str!("values/matmul_integer.csv"));
        assert_eq!(table.rows.len(), 36);
        for row in &table.rows {
            let (inputs, outputs) = (row.one::<usize>("inputs"), row.one::<usize>("outputs"));
            let (a, a_zero) = (row.list::<i64>("a"), row.one::<i64>("a_zero_point"));
            let (b, b_zeros) = (row.list::<i64>("b"), row.list::<i64>("b_zero_points"));
            for (at, sum) in row.list::<i64>("sums").into_iter().enumerate() {
                let (i, j) = (at / outputs, at % outputs);
                let product =
                    |k: usize| (a[i * inputs + k] - a_zero) * (b[k * outputs + j] - b_zeros[j]);
                assert_eq!(sum, (0..inputs).map(product).sum::<i64>());
            }
        }
    }
}
