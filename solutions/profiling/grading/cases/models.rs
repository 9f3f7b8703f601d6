//! Task `flops`, second part: sequences of layers, and whole models.

use super::flops::{
    attention_costs_what_executing_it_does, conv_bias_counts_once_for_each_output,
    conv_counts_every_output_position, linear_bias_counts_once_for_each_output,
    linear_counts_two_for_each_multiply_accumulate,
};
use super::prelude::*;
use crate::oracle::counting::{self, Conv};
use contract::{Flops, Layer, Model};

cases! { task "flops", client Client;
    /// A report lists every layer in order, and its total is their sum.
    layers_are_listed_and_added_up after [linear_counts_two_for_each_multiply_accumulate];
    /// Shapes are carried from layer to layer, through convolution, pooling and flattening.
    shapes_are_carried_from_layer_to_layer after [conv_counts_every_output_position];
    /// Activations, normalisation, pooling and look-ups count nothing.
    other_layers_count_nothing;
    /// A layer that does not take what the one before it gives is an error.
    layers_that_do_not_fit_are_an_error;
    /// The bottleneck is the layer with the most operations, the first of them on a tie.
    flop_bottleneck_is_the_costliest_layer after [layers_are_listed_and_added_up];
    /// Shares are proportional to the operations and add up to one whole.
    flop_shares_add_up_to_one after [layers_are_listed_and_added_up];
    /// Without any operation there is no bottleneck and every share is zero.
    no_operations_have_no_bottleneck after [other_layers_count_nothing];
    /// The given multilayer perceptron costs what executing it does.
    mlp_costs_what_executing_it_does
        after [layers_are_listed_and_added_up, linear_bias_counts_once_for_each_output];
    /// The given convolutional network costs what executing it does.
    cnn_costs_what_executing_it_does after [shapes_are_carried_from_layer_to_layer,
        conv_bias_counts_once_for_each_output, mlp_costs_what_executing_it_does];
    /// The given transformer costs what executing it does, and its head sees every token.
    gpt_costs_what_executing_it_does
        after [mlp_costs_what_executing_it_does, attention_costs_what_executing_it_does];
}

const fn linear(in_features: usize, out_features: usize) -> Layer {
    Layer::Linear { in_features, out_features, bias: false }
}

/// Layers named `layer0`, `layer1`, ...
fn named(layers: &[Layer]) -> Vec<(String, Layer)> {
    layers.iter().enumerate().map(|(i, layer)| (format!("layer{i}"), *layer)).collect()
}

/// Checks names and FLOPs of the layers with FLOPs, in order, and the total.
fn costs(message: &'static str, got: &Flops, expected: &[(&str, u64)]) -> CaseVerdict {
    let rows = got.layers.iter().filter(|layer| layer.flops > 0);
    let rows: Vec<_> = rows.map(|layer| (&*layer.name, layer.flops)).collect();
    check::equal(message, &&*rows, &expected)?;
    let total = expected.iter().map(|(_, flops)| flops).sum();
    check::equal("`FlopReport::total` should be the sum over its layers", &got.total, &total)
}

fn layers_are_listed_and_added_up(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sizes: Vec<usize> = (0..6).map(|_| draw.int(2..=20)).collect();
    let layers: Vec<Layer> = sizes.windows(2).map(|pair| linear(pair[0], pair[1])).collect();
    let rows = draw.int(1..=5);
    let got = code.flops_layers(vec![rows, sizes[0]], named(&layers))?;
    let names: Vec<String> = (0..5).map(|i| format!("layer{i}")).collect();
    let flops =
        sizes.windows(2).map(|pair| counting::linear(rows, pair[0], pair[1], false).flops());
    let expected: Vec<_> = names.iter().map(String::as_str).zip(flops).collect();
    costs("`layers` should list every layer's name and FLOPs in order", &got, &expected)
}

fn shapes_are_carried_from_layer_to_layer(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let conv = Conv {
        n: draw.int(1..=3),
        in_channels: draw.int(1..=3),
        h: draw.int(9..=14),
        w: draw.int(9..=14),
        out_channels: draw.int(2..=5),
        kernel: (3, 2),
        stride: (1, 1),
        padding: (0, 0),
        bias: false,
    };
    let Conv { n, in_channels, h, w, out_channels, kernel, stride, padding, bias } = conv;
    // Pooling moves like a convolution without padding.
    let (rows, columns) = conv.output();
    let pool =
        Conv { h: rows, w: columns, kernel: (2, 3), stride: (2, 3), padding: (0, 0), ..conv };
    let (high, wide) = pool.output();
    let flat = out_channels * high * wide;
    let layers = named(&[
        Layer::Conv2d { in_channels, out_channels, kernel, stride, padding, bias },
        Layer::Relu,
        Layer::MaxPool2d { kernel: pool.kernel, stride: pool.stride },
        Layer::Flatten,
        linear(flat, 7),
        Layer::Softmax,
    ]);
    let got = code.flops_layers(vec![n, in_channels, h, w], layers)?;
    let shapes: Vec<_> = got.layers.into_iter().map(|layer| layer.output_shape).collect();
    let mapped = vec![n, out_channels, rows, columns];
    let pooled = vec![n, out_channels, high, wide];
    let expected = vec![mapped.clone(), mapped, pooled, vec![n, flat], vec![n, 7], vec![n, 7]];
    check::equal("`layers` should carry each layer's output shape to the next", &shapes, &expected)
}

fn other_layers_count_nothing(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (batch, tokens, dim) = (draw.int(1..=3), draw.int(2..=6), draw.int(2..=9));
    let embedding = Layer::Embedding { vocab_size: 16, dim };
    let layers = [embedding, Layer::LayerNorm { dim }, Layer::Gelu, Layer::Relu, Layer::Softmax];
    let got = code.flops_layers(vec![batch, tokens], named(&layers))?;
    let message = "activations, layer norm, softmax and embedding look-ups should count 0";
    check::equal(message, &got.total, &0)?;
    let shapes = got.layers.iter().all(|layer| layer.output_shape == [batch, tokens, dim]);
    let message = "an embedding of [B, T] gives [B, T, dim], and the layers here keep that shape";
    check::that(shapes && got.layers.len() == 5, message, || format!("{got:?}"))
}

fn layers_that_do_not_fit_are_an_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let width = draw.int(3..=9);
    let wrong = [
        (vec![2, width], vec![linear(width, 4), linear(5, 2)]),
        (vec![2, width], vec![linear(width, 4), Layer::LayerNorm { dim: 5 }]),
        (vec![2, 3, width], vec![Layer::Attention { d_model: width + 1, n_heads: 1 }]),
        (vec![2, width], vec![Layer::MaxPool2d { kernel: (2, 2), stride: (2, 2) }]),
        (vec![1, 1, 2, width], vec![Layer::MaxPool2d { kernel: (3, 1), stride: (1, 1) }]),
    ];
    for (input, layers) in wrong {
        let result = code.flops_layers(input, named(&layers));
        let message = "`layers` should return `Shape` for a layer that cannot take its input";
        check::returns_error(message, result, "Shape")?;
    }
    Ok(())
}

fn flop_bottleneck_is_the_costliest_layer(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (small, large) = (draw.int(2..=5), draw.int(20..=30));
    let layers = [linear(small, large), linear(large, large), Layer::Relu, linear(large, small)];
    let got = code.flops_layers(vec![3, small], named(&layers))?.bottleneck;
    let message = "`bottleneck` should be the layer with the most FLOPs";
    check::equal(message, &got.as_deref(), &Some("layer1"))?;
    let layers = [linear(small, 1), linear(1, large), linear(large, 1), linear(1, large)];
    let got = code.flops_layers(vec![3, small], named(&layers))?.bottleneck;
    let message = "`bottleneck` should be the first of the layers with the most FLOPs";
    check::equal(message, &got.as_deref(), &Some("layer1"))
}

fn flop_shares_add_up_to_one(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sizes: Vec<usize> = (0..5).map(|_| draw.int(2..=40)).collect();
    let layers: Vec<Layer> = sizes.windows(2).map(|pair| linear(pair[0], pair[1])).collect();
    let got = code.flops_layers(vec![2, sizes[0]], named(&layers))?;
    let sum: f64 = got.shares.iter().sum();
    check::close("`FlopReport::shares` should add up to 1", sum, 1.0, ROUNDING, 0.0)?;
    let products: Vec<_> = sizes.windows(2).map(|pair| (pair[0] * pair[1]) as f64).collect();
    let total: f64 = products.iter().sum();
    let expected: Vec<_> = products.iter().map(|product| product / total).collect();
    let message = "`FlopReport::shares` should be each layer's FLOPs over the total";
    check::all_close(message, &got.shares, &expected, ROUNDING, 0.0)
}

fn no_operations_have_no_bottleneck(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let empty = code.flops_layers(vec![draw.int(1..=9)], vec![])?;
    let message = "the report of no layers should be empty: total 0, no bottleneck, no shares";
    check::equal(message, &(empty.total, empty.bottleneck, empty.shares), &(0, None, vec![]))?;
    let idle = code.flops_layers(vec![2, 3], named(&[Layer::Relu, Layer::Gelu]))?;
    let message = "without any FLOPs `bottleneck` should be None and every share 0.0";
    check::equal(message, &(idle.bottleneck, idle.shares), &(None, vec![0.0, 0.0]))
}

fn mlp_costs_what_executing_it_does(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let batch = draw.int(1..=3);
    let got = code.flops_model(Model::Mlp, vec![batch, 784])?;
    let layer = |inner, outer| counting::linear(batch, inner, outer, true).flops();
    let expected = [("fc1", layer(784, 128)), ("fc2", layer(128, 64)), ("fc3", layer(64, 10))];
    costs("`model` should count the given Mlp layer by layer", &got, &expected)
}

fn cnn_costs_what_executing_it_does(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let n = draw.int(1..=2);
    let got = code.flops_model(Model::Cnn, vec![n, 1, 28, 28])?;
    // 28 -> 26 -> 13 -> 11 -> 5
    let conv = |in_channels, out_channels, size| {
        let (kernel, stride, padding) = ((3, 3), (1, 1), (0, 0));
        let (h, w, bias) = (size, size, true);
        Conv { n, in_channels, h, w, out_channels, kernel, stride, padding, bias }
    };
    let expected = [
        ("conv1", conv(1, 8, 28).execute().flops()),
        ("conv2", conv(8, 16, 13).execute().flops()),
        ("fc", counting::linear(n, 16 * 5 * 5, 10, true).flops()),
    ];
    costs("`model` should count the given Cnn layer by layer", &got, &expected)
}

fn gpt_costs_what_executing_it_does(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (batch, tokens) = (draw.int(1..=2), draw.int(1..=8));
    let got = code.flops_model(Model::Gpt, vec![batch, tokens])?;
    let rows = batch * tokens;
    let attention = counting::attention(batch, tokens, 64, 4).flops();
    let up = counting::linear(rows, 64, 256, true).flops();
    let down = counting::linear(rows, 256, 64, true).flops();
    let mut expected = Vec::new();
    let names = ["blocks.0.attn", "blocks.0.mlp.fc1", "blocks.0.mlp.fc2"];
    expected.extend(names.into_iter().zip([attention, up, down]));
    let names = ["blocks.1.attn", "blocks.1.mlp.fc1", "blocks.1.mlp.fc2"];
    expected.extend(names.into_iter().zip([attention, up, down]));
    expected.push(("head", counting::linear(rows, 64, 16, false).flops()));
    costs("`model` should count the given Gpt layer by layer", &got, &expected)?;
    let last = got.layers.last().map(|layer| layer.output_shape.clone());
    let message = "the given Gpt should end in [B, T, vocabulary]";
    check::equal(message, &last, &Some(vec![batch, tokens, 16]))
}
