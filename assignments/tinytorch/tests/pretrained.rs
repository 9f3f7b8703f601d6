//! The committed models. Their accuracy on held-out data is tested next to those data.

use tinytorch::data::digits;
use tinytorch::data::{addition::Part, sums::Sums, sums::sums_score};
use tinytorch::train::{DataLoader, Labelled, classifier_score};
use tinytorch::{Layer, Tensor, checkpoint, pretrained};

/// The names of the models.
const FILES: [&str; 3] = ["mlp", "cnn", "gpt"];

fn file(name: &str) -> checkpoint::Checkpoint {
    let folder = env!("CARGO_MANIFEST_DIR");
    checkpoint::load(format!("{folder}/models/{name}.safetensors")).unwrap()
}

#[test]
fn the_models_are_those_that_the_sources_name() {
    let found = pretrained::fingerprint();
    assert_eq!(found, pretrained::FINGERPRINT, "{found:#018x}");
}

#[test]
fn what_is_compiled_in_is_what_is_in_the_files() {
    let models: [Box<dyn Layer>; 3] = [
        Box::new(pretrained::mlp().unwrap()),
        Box::new(pretrained::cnn().unwrap()),
        Box::new(pretrained::gpt().unwrap()),
    ];
    for (name, model) in FILES.iter().zip(models) {
        let file = file(name);
        let parameters = model.parameters();
        assert_eq!(parameters.len(), file.tensors().len(), "{name}");
        assert!(parameters.iter().all(|(name, tensor)| file.tensors()[name] == **tensor));
        assert!(parameters.iter().all(|(_, tensor)| !tensor.tracks_grad()), "ready for inference");
    }
}

#[test]
fn the_files_say_where_the_models_came_from() {
    let digits = format!("digits {:016x}", digits::FINGERPRINT);
    let configs = [
        format!("{:?}", pretrained::MLP_SIZES),
        format!("{:?}", pretrained::CNN_CONFIG),
        format!("{:?}", pretrained::GPT_CONFIG),
    ];
    for (name, config) in FILES.iter().zip(configs) {
        let metadata = file(name).metadata().clone();
        let command = format!("cargo run --release -p tinytorch --example train -- {name}");
        assert_eq!((&metadata["command"], &metadata["config"]), (&command, &config));
        assert!(metadata["seed"].parse::<u64>().is_ok());
        let data = &metadata["data"];
        let (starts, expected) =
            if *name == "gpt" { ("sums of ", None) } else { ("digits ", Some(&digits)) };
        assert!(data.starts_with(starts) && expected.is_none_or(|digits| data == digits), "{data}");
    }
}

/// A machine with other rounding may disagree about one of 176.
#[test]
fn the_files_say_how_good_the_models_are_on_validation_data() {
    let said = |name: &str| file(name).metadata()["validation_accuracy"].parse::<f64>().unwrap();
    let validation = digits::validation().unwrap();
    let score = |model: &dyn Layer, inputs: &Tensor| {
        let data = Labelled::new(inputs, validation.labels.clone()).unwrap();
        let data = DataLoader::new(data, 64).unwrap();
        classifier_score(model, &data).unwrap().accuracy.unwrap()
    };
    let (mlp, cnn) = (pretrained::mlp().unwrap(), pretrained::cnn().unwrap());
    let mlp = score(&mlp, &validation.flat().unwrap());
    let cnn = score(&cnn, &validation.images);
    let sums = DataLoader::new(Sums::new(4, 256, Part::Validation, 99), 4).unwrap();
    let gpt = sums_score(&pretrained::gpt().unwrap(), &sums).unwrap().accuracy.unwrap();
    for (name, found, least) in [("mlp", mlp, 0.95), ("cnn", cnn, 0.97), ("gpt", gpt, 0.98)] {
        assert!((found - said(name)).abs() < 0.03 && found >= least, "{name}: {found}");
    }
}
