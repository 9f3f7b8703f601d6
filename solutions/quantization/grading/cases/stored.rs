//! Task `precision`: the weights of a model as they are stored.

use super::packed::{packed_bytes_are_counted, packed_is_unpacked, packed_streams_have_no_gaps};
use super::prelude::*;
use super::search::search_looks_at_each_channel;
use crate::contract::{Net, Network, StorageFormat, Stored, StoredTensor};
use crate::oracle::{few_bits, half};
use course_oracle::nets::{self, Parameter, parameters};

cases! { task "precision", client Client;
    /// The channels are rows of embeddings, filters of convolutions and columns of matrices.
    output_axis_depends_on_the_parameter;
    /// Integers are packed codes with the searched scale of each channel.
    stored_integers_are_packed_by_channel after [
        output_axis_depends_on_the_parameter, search_looks_at_each_channel, packed_streams_have_no_gaps, packed_is_unpacked
    ];
    /// Each parameter has the format asked for by its name, and biases are never rounded.
    stored_formats_go_by_name after [stored_integers_are_packed_by_channel];
    /// All parameters are stored, in the order of the model.
    stored_parameters_keep_their_order;
    /// All bytes count, those of scales and biases too.
    stored_bytes_are_counted after [stored_integers_are_packed_by_channel, packed_bytes_are_counted];
    /// Loading writes the stored numbers into another model.
    stored_numbers_are_loaded after [stored_formats_go_by_name];
    /// Loading into a model with other names or shapes is refused, and the model is not changed.
    stored_numbers_need_their_model after [stored_numbers_are_loaded];
    /// Numbers of bits that do not exist are refused.
    stored_bits_must_exist;
    /// The trained GPT with `8-bit` weights adds as well as in `f32`, in a bit more than a quarter of the bytes.
    stored_gpt_adds_in_8_bits after [stored_numbers_are_loaded, stored_bytes_are_counted];
    /// The trained GPT with `4-bit` weights still writes `95` of `100` sums without an error, in long rows.
    stored_gpt_adds_in_4_bits after [stored_gpt_adds_in_8_bits];
}

fn output_axis_depends_on_the_parameter(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "axis 0 of filters and of tables called `emb`, else the last axis";
    let shapes: [(&str, usize); 9] = [
        ("conv1.weight", 4),
        ("tok_emb.weight", 2),
        ("pos_emb.weight", 2),
        ("blocks.0.emb", 3),
        ("emb.filters", 4),
        ("fc1.weight", 2),
        ("head.weight", 2),
        ("stack.2.attention.query.weight", 2),
        ("heads", 3),
    ];
    for (name, axes) in shapes {
        let shape: Vec<usize> = (0..axes).map(|_| draw.int(1..=4)).collect();
        let tensor = rows(&shape, normals(draw, shape.iter().product()));
        let got = code.output_axis(name.to_owned(), tensor)?;
        check::equal(message, &got, &few_bits::output_axis(name, &shape))?;
    }
    Ok(())
}

/// What a stored parameter must be.
fn check_stored(got: &StoredTensor, of: &Parameter, format: StorageFormat) -> CaseVerdict {
    let format = if of.is_weight() { format } else { StorageFormat::F32 };
    let message = "a parameter should be stored in its format, and one with a single axis in `f32`";
    let halves = |format| of.numbers.iter().map(|x| half::encode(format, *x)).collect::<Vec<_>>();
    let is_right = match (got, format) {
        (StoredTensor::Full(tensor), StorageFormat::F32) => {
            return same_bits(message, &tensor.data.0, &of.numbers);
        }
        (StoredTensor::Half(tensor), StorageFormat::F16) => {
            tensor.format == HalfFormat::F16 && tensor.bits == halves(HalfFormat::F16)
        }
        (StoredTensor::Half(tensor), StorageFormat::Bf16) => {
            tensor.format == HalfFormat::Bf16 && tensor.bits == halves(HalfFormat::Bf16)
        }
        (StoredTensor::Packed(tensor), StorageFormat::Integer { bits }) => {
            let expected = few_bits::store(&of.name, &of.shape, &of.numbers, bits);
            let message = "codes should have a scale for each output, found by the search";
            check::equal(message, &tensor.params.granularity, &expected.granularity)?;
            check::equal(message, &tensor.params.channels, &expected.channels)?;
            let message = "codes should be packed without gaps";
            check::equal(message, &tensor.bytes, &few_bits::stream(&expected.codes, bits))?;
            tensor.shape == of.shape
        }
        _ => false,
    };
    check::that(is_right, message, || format!("got {got:?} for `{}` in {format:?}", of.name))
}

fn check_all(got: &Stored, of: &Network, formats: &[StorageFormat]) -> CaseVerdict {
    let parameters = parameters(of);
    check::equal("all parameters should be stored", &got.tensors.len(), &parameters.len())?;
    // The driver gives formats in the order of the model, in which a GPT has its parameters.
    for ((name, stored), format) in got.tensors.iter().zip(formats) {
        let parameter = parameters.iter().find(|parameter| parameter.name == *name);
        let Some(parameter) = parameter else {
            return Err(wrong("a stored parameter has its name", name.clone()));
        };
        check_stored(stored, parameter, *format)?;
    }
    Ok(())
}

fn networks(draw: &mut Draw) -> [Network; 3] {
    [Network::Net(nets::mlp(draw)), Network::Net(nets::cnn(draw)), nets::gpt(draw)]
}

pub fn stored_integers_are_packed_by_channel(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for network in networks(draw) {
        let bits = draw.int(2..=8) as u32;
        let formats = vec![StorageFormat::Integer { bits }; parameters(&network).len()];
        let got = code.stored(network.clone(), formats.clone(), network.clone())?;
        check_all(&got, &network, &formats)?;
    }
    Ok(())
}

fn any_format(draw: &mut Draw) -> StorageFormat {
    let bits = draw.int(2..=8) as u32;
    let integer = StorageFormat::Integer { bits };
    *draw.pick(&[StorageFormat::F32, StorageFormat::F16, StorageFormat::Bf16, integer, integer])
}

fn formats(network: &Network, draw: &mut Draw) -> Vec<StorageFormat> {
    (0..parameters(network).len()).map(|_| any_format(draw)).collect()
}

fn stored_formats_go_by_name(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for network in networks(draw) {
        let formats = formats(&network, draw);
        let got = code.stored(network.clone(), formats.clone(), network.clone())?;
        check_all(&got, &network, &formats)?;
    }
    Ok(())
}

fn stored_parameters_keep_their_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for network in [Network::Net(nets::mlp(draw)), Network::Net(nets::cnn(draw))] {
        let expected: Vec<String> =
            parameters(&network).into_iter().map(|parameter| parameter.name).collect();
        let formats = formats(&network, draw);
        let got = code.stored(network.clone(), formats, network)?;
        let names: Vec<String> = got.tensors.into_iter().map(|(name, _)| name).collect();
        check::equal(
            "parameters should have their names, in the order of the model",
            &names,
            &expected,
        )?;
    }
    Ok(())
}

/// The bytes of a parameter.
fn nbytes(of: &Parameter, format: StorageFormat) -> usize {
    let count = of.numbers.len();
    match format {
        _ if !of.is_weight() => 4 * count,
        StorageFormat::F32 => 4 * count,
        StorageFormat::F16 | StorageFormat::Bf16 => 2 * count,
        StorageFormat::Integer { bits } => {
            few_bits::store(&of.name, &of.shape, &of.numbers, bits).nbytes
        }
    }
}

fn stored_bytes_are_counted(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..2 {
        for network in [Network::Net(nets::mlp(draw)), Network::Net(nets::cnn(draw))] {
            let formats = formats(&network, draw);
            let parameters = parameters(&network);
            let pairs = parameters.iter().zip(&formats);
            let expected: usize = pairs.map(|(of, format)| nbytes(of, *format)).sum();
            let got = code.stored(network.clone(), formats, network)?;
            let message = "the bytes of all streams, scales and floats should be counted";
            check::equal(message, &got.nbytes, &expected)?;
        }
    }
    Ok(())
}

/// The numbers that a stored parameter stands for.
fn expanded(of: &Parameter, format: StorageFormat) -> Vec<f32> {
    let through = |format| {
        of.numbers.iter().map(|x| half::decode(format, half::encode(format, *x))).collect()
    };
    match format {
        _ if !of.is_weight() => of.numbers.clone(),
        StorageFormat::F32 => of.numbers.clone(),
        StorageFormat::F16 => through(HalfFormat::F16),
        StorageFormat::Bf16 => through(HalfFormat::Bf16),
        StorageFormat::Integer { bits } => {
            few_bits::store(&of.name, &of.shape, &of.numbers, bits).numbers
        }
    }
}

fn stored_numbers_are_loaded(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for classifier in [nets::mlp(draw), nets::cnn(draw)] {
        let other = Network::Net(course_oracle::networks::drawn(classifier.clone(), draw));
        let network = Network::Net(classifier);
        let formats = formats(&network, draw);
        let got = code.stored(network.clone(), formats.clone(), other)?;
        check::equal("a model with the same parameters takes them", &got.error, &None)?;
        let parameters = parameters(&network);
        for ((loaded, of), format) in got.loaded.iter().zip(&parameters).zip(formats) {
            check::equal("a loaded parameter keeps its shape", &loaded.shape, &of.shape)?;
            let message = "a parameter should hold the stored numbers, and a bias its own";
            same_bits(message, &loaded.data.0, &expanded(of, format))?;
        }
    }
    Ok(())
}

fn stored_numbers_need_their_model(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut mlp = |sizes: &[usize]| {
        let classifier = Net::Mlp(sizes.to_vec(), Vec::new());
        Network::Net(course_oracle::networks::drawn(classifier, draw))
    };
    let [small, deep, wide] = [mlp(&[5, 4, 3]), mlp(&[5, 4, 3, 3]), mlp(&[5, 4, 6])];
    let mut refused = |from: &Network, into: &Network, kind: &str, named: &str| {
        let got = code.stored(from.clone(), formats(from, draw), into.clone())?;
        let message = "weights of another model should be refused by `StoredWeights::load_into`";
        let error = got.error.unwrap_or_default();
        let is_refused = error.starts_with(kind)
            && error.contains("StoredWeights::load_into")
            && error.contains(named);
        check::that(is_refused, message, || format!("got {error:?}, expected {kind}, {named}"))?;
        let message = "a model that cannot take the weights is not changed";
        for (got, of) in got.loaded.iter().zip(&parameters(into)) {
            same_bits(message, &got.data.0, &of.numbers)?;
        }
        Ok(())
    };
    refused(&small, &deep, "BadValue", "fc3.")?;
    refused(&deep, &small, "BadValue", "fc3.")?;
    refused(&small, &wide, "ShapeMismatch", "[4, 6], right: [4, 3]")
}

fn stored_bits_must_exist(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in [0, 1, 9] {
        let network = Network::Net(nets::mlp(draw));
        let formats = vec![StorageFormat::Integer { bits }; parameters(&network).len()];
        let result = code.stored(network.clone(), formats, network);
        check::returns_error("such bits should be `BadBits`", result, "BadBits")?;
    }
    Ok(())
}

/// Problems in a row: a row has up to 256 characters, and a problem 13.
const PROBLEMS: usize = 19;
const PROBLEM: usize = 13;
/// Where a problem's answer is.
const ANSWER: std::ops::Range<usize> = 8..13;

/// Rows of sums, as `123+456=9750;`, by the characters' numbers.
fn sums(draw: &mut Draw, count: usize) -> Vec<Vec<usize>> {
    let mut problem = || {
        let (a, b) = (draw.int(0..=999), draw.int(0..=999));
        let digits =
            |x: usize, places: u32| (0..places).map(move |place| x / 10_usize.pow(place) % 10);
        let summand = |x| digits(x, 3).collect::<Vec<_>>().into_iter().rev();
        let question = summand(a).chain([10]).chain(summand(b)).chain([11]);
        question.chain(digits(a + b, 4)).chain([12]).collect::<Vec<_>>()
    };
    (0..count).map(|_| (0..PROBLEMS).flat_map(|_| problem()).collect()).collect()
}

/// How many answers are predicted without an error, in `rows` rows; and the bytes.
fn right_sums(
    code: &mut Client,
    bits: u32,
    rows: &[Vec<usize>],
) -> Result<(usize, usize), CallFailure> {
    let (next, nbytes) = code.gpt(bits, rows.to_vec())?;
    let ids = rows.concat();
    let is_right = |problem: usize| {
        ANSWER.map(|at| problem * PROBLEM + at).all(|at| next.get(at - 1) == Some(&ids[at]))
    };
    Ok(((0..ids.len() / PROBLEM).filter(|problem| is_right(*problem)).count(), nbytes))
}

fn stored_gpt_adds_in_8_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let rows = sums(draw, 4);
    let (right, nbytes) = right_sums(code, 8, &rows)?;
    let all = 4 * PROBLEMS;
    check::that(right == all, "with 8 bits every sum should be right", || {
        format!("{right} of {all}")
    })?;
    let message = "the GPT takes one byte a weight, four a bias and four a scale";
    check::equal(message, &nbytes, &gpt_bytes(8))
}

/// The bytes of the trained GPT with weights of so many bits.
fn gpt_bytes(bits: usize) -> usize {
    let sizes = course_data::Sizes {
        vocab_size: 13,
        max_seq_len: 256,
        d_model: 64,
        n_heads: 4,
        n_layers: 3,
    };
    let nbytes = |(name, shape): (String, Vec<usize>)| {
        let count: usize = shape.iter().product();
        if shape.len() == 1 {
            return 4 * count;
        }
        (count * bits).div_ceil(8) + 4 * shape[few_bits::output_axis(&name, &shape)]
    };
    course_data::parameters(sizes).into_iter().map(nbytes).sum()
}

fn stored_gpt_adds_in_4_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let rows = sums(draw, 6);
    let (right, nbytes) = right_sums(code, 4, &rows)?;
    let all = 6 * PROBLEMS;
    let message =
        "with 4 bits and a searched scale for each output, 95 % of the sums should be right";
    check::that(100 * right >= 95 * all, message, || format!("{right} of {all}"))?;
    check::equal("the GPT takes half a byte a weight", &nbytes, &gpt_bytes(4))
}
