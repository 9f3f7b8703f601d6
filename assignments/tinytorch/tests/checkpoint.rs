//! Models in files: saved models are restored, and bad files are rejected.

use std::fs;
use std::path::PathBuf;

use crate::common::error_text;
use tinytorch::models::{Cnn, CnnConfig, Gpt, GptConfig, Mlp};
use tinytorch::{Layer, Rng, Tensor, checkpoint};

/// A separate folder for each test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("checkpoint-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn mlp(seed: u64) -> Mlp {
    Mlp::new(&[3, 2, 2], &mut Rng::new(seed)).unwrap()
}

/// The bytes of a small file.
fn small_file(name: &str) -> Vec<u8> {
    let path = folder(name).join("mlp.safetensors");
    checkpoint::save(&path, &mlp(1).parameters(), &[("seed", "1"), ("data", "none")]).unwrap();
    fs::read(path).unwrap()
}

/// A handmade file with one tensor `w`: header, then bytes.
fn file_of(dtype: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!(
        r#"{{"w":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[0,{}]}}}}"#,
        data.len()
    );
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

#[track_caller]
fn refused(bytes: &[u8]) -> String {
    let text = error_text(checkpoint::from_bytes("models/mlp.safetensors", bytes));
    assert!(text.starts_with("models/mlp.safetensors: "), "the file is named: {text}");
    text
}

fn assert_round_trip(name: &str, saved: &dyn Layer, loaded: &mut dyn Layer) {
    let path = folder(name).join("model.safetensors");
    assert_ne!(saved.parameters(), loaded.parameters());
    checkpoint::save(&path, &saved.parameters(), &[]).unwrap();
    checkpoint::load(&path).unwrap().load_into(loaded).unwrap();
    assert_eq!(saved.parameters(), loaded.parameters());
}

#[test]
fn every_model_comes_back_from_its_file() {
    assert_round_trip("mlp", &mlp(1), &mut mlp(2));
    let config = CnnConfig { in_channels: 1, image: (10, 10), channels: [2, 3], classes: 4 };
    let cnn = |seed| Cnn::new(config.clone(), &mut Rng::new(seed)).unwrap();
    assert_round_trip("cnn", &cnn(1), &mut cnn(2));
    let config = GptConfig { vocab_size: 5, max_seq_len: 4, d_model: 8, n_heads: 2, n_layers: 2 };
    let gpt = |seed| Gpt::new(config.clone(), &mut Rng::new(seed)).unwrap();
    assert_round_trip("gpt", &gpt(1), &mut gpt(2));
}

#[test]
fn metadata_comes_back() {
    let file = checkpoint::from_bytes("x", &small_file("metadata")).unwrap();
    let expected = [("data", "none"), ("seed", "1")];
    let expected = expected.map(|(key, value)| (key.to_string(), value.to_string()));
    assert_eq!(file.metadata().clone().into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn metadata_of_other_tools_is_read_too() {
    let header = r#"{"__metadata__":{"format":"pt"}}"#;
    let bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
    let file = checkpoint::from_bytes("x", &bytes).unwrap();
    assert_eq!(file.metadata()["format"], "pt");
    assert!(file.tensors().is_empty());
}

#[test]
fn the_same_model_gives_the_same_bytes() {
    assert_eq!(small_file("bytes-1"), small_file("bytes-2"));
}

#[test]
fn a_transposed_tensor_is_saved_row_by_row() {
    let path = folder("transposed").join("t.safetensors");
    let turned =
        Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]).unwrap().t().unwrap();
    checkpoint::save(&path, &[("t".to_string(), &turned)], &[]).unwrap();
    assert_eq!(checkpoint::load(&path).unwrap().tensors()["t"], turned);
}

#[test]
fn bits_survive_also_those_of_the_smallest_numbers() {
    let path = folder("bits").join("t.safetensors");
    let values = [0.0, -0.0, f32::MIN_POSITIVE, 1e-45, f32::MAX, f32::MIN, 0.1];
    let tensor = Tensor::from_vec(values.to_vec(), &[7]).unwrap();
    let scalar = Tensor::scalar(2.5);
    let empty = Tensor::zeros(&[0, 3]);
    let named = [("a", &tensor), ("b", &scalar), ("c", &empty)];
    let named = named.map(|(name, tensor)| (name.to_string(), tensor));
    checkpoint::save(&path, &named, &[]).unwrap();
    let file = checkpoint::load(&path).unwrap();
    let bits = |tensor: &Tensor| tensor.to_vec().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&file.tensors()["a"]), bits(&tensor));
    assert_eq!(file.tensors()["b"].shape(), [0; 0]);
    assert_eq!(file.tensors()["c"].shape(), [0, 3]);
}

#[test]
fn a_missing_file_is_named_and_says_what_to_do() {
    let text = error_text(checkpoint::load("no/such/file.safetensors"));
    assert!(text.starts_with("no/such/file.safetensors: cannot be read: "), "{text}");
    assert!(text.ends_with("check the path, or train the model first"), "{text}");
}

#[test]
fn a_file_cut_off_at_any_byte_is_an_error_and_no_panic() {
    let whole = small_file("cut");
    checkpoint::from_bytes("whole", &whole).unwrap();
    for length in 0..whole.len() {
        let text = refused(&whole[..length]);
        let begin = format!("is cut off, damaged, or no safetensors file ({length} bytes: ");
        assert!(text.contains(&begin), "{length}: {text}");
        assert!(text.ends_with("get it again, or train the model again"), "{text}");
    }
}

#[test]
fn a_byte_too_many_is_an_error() {
    let mut bytes = small_file("longer");
    bytes.push(0);
    assert!(refused(&bytes).contains("damaged"));
}

#[test]
fn any_changed_byte_is_an_error_or_another_model_and_no_panic() {
    let whole = small_file("changed");
    for at in 0..whole.len() {
        for mask in [0x01, 0x10, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= mask;
            if let Ok(file) = checkpoint::from_bytes("x", &bytes) {
                // It may fit or not; both are valid results.
                let _ = file.load_into(&mut mlp(1));
            }
        }
    }
}

#[test]
fn garbage_is_an_error_and_no_panic() {
    let mut rng = Rng::new(3);
    for length in [1, 7, 8, 9, 64, 500] {
        for _ in 0..200 {
            let bytes: Vec<u8> = (0..length).map(|_| rng.next_u64() as u8).collect();
            refused(&bytes);
            // A plausible header length passes more of the checks.
            let header = &(length as u64 / 2).to_le_bytes()[..];
            refused(&[header, &bytes].concat());
        }
    }
    refused(b"hello, I am a text file and no model at all\n");
}

#[test]
fn a_header_that_promises_too_much_is_an_error_and_no_panic() {
    refused(&u64::MAX.to_le_bytes());
    refused(&file_of("F32", "[9223372036854775807, 9]", &[0; 8]));
    refused(&file_of("F32", "[3]", &[0; 8]));
    refused(&file_of("F32", "[-1]", &[0; 8]));
    refused(&file_of("F99", "[2]", &[0; 8]));
}

#[test]
fn another_type_is_named() {
    let text = refused(&file_of("F64", "[1]", &[0; 8]));
    assert_eq!(
        text,
        "models/mlp.safetensors: tensor w: its type is F64, not F32; convert it first"
    );
}

#[test]
fn numbers_that_are_not_finite_are_named() {
    for (bad, printed) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        let data = [1.0_f32, bad].map(f32::to_le_bytes).concat();
        let text = refused(&file_of("F32", "[2]", &data));
        let end =
            format!("tensor w: element 1 is {printed}, not a finite number; train the model again");
        assert!(text.ends_with(&end), "{text}");
    }
}

#[test]
fn a_file_that_does_not_fit_names_every_tensor_and_changes_nothing() {
    let (weight, extra) = (Tensor::ones(&[2, 2]), Tensor::ones(&[1]));
    let model = mlp(1);
    let kept = model.parameters().into_iter().filter(|(name, _)| name == "fc2.bias");
    let mut tensors: Vec<_> = kept.collect();
    tensors.push(("fc1.weight".to_string(), &weight));
    tensors.push(("fc9.bias".to_string(), &extra));
    let path = folder("fit").join("other.safetensors");
    checkpoint::save(&path, &tensors, &[]).unwrap();

    let mut target = mlp(2);
    let text = error_text(checkpoint::load(&path).unwrap().load_into(&mut target));
    assert!(text.starts_with(&path.display().to_string()), "{text}");
    for part in [
        "missing: fc1.bias [2], fc2.weight [2, 2]",
        "unexpected: fc9.bias [1]",
        "fc1.weight is [2, 2], the model has [3, 2]",
        "build the model with the sizes it was saved with",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(target.parameters(), mlp(2).parameters());
}

#[test]
fn loading_keeps_a_tracked_parameter_tracked() {
    let file = checkpoint::from_bytes("x", &small_file("tracked")).unwrap();
    let mut model = mlp(2);
    tinytorch::layer::track(&mut model);
    file.load_into(&mut model).unwrap();
    assert!(model.parameters().iter().all(|(_, parameter)| parameter.tracks_grad()));
    assert_eq!(model.parameters(), mlp(1).parameters());
}

#[test]
fn saving_refuses_what_could_not_be_loaded() {
    let path = folder("refused").join("x.safetensors");
    let (nan, one) = (Tensor::full(&[2], f32::NAN), Tensor::ones(&[1]));
    let bad = [("fc1.bias".to_string(), &nan)];
    let text = error_text(checkpoint::save(&path, &bad, &[]));
    assert_eq!(
        text,
        "save: parameter fc1.bias: element 0 is not finite, so it is not worth saving"
    );
    let twice = [("a".to_string(), &one), ("a".to_string(), &one)];
    let text = error_text(checkpoint::save(&path, &twice, &[]));
    assert!(text.starts_with("save: parameter a: two parameters have this name"), "{text}");
    for (key, value) in [("a=b", "c"), ("a\n", "c"), ("a", "b\nc")] {
        let text = error_text(checkpoint::save(&path, &[], &[(key, value)]));
        assert!(text.contains("no line break, and no = in the key"), "{text}");
    }
    assert!(!path.exists());
}

#[test]
fn a_failed_save_leaves_the_old_file_and_no_other() {
    let folder = folder("atomic");
    let path = folder.join("mlp.safetensors");
    checkpoint::save(&path, &mlp(1).parameters(), &[]).unwrap();
    let before = fs::read(&path).unwrap();
    let nan = Tensor::full(&[2], f32::NAN);
    error_text(checkpoint::save(&path, &[("x".to_string(), &nan)], &[]));
    assert_eq!(fs::read(&path).unwrap(), before);

    // A folder cannot be replaced by a file: the rename fails after the write.
    let taken = folder.join("taken");
    fs::create_dir_all(taken.join("inside")).unwrap();
    let text = error_text(checkpoint::save(&taken, &mlp(1).parameters(), &[]));
    assert!(text.starts_with(&format!("{}: cannot be written: ", taken.display())), "{text}");
    let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["mlp.safetensors", "taken"]);
}

#[test]
fn saving_into_a_missing_folder_is_an_error_that_names_the_file() {
    let path = folder("nowhere").join("missing/x.safetensors");
    let text = error_text(checkpoint::save(&path, &[], &[]));
    assert!(text.contains("x.safetensors: cannot be written: "), "{text}");
}
