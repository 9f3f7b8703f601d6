//! Reading and changing the parameters of layers and models; the two modes.

use crate::common::{error_text, randn};
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::nn::{Dropout, Sequential};
use tinytorch::{Layer, Mode, Rng, Tensor, layer};

fn models() -> [Box<dyn Layer>; 3] {
    let mut rng = Rng::new(5);
    let cnn = CnnConfig { in_channels: 1, image: (12, 12), channels: [2, 3], classes: 4 };
    let gpt = GptConfig { vocab_size: 7, max_seq_len: 6, d_model: 8, n_heads: 2, n_layers: 2 };
    [
        Box::new(Mlp::new(&[6, 5, 4], &mut rng).unwrap()),
        Box::new(Cnn::new(cnn, &mut rng).unwrap()),
        Box::new(Gpt::new(gpt, &mut rng).unwrap()),
    ]
}

fn named(model: &dyn Layer) -> Vec<(String, Tensor)> {
    let parameters = model.parameters().into_iter();
    parameters.map(|(name, tensor)| (name, tensor.clone())).collect()
}

#[test]
fn changeable_parameters_are_those_to_read_in_the_same_order() {
    for mut model in models() {
        let read = named(model.as_ref());
        let changeable = model.parameters_mut().into_iter();
        let changeable: Vec<_> = changeable.map(|(name, t)| (name, t.clone())).collect();
        assert_eq!(changeable, read);
    }
}

#[test]
fn each_change_of_a_parameter_is_seen() {
    for mut model in models() {
        for (i, (_, tensor)) in model.parameters_mut().into_iter().enumerate() {
            *tensor = Tensor::full(tensor.shape(), i as f32);
        }
        for (i, (name, tensor)) in model.parameters().into_iter().enumerate() {
            assert_eq!(*tensor, Tensor::full(tensor.shape(), i as f32), "{name}");
        }
    }
}

#[test]
fn tracking_makes_leaves_and_untracking_takes_them_back() {
    for mut model in models() {
        let before = named(model.as_ref());
        layer::track(model.as_mut());
        assert!(model.parameters().iter().all(|(_, tensor)| tensor.tracks_grad()));
        layer::untrack(model.as_mut());
        assert!(!model.parameters().iter().any(|(_, tensor)| tensor.tracks_grad()));
        assert_eq!(named(model.as_ref()), before);
    }
}

/// An optimizer finds a gradient by its leaf, so tracking twice must not turn
/// the parameters into new leaves.
#[test]
fn tracking_twice_keeps_the_leaves() {
    let mut model = Mlp::new(&[3, 2], &mut Rng::new(1)).unwrap();
    layer::track(&mut model);
    let bias = model.parameters()[1].1.clone();
    layer::track(&mut model);
    let loss = model.parameters()[1].1.sum_all();
    assert!(loss.backward().unwrap().get(&bias).is_some());
}

#[test]
fn dropout_in_use_gives_the_input_back() {
    let input = randn(&[3, 4], 1);
    let mut dropout = Dropout::new(0.5, 7).unwrap();
    assert_eq!(dropout.forward(&input).unwrap(), input);
    dropout.set_mode(Mode::Train { step: 0 });
    assert_ne!(dropout.forward(&input).unwrap(), input);
    dropout.set_mode(Mode::Eval);
    assert_eq!(dropout.forward(&input).unwrap(), input);
}

#[test]
fn dropout_zeroes_a_share_p_and_keeps_the_mean() {
    let mut dropout = Dropout::new(0.25, 7).unwrap();
    dropout.set_mode(Mode::Train { step: 3 });
    let output = dropout.forward(&Tensor::ones(&[100, 100])).unwrap();
    let dropped = output.to_vec().iter().filter(|&&x| x == 0.0).count();
    // Standard deviation sqrt(10000 * 0.25 * 0.75) = 43.
    assert!((2500 - 175..=2500 + 175).contains(&dropped), "{dropped} dropped");
    assert!(output.to_vec().iter().all(|&x| x == 0.0 || (x - 1.0 / 0.75).abs() < 1e-6));
}

#[test]
fn a_step_drops_the_same_elements_again_and_the_next_step_others() {
    let masks = |seed: u64, step: u64| {
        let mut model = Sequential::new(vec![(
            "drop".to_string(),
            Box::new(Dropout::new(0.5, seed).unwrap()) as Box<dyn Layer>,
        )]);
        model.set_mode(Mode::Train { step });
        model.forward(&Tensor::ones(&[64])).unwrap().to_vec()
    };
    assert_eq!(masks(1, 5), masks(1, 5));
    assert_ne!(masks(1, 5), masks(1, 6));
    assert_ne!(masks(1, 5), masks(2, 5));
    // The seed and the step must not be interchangeable.
    assert_ne!(masks(1, 2), masks(2, 1));
    // The next step's mask must not be this one shifted by an element.
    assert_ne!(masks(1, 5)[1..], masks(1, 6)[..63]);
}

#[test]
fn dropout_refuses_a_probability_that_drops_all() {
    for p in [1.0, -0.1, f32::NAN] {
        let error = error_text(Dropout::new(p, 0));
        assert!(error.starts_with("dropout: the probability"), "{error}");
    }
}

#[test]
fn loaded_parameters_give_the_same_outputs_and_stay_leaves() {
    let config = GptConfig { vocab_size: 7, max_seq_len: 6, d_model: 8, n_heads: 2, n_layers: 2 };
    let trained = Gpt::new(config.clone(), &mut Rng::new(1)).unwrap();
    let mut fresh = Gpt::new(config, &mut Rng::new(2)).unwrap();
    layer::track(&mut fresh);
    let leaf = fresh.head().weight().clone();

    let mut tensors = named(&trained);
    tensors.reverse();
    layer::load_parameters(&mut fresh, tensors).unwrap();
    let ids = [vec![1, 2, 3], vec![4, 5, 6]];
    assert_eq!(fresh.forward_ids(&ids).unwrap(), trained.forward_ids(&ids).unwrap());
    let loss = fresh.head().weight().sum_all();
    assert!(loss.backward().unwrap().get(&leaf).is_some());
}

#[test]
fn loading_names_everything_that_is_wrong_and_changes_nothing() {
    let mut mlp = Mlp::new(&[3, 2], &mut Rng::new(1)).unwrap();
    let before = named(&mlp);
    let tensors = ["fc1.weight", "fc2.weight", "fc2.weight"]
        .map(|name| (name.to_string(), Tensor::zeros(&[2, 3])));
    let error = error_text(layer::load_parameters(&mut mlp, tensors.to_vec()));
    assert_eq!(
        error,
        "load_parameters: missing: fc1.bias [2]; unexpected: fc2.weight [2, 3]; \
         wrong shape: fc1.weight is [2, 3], the model has [3, 2]; given twice: fc2.weight"
    );
    assert_eq!(named(&mlp), before);
}
