//! Task `encode`. Run with `cargo test -p compression --test encode`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{
    BitReader, BitWriter, CompressionError, HuffmanCode, byte_report, decode_model, encode_model,
    load_encoded, seal, unseal,
};
use tinytorch::models::Mlp;
use tinytorch::{Layer, Rng, Tensor};

/// An MLP with three values and many zeros in its first weight.
fn mlp() -> Mlp {
    let mut mlp = Mlp::new(&[20, 30, 4], &mut Rng::new(1)).unwrap();
    let value = |at: usize| if at.is_multiple_of(9) { [0.5, -0.25, 2.0][at % 3] } else { 0.0 };
    let mut parameters = mlp.parameters_mut();
    *parameters[0].1 = Tensor::from_vec((0..600).map(value).collect(), &[20, 30]).unwrap();
    *parameters[1].1 = Tensor::from_vec((0..30).map(|at| at as f32).collect(), &[30]).unwrap();
    drop(parameters);
    mlp
}

fn is_bad_file<T: std::fmt::Debug>(result: &Result<T, CompressionError>) {
    assert!(matches!(result, Err(CompressionError::BadFile { .. })), "{result:?}");
}

#[test]
fn what_is_frequent_has_a_short_code() {
    let code = HuffmanCode::new(&[10, 1, 5, 0, 2]).unwrap();
    assert_eq!(code.lengths(), [1, 3, 2, 0, 3]);
    let single = HuffmanCode::new(&[0, 7]).unwrap();
    assert_eq!(single.lengths(), [0, 1]);
    assert!(HuffmanCode::new(&[0, 0]).is_err());
}

#[test]
fn codes_are_written_in_order() {
    // Lengths 1, 3, 2 and 3: the codes are 0, 110, 10 and 111.
    let code = HuffmanCode::from_lengths(vec![1, 3, 2, 3]).unwrap();
    let mut bits = BitWriter::new();
    code.write(&[0, 1, 2, 3], &mut bits).unwrap();
    assert_eq!(bits.into_bytes(), [0b0110_1011, 0b1000_0000]);
}

#[test]
fn what_was_written_can_be_read() {
    let code = HuffmanCode::new(&[3, 1, 4, 1, 5, 9, 2, 6]).unwrap();
    let symbols: Vec<usize> = (0..100).map(|at| at * at % 8).collect();
    let mut bits = BitWriter::new();
    code.write(&symbols, &mut bits).unwrap();
    let bytes = bits.into_bytes();
    assert_eq!(code.read(100, &mut BitReader::new(&bytes)).unwrap(), symbols);
    is_bad_file(&code.read(usize::MAX, &mut BitReader::new(&bytes)));
}

#[test]
fn long_codes_are_bounded() {
    // The counts of Fibonacci make the longest code that there is.
    let mut counts = vec![1, 1];
    for at in 2..30 {
        counts.push(counts[at - 1] + counts[at - 2]);
    }
    let code = HuffmanCode::new(&counts).unwrap();
    assert_eq!(code.lengths().iter().max(), Some(&15));
    let sum: u32 = code.lengths().iter().map(|length| 1 << (15 - length)).sum();
    assert_eq!(sum, 1 << 15, "no code word is left over");
}

#[test]
fn lengths_that_are_no_code_are_refused() {
    for lengths in [vec![1], vec![0, 1, 0]] {
        assert!(HuffmanCode::from_lengths(lengths).is_ok());
    }
    for lengths in [vec![2, 2], vec![1, 1, 1], vec![], vec![0, 0], vec![16]] {
        is_bad_file(&HuffmanCode::from_lengths(lengths));
    }
}

#[test]
fn a_model_comes_back_from_its_file() {
    let model = mlp();
    let file = encode_model(&model, |_| 3).unwrap();
    let decoded = decode_model(&file).unwrap();
    let names: Vec<&str> = decoded.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]);
    assert_eq!(decoded[0].1.to_vec(), model.parameters()[0].1.to_vec());
    // A bias is a byte times 29 / 127.
    for (at, bias) in decoded[1].1.to_vec().iter().enumerate() {
        assert!((bias - at as f32).abs() <= 29.0 / 127.0 / 2.0 + 1e-5, "{at} became {bias}");
    }
    let mut other = Mlp::new(&[20, 30, 4], &mut Rng::new(2)).unwrap();
    load_encoded(&mut other, &file).unwrap();
    assert_eq!(other.parameters()[0].1.to_vec(), model.parameters()[0].1.to_vec());
    let mut smaller = Mlp::new(&[20, 10, 4], &mut Rng::new(2)).unwrap();
    assert!(load_encoded(&mut smaller, &file).is_err());
}

#[test]
fn zeros_and_few_values_are_short() {
    let mut model = Mlp::new(&[200, 100], &mut Rng::new(1)).unwrap();
    let value = |at: usize| if at.is_multiple_of(20) { 1.0 } else { 0.0 };
    *model.parameters_mut()[0].1 =
        Tensor::from_vec((0..20_000).map(value).collect(), &[200, 100]).unwrap();
    let file = encode_model(&model, |_| 4).unwrap();
    // A bit for each zero would be 2,500 bytes.
    assert!(file.len() < 1_200, "{} bytes", file.len());
    assert_eq!(byte_report(&file).unwrap().total(), file.len());
}

#[test]
fn damage_is_an_error_and_no_panic() {
    let file = encode_model(&mlp(), |_| 3).unwrap();
    for len in [0, 3, file.len() / 2, file.len() - 1] {
        is_bad_file(&decode_model(&file[..len]));
    }
    let mut damaged = file.clone();
    damaged[file.len() / 2] ^= 16;
    is_bad_file(&decode_model(&damaged));
    // With a valid checksum, too.
    let body = unseal(&file).unwrap();
    is_bad_file(&decode_model(&seal(body[..body.len() / 2].to_vec())));
    is_bad_file(&decode_model(&seal([body, &[0]].concat())));
}

#[test]
fn numbers_that_are_not_finite_have_no_file() {
    let mut model = mlp();
    *model.parameters_mut()[1].1 = Tensor::from_vec(vec![f32::NAN; 30], &[30]).unwrap();
    let error = encode_model(&model, |_| 3).unwrap_err();
    assert!(error.to_string().contains("fc1.bias"), "{error}");
}
