//! Task `compressor`. Run with `cargo test -p compression --test compressor`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{
    Candidate, Device, ModelCompressor, Requirements, Shortfall, decode_model, deployment_plan,
    sensitivity, sparsity_pattern,
};
use tinytorch::models::Mlp;
use tinytorch::train::Labelled;
use tinytorch::{Layer, Rng, Tensor, pretrained};

fn candidate(name: &str, bytes: usize, accuracy: f64, flops: f64) -> Candidate {
    Candidate { name: name.into(), bytes, seconds: 1e-3, accuracy, flops, traffic: 1e3 }
}

const DEVICE: Device =
    Device { flops_per_second: 1e9, bytes_per_second: 1e9, price_per_core_hour: 0.036 };

fn pixels(images: &tinytorch::data::digits::Digits) -> Labelled {
    Labelled::new(&images.flat().unwrap(), images.labels.clone()).unwrap()
}

#[test]
fn a_pattern_says_where_the_zeros_are() {
    let numbers = vec![1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0];
    let pattern = sparsity_pattern(&Tensor::from_vec(numbers, &[3, 3]).unwrap()).unwrap();
    assert_eq!(pattern.per_output, [1, 0, 2]);
    assert_eq!(pattern.per_input, [2, 0, 1]);
    assert_eq!((pattern.dead_outputs(), pattern.unused_inputs()), (1, 1));
    assert_eq!(pattern.longest_run, 5, "a run goes on in the next row");
    // Each row is one short block.
    assert_eq!((pattern.sparsity, pattern.zero_blocks), (6.0 / 9.0, 1.0 / 3.0));
}

#[test]
fn filters_are_outputs() {
    // The first of two filters is 0.
    let filters = Tensor::from_vec([vec![0.0; 4], vec![1.0; 4]].concat(), &[2, 1, 2, 2]).unwrap();
    let pattern = sparsity_pattern(&filters).unwrap();
    assert_eq!(pattern.per_output, [0, 4]);
    assert_eq!(pattern.per_input, [1; 4]);
    assert!(sparsity_pattern(&Tensor::zeros(&[3])).is_err());
}

#[test]
fn sensitivity_prunes_one_weight_at_a_time() {
    let mut model = Mlp::new(&[2, 3, 2], &mut Rng::new(1)).unwrap();
    let before: Vec<Vec<f32>> = model.parameters().iter().map(|(_, of)| of.to_vec()).collect();
    let zeros = |model: &Mlp| {
        let all = model.parameters();
        all.iter().flat_map(|(_, of)| of.to_vec()).filter(|x| *x == 0.0).count()
    };
    let start = zeros(&model) as f64;
    let layers = sensitivity(&mut model, &[0.5, 1.0], |model| Ok(zeros(model) as f64)).unwrap();
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["fc1.weight", "fc2.weight"]);
    let scores: Vec<f64> =
        layers.iter().flat_map(|layer| &layer.options).map(|option| option.score - start).collect();
    assert_eq!(scores, [3.0, 6.0, 3.0, 6.0]);
    let after: Vec<Vec<f32>> = model.parameters().iter().map(|(_, of)| of.to_vec()).collect();
    assert_eq!(before, after);
}

#[test]
fn a_plan_says_what_is_short() {
    let all = [candidate("dense", 440_000, 0.98, 2e5), candidate("small", 9_000, 0.97, 1e5)];
    let needs = Requirements { max_bytes: 10_000, max_seconds: 1e-3, min_accuracy: 0.975 };
    let plan = deployment_plan(&all, needs, DEVICE).unwrap();
    assert_eq!(plan.choice, None);
    assert_eq!(plan.shortfalls[0], [Shortfall::Bytes(430_000)]);
    let [Shortfall::Accuracy(short)] = plan.shortfalls[1][..] else {
        panic!("{:?}", plan.shortfalls)
    };
    assert!((short - 0.005).abs() < 1e-12);
}

#[test]
fn a_plan_takes_the_cheapest_that_fits() {
    let all = [
        candidate("dense", 440_000, 0.98, 2e5),
        candidate("small", 9_000, 0.96, 1e5),
        candidate("smaller", 5_000, 0.97, 1e5),
    ];
    let needs = Requirements { max_bytes: 440_000, max_seconds: 1e-3, min_accuracy: 0.9 };
    let plan = deployment_plan(&all, needs, DEVICE).unwrap();
    assert_eq!(plan.choice, Some(2), "of equally cheap ones the most accurate");
    // 2e5 operations at 1e9 a second, a million times: 200 seconds of a core.
    assert!((plan.cost_per_million[0] - 0.002).abs() < 1e-9, "{:?}", plan.cost_per_million);
    assert!(deployment_plan(&[], needs, DEVICE).is_err());
}

#[test]
fn the_mlp_fits_into_a_fortieth_of_its_bytes() {
    let mut mlp = pretrained::mlp().unwrap();
    let train = pixels(&tinytorch::data::digits::train().unwrap());
    let validation = pixels(&tinytorch::data::digits::validation().unwrap());
    let compressor = ModelCompressor {
        max_accuracy_loss: 0.02,
        sparsities: vec![0.99, 0.9],
        bits: vec![3],
        epochs: 10,
        learning_rate: 2e-3,
        seed: 1,
    };
    let compressed = compressor.compress(&mut mlp, &train, &validation).unwrap();
    let report = &compressed.report;
    assert_eq!((report.sparsity, report.bits, report.rejected.len()), (0.9, 3, 1), "{report:?}");
    assert!(compressed.file.len() < 438_200 / 40, "{} bytes", compressed.file.len());
    let decoded = decode_model(&compressed.file).unwrap();
    for ((_, of), (_, decoded)) in mlp.parameters().iter().zip(&decoded) {
        assert_eq!(of.to_vec(), decoded.to_vec());
    }
}

#[test]
fn a_budget_that_cannot_be_kept_changes_nothing() {
    let mut mlp = pretrained::mlp().unwrap();
    let before = mlp.parameters()[0].1.to_vec();
    let data = pixels(&tinytorch::data::digits::validation().unwrap());
    let compressor = ModelCompressor {
        max_accuracy_loss: 0.02,
        sparsities: vec![0.999],
        bits: vec![1],
        epochs: 1,
        learning_rate: 1e-6,
        seed: 1,
    };
    let error = compressor.compress(&mut mlp, &data, &data).unwrap_err();
    assert!(error.to_string().contains("0.999"), "{error}");
    assert_eq!(mlp.parameters()[0].1.to_vec(), before);
}
