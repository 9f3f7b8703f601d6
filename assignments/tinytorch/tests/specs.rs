//! The descriptions of models: leaves and parameters, by name.

use std::collections::HashSet;

use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::nn::{Embedding, Gelu, LayerNorm, Linear, MultiHeadAttention, Sequential, Softmax};
use tinytorch::{Layer, LayerSpec, Rng};

fn names(model: &dyn Layer) -> Vec<String> {
    model.specs().into_iter().map(|leaf| leaf.name).collect()
}

fn shapes(model: &dyn Layer) -> Vec<(String, Vec<usize>)> {
    let parameters = model.parameters().into_iter();
    parameters.map(|(name, tensor)| (name, tensor.shape().to_vec())).collect()
}

fn cnn() -> Cnn {
    let config = CnnConfig { in_channels: 1, image: (28, 28), channels: [8, 16], classes: 10 };
    Cnn::new(config, &mut Rng::new(1)).unwrap()
}

fn gpt() -> Gpt {
    let config = GptConfig { vocab_size: 13, max_seq_len: 9, d_model: 12, n_heads: 3, n_layers: 2 };
    Gpt::new(config, &mut Rng::new(1)).unwrap()
}

#[test]
fn a_leaf_alone_has_no_name() {
    let leaf = Linear::new(3, 2, false, &mut Rng::new(1));
    let specs = leaf.specs();
    assert_eq!(specs.len(), 1);
    assert_eq!(specs[0].name, "");
    let expected = LayerSpec::Linear { in_features: 3, out_features: 2, bias: false };
    assert_eq!(specs[0].spec, expected);
    assert_eq!(shapes(&leaf), [("weight".to_string(), vec![3, 2])]);
}

#[test]
fn each_leaf_describes_itself() {
    let rng = &mut Rng::new(2);
    let spec = |layer: &dyn Layer| layer.specs()[0].spec.clone();
    assert_eq!(spec(&Gelu), LayerSpec::Gelu);
    assert_eq!(spec(&Softmax), LayerSpec::Softmax);
    assert_eq!(spec(&Embedding::new(7, 3, rng)), LayerSpec::Embedding { vocab_size: 7, dim: 3 });
    assert_eq!(spec(&LayerNorm::new(5, 1e-5)), LayerSpec::LayerNorm { dim: 5 });
    let attention = MultiHeadAttention::new(8, 2, rng).unwrap();
    assert_eq!(spec(&attention), LayerSpec::Attention { d_model: 8, n_heads: 2 });
}

#[test]
fn the_cnn_lists_its_leaves_in_the_order_of_execution() {
    let (kernel, stride) = ((2, 2), (2, 2));
    let conv = |in_channels, out_channels| LayerSpec::Conv2d {
        in_channels,
        out_channels,
        kernel: (3, 3),
        stride: (1, 1),
        padding: (0, 0),
        bias: true,
    };
    let expected = [
        ("conv1", conv(1, 8)),
        ("relu1", LayerSpec::Relu),
        ("pool1", LayerSpec::MaxPool2d { kernel, stride }),
        ("conv2", conv(8, 16)),
        ("relu2", LayerSpec::Relu),
        ("pool2", LayerSpec::MaxPool2d { kernel, stride }),
        ("flatten", LayerSpec::Flatten),
        ("fc", LayerSpec::Linear { in_features: 400, out_features: 10, bias: true }),
    ];
    let actual: Vec<_> = cnn().specs().into_iter().map(|leaf| (leaf.name, leaf.spec)).collect();
    assert_eq!(actual, expected.map(|(name, spec)| (name.to_string(), spec)));
}

#[test]
fn the_mlp_names_its_leaves() {
    let mlp = Mlp::new(&[784, 128, 64, 10], &mut Rng::new(3)).unwrap();
    assert_eq!(names(&mlp), ["fc1", "relu1", "fc2", "relu2", "fc3"]);
    let count: usize = mlp.parameters().iter().map(|(_, tensor)| tensor.len()).sum();
    assert_eq!(count, 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10);
}

#[test]
fn the_gpt_names_its_leaves_with_dots() {
    let block = ["ln1", "attn", "ln2", "mlp.fc1", "mlp.gelu", "mlp.fc2"];
    let mut expected = vec!["tok_emb".to_string(), "pos_emb".to_string()];
    for i in 0..2 {
        expected.extend(block.map(|leaf| format!("blocks.{i}.{leaf}")));
    }
    expected.extend(["ln_f".to_string(), "head".to_string()]);
    assert_eq!(names(&gpt()), expected);
    let specs = gpt().specs();
    assert_eq!(specs[3].spec, LayerSpec::Attention { d_model: 12, n_heads: 3 });
    let head = LayerSpec::Linear { in_features: 12, out_features: 13, bias: false };
    assert_eq!(specs.last().unwrap().spec, head);
}

#[test]
fn the_gpt_names_its_parameters_with_dots() {
    let shapes = shapes(&gpt());
    let has = |name: &str, shape: &[usize]| shapes.contains(&(name.to_string(), shape.to_vec()));
    assert!(has("tok_emb.weight", &[13, 12]) && has("pos_emb.weight", &[9, 12]));
    assert!(has("blocks.1.attn.query.weight", &[12, 12]) && has("blocks.0.ln1.bias", &[12]));
    assert!(has("blocks.1.mlp.fc1.weight", &[12, 48]) && has("blocks.1.mlp.fc2.bias", &[12]));
    let per_block = 4 * (12 * 12 + 12) + 2 * 24 + 12 * 48 + 48 + 48 * 12 + 12;
    let count: usize = shapes.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    assert_eq!(count, 13 * 12 + 9 * 12 + 2 * per_block + 24 + 12 * 13);
}

#[test]
fn parameters_of_one_model_have_different_names() {
    let models: [&dyn Layer; 2] = [&cnn(), &gpt()];
    for model in models {
        let parameters = model.parameters();
        let names: HashSet<_> = parameters.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), parameters.len());
    }
}

#[test]
fn a_model_inside_a_model_keeps_its_names() {
    let inner = Mlp::new(&[4, 3, 2], &mut Rng::new(4)).unwrap();
    let outer = Sequential::new(vec![("body".to_string(), Box::new(inner) as Box<dyn Layer>)]);
    assert_eq!(names(&outer), ["body.fc1", "body.relu1", "body.fc2"]);
    assert_eq!(outer.parameters()[3].0, "body.fc2.bias");
    assert_eq!(outer.layers()[0].0, "body");
}
