//! Task `flops`. Run with `cargo test -p profiling --test flops`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. The numbers are worked out in the comments: do the same for your own models.

use profiling::{ConvShape, FlopCounter, FlopReport, ProfileError};
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::{LayerSpec, NamedSpec, Rng};

const COUNTER: FlopCounter = FlopCounter;

fn conv() -> ConvShape {
    let (kernel, stride, padding) = ((3, 3), (1, 1), (0, 0));
    ConvShape { in_channels: 3, out_channels: 16, kernel, stride, padding, bias: false }
}

/// The operation that a shape error names.
fn operation<T: std::fmt::Debug>(result: Result<T, ProfileError>) -> &'static str {
    match result {
        Err(ProfileError::Shape { operation, .. }) => operation,
        other => panic!("expected ProfileError::Shape, got {other:?}"),
    }
}

// Linear.

#[test]
fn a_multiply_accumulate_is_two_flops() {
    // 32 rows, each 784 products for each of 128 outputs.
    assert_eq!(COUNTER.linear(&[32, 784], 784, 128, false), Ok(32 * 2 * 784 * 128));
}

#[test]
fn a_bias_is_one_flop_an_output() {
    assert_eq!(COUNTER.linear(&[32, 784], 784, 128, true), Ok(32 * (2 * 784 * 128 + 128)));
}

#[test]
fn every_leading_dimension_is_rows() {
    assert_eq!(COUNTER.linear(&[2, 5, 8], 8, 3, false), COUNTER.linear(&[10, 8], 8, 3, false));
    assert_eq!(COUNTER.linear(&[8], 8, 3, false), Ok(2 * 8 * 3));
    assert_eq!(COUNTER.linear(&[0, 8], 8, 3, true), Ok(0));
}

#[test]
fn linear_checks_the_last_dimension() {
    assert_eq!(operation(COUNTER.linear(&[32, 100], 784, 128, true)), "linear");
    assert_eq!(operation(COUNTER.linear(&[], 784, 128, true)), "linear");
}

// Convolution.

#[test]
fn a_convolution_counts_a_filter_for_each_output_pixel() {
    // 32x32 without padding gives 30x30; a filter has 3 * 3 * 3 weights.
    assert_eq!(COUNTER.conv2d(&[1, 3, 32, 32], &conv()), Ok(16 * 30 * 30 * 2 * 27));
}

#[test]
fn padding_and_stride_change_the_output() {
    // (32 + 2 - 3) / 2 + 1 = 16, where the division is rounded down.
    let strided = ConvShape { stride: (2, 2), padding: (1, 1), bias: true, ..conv() };
    assert_eq!(COUNTER.conv2d(&[4, 3, 32, 32], &strided), Ok(4 * 16 * 16 * 16 * (2 * 27 + 1)));
}

#[test]
fn height_and_width_are_not_mixed_up() {
    let flat = ConvShape { kernel: (1, 5), padding: (0, 2), ..conv() };
    assert_eq!(COUNTER.conv2d(&[1, 3, 7, 20], &flat), Ok(16 * 7 * 20 * 2 * 15));
}

#[test]
fn impossible_convolutions_are_refused() {
    let image = [1, 3, 32, 32];
    for (input, shape) in [
        (&image[..3], conv()),
        (&[1, 4, 32, 32], conv()),
        (&[1, 3, 2, 32], conv()),
        (&image, ConvShape { stride: (0, 1), ..conv() }),
        (&image, ConvShape { kernel: (3, 0), ..conv() }),
    ] {
        assert_eq!(operation(COUNTER.conv2d(input, &shape)), "conv2d");
    }
}

// Attention.

#[test]
fn attention_projects_every_token() {
    // Twice the batch is twice the work; for the projections, so is twice the number of tokens.
    let one = COUNTER.attention(&[1, 16, 64], 64, 4).unwrap();
    assert_eq!(COUNTER.attention(&[2, 16, 64], 64, 4), Ok(2 * one));
    let projections = 4 * 16 * (2 * 64 * 64 + 64);
    let products = 2 * (2 * 16 * 16 * 64);
    assert_eq!(one, projections + products);
}

#[test]
fn heads_split_the_work_and_do_not_change_it() {
    let shape = [3, 10, 24];
    assert_eq!(COUNTER.attention(&shape, 24, 1), COUNTER.attention(&shape, 24, 6));
}

#[test]
fn attention_checks_its_shape() {
    assert_eq!(operation(COUNTER.attention(&[16, 64], 64, 4)), "attention");
    assert_eq!(operation(COUNTER.attention(&[1, 16, 32], 64, 4)), "attention");
    assert_eq!(operation(COUNTER.attention(&[1, 16, 64], 64, 5)), "attention");
    assert_eq!(operation(COUNTER.attention(&[1, 16, 64], 64, 0)), "attention");
}

// Whole models.

fn rows(report: &FlopReport) -> Vec<(&str, u64, &[usize])> {
    report.layers.iter().map(|l| (l.name.as_str(), l.flops, l.output_shape.as_slice())).collect()
}

#[test]
fn shapes_are_carried_through_a_cnn() {
    let config = CnnConfig { in_channels: 1, image: (12, 12), channels: [4, 8], classes: 10 };
    let cnn = Cnn::new(config, &mut Rng::new(1)).unwrap();
    let report = COUNTER.model(&cnn, &[2, 1, 12, 12]).unwrap();
    assert_eq!(
        rows(&report),
        [
            ("conv1", 2 * 4 * 100 * (2 * 9 + 1), &[2, 4, 10, 10][..]),
            ("relu1", 0, &[2, 4, 10, 10]),
            ("pool1", 0, &[2, 4, 5, 5]),
            ("conv2", 2 * 8 * 9 * (2 * 36 + 1), &[2, 8, 3, 3]),
            ("relu2", 0, &[2, 8, 3, 3]),
            ("pool2", 0, &[2, 8, 1, 1]),
            ("flatten", 0, &[2, 8]),
            ("fc", 2 * 10 * (2 * 8 + 1), &[2, 10]),
        ]
    );
}

#[test]
fn a_gpt_adds_up() {
    let config = GptConfig { vocab_size: 12, max_seq_len: 8, d_model: 16, n_heads: 4, n_layers: 2 };
    let gpt = Gpt::new(config, &mut Rng::new(1)).unwrap();
    let report = COUNTER.model(&gpt, &[3, 8]).unwrap();
    let attention = COUNTER.attention(&[3, 8, 16], 16, 4).unwrap();
    let mlp = 24 * (2 * 16 * 64 + 64) + 24 * (2 * 64 * 16 + 16);
    let head = 24 * 2 * 16 * 12;
    assert_eq!(report.total(), 2 * (attention + mlp) + head);
    assert_eq!(report.layers.last().unwrap().output_shape, [3, 8, 12]);
}

#[test]
fn layers_that_do_not_fit_are_named() {
    let named = |name: &str, spec| NamedSpec { name: name.to_string(), spec };
    let layers = [
        named("flat", LayerSpec::Flatten),
        named("norm", LayerSpec::LayerNorm { dim: 12 }),
        named("fc", LayerSpec::Linear { in_features: 10, out_features: 2, bias: true }),
    ];
    assert_eq!(operation(COUNTER.layers(&layers, &[1, 3, 4])), "linear");
    assert_eq!(operation(COUNTER.layers(&layers, &[1, 3, 5])), "layer_norm");
}

#[test]
fn the_first_layer_of_an_mlp_is_its_bottleneck() {
    let mlp = Mlp::new(&[784, 128, 64, 10], &mut Rng::new(1)).unwrap();
    let report = COUNTER.model(&mlp, &[1, 784]).unwrap();
    assert_eq!(report.bottleneck().unwrap().name, "fc1");
    let shares = report.shares();
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{shares:?}");
    assert!((shares[0] - 200_832.0 / 218_570.0).abs() < 1e-12, "{shares:?}");
}

#[test]
fn of_equal_layers_the_first_is_the_bottleneck() {
    let square = |name: &str| NamedSpec {
        name: name.to_string(),
        spec: LayerSpec::Linear { in_features: 6, out_features: 6, bias: true },
    };
    let report = COUNTER.layers(&["a", "b", "c"].map(square), &[2, 6]).unwrap();
    assert_eq!(report.bottleneck().unwrap().name, "a");
}

#[test]
fn no_work_has_no_bottleneck() {
    let layers = [NamedSpec { name: "relu".to_string(), spec: LayerSpec::Relu }];
    let report = COUNTER.layers(&layers, &[4, 4]).unwrap();
    assert_eq!(report.bottleneck(), None);
    assert_eq!(report.shares(), [0.0]);
    assert_eq!(FlopReport::default().bottleneck(), None);
}
