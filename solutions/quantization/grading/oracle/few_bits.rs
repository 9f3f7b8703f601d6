//! Scales, streams and sums for few bits, by their definitions.

use super::affine;
use crate::contract::{Granularity, Params, Scheme};

/// The channel of each element of a tensor, row by row, and the number of channels.
pub fn channels(shape: &[usize], granularity: Granularity) -> (Vec<usize>, usize) {
    let count: usize = shape.iter().product();
    let Granularity::PerChannel { axis } = granularity else { return (vec![0; count], 1) };
    let mut index = vec![0; shape.len()];
    let mut channels = Vec::with_capacity(count);
    for _ in 0..count {
        channels.push(index[axis]);
        for at in (0..shape.len()).rev() {
            index[at] += 1;
            if index[at] < shape[at] {
                break;
            }
            index[at] = 0;
        }
    }
    (channels, shape[axis])
}

/// The numbers of each channel.
pub fn split(numbers: &[f32], shape: &[usize], granularity: Granularity) -> Vec<Vec<f32>> {
    let (channels, count) = channels(shape, granularity);
    let mut parts = vec![Vec::new(); count];
    for (&channel, &x) in channels.iter().zip(numbers) {
        parts[channel].push(x);
    }
    parts
}

/// Each range of the search for these numbers with its sum of squared errors, from the widest.
pub fn ranges(numbers: &[f32], scheme: Scheme) -> Vec<(Params, f64)> {
    let widest = numbers.iter().map(|x| f64::from(x.abs())).fold(0.0, f64::max);
    let of = |percent: usize| {
        let end = (widest * (percent as f64 / 100.0)) as f32;
        let params = affine::params(-end, end, scheme);
        (params, squared_error(numbers, params))
    };
    (20..=100).rev().step_by(2).map(of).collect()
}

/// The sum of squared differences between numbers and what their codes stand for.
pub fn squared_error(numbers: &[f32], params: Params) -> f64 {
    let errors = numbers.iter().map(|&x| (f64::from(x) - f64::from(rounded(params, x))).powi(2));
    errors.sum()
}

/// What the code of a number stands for.
pub fn rounded(params: Params, x: f32) -> f32 {
    affine::number(params, affine::code(params, x))
}

/// The parameters that the search chooses, of equals the widest.
pub fn search(
    numbers: &[f32],
    shape: &[usize],
    scheme: Scheme,
    granularity: Granularity,
) -> Vec<Params> {
    let best = |numbers: &Vec<f32>| {
        let ranges = ranges(numbers, scheme);
        let least = ranges.iter().map(|(_, error)| *error).fold(f64::INFINITY, f64::min);
        ranges.iter().find(|(_, error)| *error == least).map_or(ranges[0].0, |(params, _)| *params)
    };
    split(numbers, shape, granularity).iter().map(best).collect()
}

/// The stream of codes: all bits in order, then eight to a byte.
pub fn stream(codes: &[i32], bits: u32) -> Vec<u8> {
    let low_bits = |code: &i32| {
        let pattern = code.rem_euclid(1 << bits);
        (0..bits).map(move |bit| u8::from(pattern / (1 << bit) % 2 == 1))
    };
    let all: Vec<u8> = codes.iter().flat_map(low_bits).collect();
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |byte, bit| byte * 2 + bit);
    all.chunks(8).map(byte).collect()
}

/// Signal-to-noise ratio in decibels.
pub fn signal_to_noise(signal: &[f32], approximation: &[f32]) -> f64 {
    let power: f64 = signal.iter().map(|&x| f64::from(x).powi(2)).sum();
    let pairs = signal.iter().zip(approximation);
    let noise: f64 = pairs.map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum();
    20.0 * (power.sqrt() / noise.sqrt()).log10()
}

/// A parameter as it is stored in few bits.
pub struct Rounded {
    pub granularity: Granularity,
    pub channels: Vec<Params>,
    pub codes: Vec<i32>,
    pub numbers: Vec<f32>,
    /// Of the stream and the scales.
    pub nbytes: usize,
}

/// Rounds a parameter, channel by channel along its outputs.
pub fn store(name: &str, shape: &[usize], numbers: &[f32], bits: u32) -> Rounded {
    let granularity = Granularity::PerChannel { axis: output_axis(name, shape) };
    let channels = search(numbers, shape, Scheme::Symmetric { bits }, granularity);
    let (of, _) = self::channels(shape, granularity);
    let pairs = || of.iter().zip(numbers).map(|(channel, x)| (channels[*channel], *x));
    let codes: Vec<i32> = pairs().map(|(params, x)| affine::code(params, x)).collect();
    let numbers = pairs().map(|(params, x)| rounded(params, x)).collect();
    let nbytes = (codes.len() * bits as usize).div_ceil(8) + 4 * channels.len();
    Rounded { granularity, channels, codes, numbers, nbytes }
}

/// The axis of a parameter's outputs.
pub fn output_axis(name: &str, shape: &[usize]) -> usize {
    match shape.len() {
        4 => 0,
        _ if name.contains("emb") => 0,
        axes => axes - 1,
    }
}

#[test]
fn the_search_agrees_with_numpy() {
    use course_oracle::values::Table;

    let samples = Table::read(include_str!("values/samples.csv"));
    let table = Table::read(include_str!("values/symmetric_search.csv"));
    for row in &table.rows {
        let sample = samples.rows.iter().find(|sample| sample.text("data") == row.text("data"));
        let numbers: Vec<f32> = sample.expect("a sample").list("numbers");
        let bits = row.one("bits");
        let scheme = Scheme::Symmetric { bits };
        let [chosen] = search(&numbers, &[numbers.len()], scheme, Granularity::PerTensor)[..]
        else {
            panic!("one scale")
        };
        let widest = f64::from(numbers.iter().fold(0.0_f32, |most, x| most.max(x.abs())));
        let scale = row.one::<f64>("fraction") * widest / f64::from(affine::limits(scheme).1);
        assert!((f64::from(chosen.scale) / scale - 1.0).abs() < 1e-6, "{row:?}: {chosen:?}");
        let mean = squared_error(&numbers, chosen) / numbers.len() as f64;
        assert!((mean / row.one::<f64>("error") - 1.0).abs() < 1e-3, "{row:?}: {mean}");
    }
}
