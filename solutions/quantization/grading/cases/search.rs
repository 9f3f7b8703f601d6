//! Task `precision`: scales for few bits, and how good they are.

use super::prelude::*;
use crate::oracle::few_bits;
use course_oracle::values::Table;

cases! { task "precision", client Client;
    /// The search finds the range with the least squared error.
    search_has_the_least_error;
    /// The search looks at the elements of each channel, along any axis, also of a view.
    search_looks_at_each_channel after [search_has_the_least_error];
    /// With few bits the search cuts off the tails of a distribution.
    search_cuts_off_tails after [search_has_the_least_error];
    /// Of two ranges with the same error the wider one is taken.
    search_prefers_the_wider_range after [search_has_the_least_error];
    /// The search finds what an independent search with NumPy finds.
    search_agrees_with_numpy after [search_has_the_least_error];
    /// Zeros, very small and very large numbers have scales.
    search_takes_extremes after [search_has_the_least_error];
    /// The search refuses what has no symmetric codes, by name.
    search_refuses;
    /// The signal-to-noise ratio follows its formula.
    signal_to_noise_is_a_ratio_of_squares;
    /// Without noise the ratio is infinite.
    signal_to_noise_may_be_infinite;
    /// The ratio is refused when shapes differ, numbers are missing or not finite, or there is no signal.
    signal_to_noise_refuses;
}

const LEAST: &str = "the range should be the one with the least sum of squared errors, of all numbers that share it";

/// The search's answer for a tensor is that of an independent search, channel by channel.
fn searches(
    code: &mut Client,
    message: &'static str,
    (tensor, scheme): (Array, Scheme),
    granularity: Granularity,
) -> CaseVerdict {
    let (shape, numbers) = elements(&tensor);
    let got = code.search_params(tensor, scheme, granularity)?;
    check::equal("the granularity should be the one asked for", &got.granularity, &granularity)?;
    let parts = few_bits::split(&numbers, &shape, granularity);
    check::equal("there should be a scale for each channel", &got.channels.len(), &parts.len())?;
    for (params, numbers) in got.channels.iter().zip(&parts) {
        let ranges = few_bits::ranges(numbers, scheme);
        let least = ranges.iter().map(|(_, error)| *error).fold(f64::INFINITY, f64::min);
        // Sums in another order may differ in their last bits.
        let is_best =
            ranges.iter().any(|(range, error)| range == params && *error <= least * (1.0 + 1e-9));
        check::that(is_best, message, || format!("{params:?} of {scheme:?}, {numbers:?}"))?;
    }
    Ok(())
}

/// Numbers with some that are much larger.
fn heavy_tails(draw: &mut Draw, count: usize) -> Vec<f32> {
    (0..count).map(|_| (draw.normal() * draw.normal().powi(2)) as f32).collect()
}

fn symmetric(draw: &mut Draw) -> Scheme {
    Scheme::Symmetric { bits: draw.int(2..=8) as u32 }
}

fn search_has_the_least_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in 2..=8 {
        let scheme = Scheme::Symmetric { bits };
        let count = draw.int(1..=200);
        let numbers = if bits % 2 == 0 { heavy_tails(draw, count) } else { normals(draw, count) };
        let tensor = rows(&[count], numbers);
        searches(code, LEAST, (tensor, scheme), Granularity::PerTensor)?;
    }
    Ok(())
}

pub fn search_looks_at_each_channel(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each channel should have the best range for its own numbers";
    for axes in [vec![], vec![2, 0, 1], vec![1, 0, 2]] {
        for axis in 0..3 {
            let shape: Vec<usize> = (0..3).map(|_| draw.int(1..=7)).collect();
            let numbers = heavy_tails(draw, shape.iter().product());
            let tensor = Array { axes: axes.clone(), ..rows(&shape, numbers) };
            let scheme = symmetric(draw);
            searches(code, message, (tensor, scheme), Granularity::PerChannel { axis })?;
        }
    }
    Ok(())
}

fn search_cuts_off_tails(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in [2, 3] {
        let numbers = heavy_tails(draw, 500);
        let scheme = Scheme::Symmetric { bits };
        let got =
            code.search_params(rows(&[20, 25], numbers.clone()), scheme, Granularity::PerTensor)?;
        let (widest, error) = few_bits::ranges(&numbers, scheme)[0];
        let message = "with so few bits a narrower range has a smaller error";
        let is_narrower = got.channels.len() == 1
            && got.channels[0].scale < widest.scale
            && few_bits::squared_error(&numbers, got.channels[0]) < 0.9 * error;
        check::that(is_narrower, message, || format!("{got:?}, the widest is {widest:?}"))?;
    }
    Ok(())
}

/// With codes -1, 0 and 1 the numbers 50 and 37 cost (50 - s)^2 + (s - 37)^2, which is 85 for a scale of 43 and of 44.
fn search_prefers_the_wider_range(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let unit = 2.0_f32.powi(draw.int(0..=20) as i32 - 10);
    let sign = if draw.int(0..=1) == 0 { 1.0 } else { -1.0 };
    let scheme = Scheme::Symmetric { bits: 2 };
    let tensor = rows(&[2], vec![50.0 * unit, sign * 37.0 * unit]);
    let got = code.search_params(tensor, scheme, Granularity::PerTensor)?;
    let scales: Vec<f32> = got.channels.iter().map(|params| params.scale).collect();
    check::equal(
        "of two ranges with equal errors, the wider one counts",
        &scales,
        &vec![44.0 * unit],
    )
}

fn search_agrees_with_numpy(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let samples = Table::read(include_str!("../oracle/values/samples.csv")).rows;
    let table = Table::read(include_str!("../oracle/values/symmetric_search.csv")).rows;
    for _ in 0..6 {
        let row = draw.pick(&table);
        let sample = samples.iter().find(|sample| sample.text("data") == row.text("data"));
        let numbers: Vec<f32> = sample.expect("a sample of that name").list("numbers");
        let widest = numbers.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let scheme = Scheme::Symmetric { bits: row.one("bits") };
        let tensor = rows(&[numbers.len()], numbers);
        let got = code.search_params(tensor, scheme, Granularity::PerTensor)?;
        let (_, max) = crate::oracle::affine::limits(scheme);
        let expected = row.one::<f64>("fraction") * f64::from(widest) / f64::from(max);
        let scales: Vec<f64> = got.channels.iter().map(|params| params.scale.into()).collect();
        check::all_close(
            "the scale should be that of NumPy's search",
            &scales,
            &[expected],
            1e-6,
            0.0,
        )?;
    }
    Ok(())
}

fn search_takes_extremes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "every range has the parameters of `QuantParams::from_range`";
    let scheme = symmetric(draw);
    let tiny = f32::from_bits(draw.int(1..=1000) as u32);
    for numbers in [vec![0.0; 5], vec![tiny, -tiny, 0.0], vec![-1e38, 3e38, 1e30], vec![0.0, -7.5]]
    {
        let tensor = rows(&[numbers.len()], numbers);
        searches(code, message, (tensor, scheme), Granularity::PerTensor)?;
    }
    let numbers = [vec![0.0; 4], normals(draw, 4), vec![tiny; 4]].concat();
    searches(code, message, (rows(&[3, 4], numbers), scheme), Granularity::PerChannel { axis: 0 })
}

fn search_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut refused = |tensor: Array, scheme, granularity, kind, named: &str| {
        let result = code.search_params(tensor, scheme, granularity);
        refuses("the search should refuse this, by its name", result, kind, named)
    };
    let scheme = symmetric(draw);
    let shape = [draw.int(1..=5), draw.int(1..=5)];
    let good = rows(&shape, normals(draw, shape[0] * shape[1]));
    let whole = Granularity::PerTensor;
    let bits = draw.int(2..=8) as u32;
    for scheme in [Scheme::Unsigned { bits }, Scheme::Signed { bits }] {
        refused(good.clone(), scheme, whole, "BadValue", "search_params")?;
    }
    for bits in [0, 1, 9, 64] {
        refused(good.clone(), Scheme::Symmetric { bits }, whole, "BadBits", &bits.to_string())?;
    }
    let axis = draw.int(2..=9);
    let channels = Granularity::PerChannel { axis };
    refused(good.clone(), scheme, channels, "BadValue", "search_params")?;
    refused(rows(&[3, 0], vec![]), scheme, whole, "Empty", "search_params: the tensor [3, 0]")?;
    let bad = *draw.pick(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
    let mut spoilt = good;
    let at = draw.int(0..=spoilt.data.0.len() - 1);
    spoilt.data.0[at] = bad;
    let named = format!("search_params: the tensor {shape:?} holds {bad}");
    refused(spoilt, scheme, Granularity::PerChannel { axis: 1 }, "NotFinite", &named)
}

pub fn signal_to_noise_is_a_ratio_of_squares(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "10 log10 of the sum of x^2 over the sum of (x - y)^2, added in `f64`";
    for exponent in [0, -2, 3] {
        let shape = [draw.int(1..=9), draw.int(1..=9)];
        let count = shape[0] * shape[1];
        let signal = normals(draw, count);
        let noise = normals(draw, count);
        let noisy = |(x, n): (&f32, &f32)| x + n * 10.0_f32.powi(exponent);
        let approximation: Vec<f32> = signal.iter().zip(&noise).map(noisy).collect();
        let got = code
            .signal_to_noise(rows(&shape, signal.clone()), rows(&shape, approximation.clone()))?;
        let expected = few_bits::signal_to_noise(&signal, &approximation);
        check::close(message, got, expected, 1e-9, 1e-9)?;
    }
    // Views are read row by row. Squares of these numbers are no `f32`.
    let signal = vec![1e30, 2e30, 3e30, -1e-30];
    let view = |data: Vec<f32>| Array { axes: vec![1, 0], ..rows(&[2, 2], data) };
    let got =
        code.signal_to_noise(view(signal.clone()), rows(&[2, 2], vec![2e30, 3e30, 1e30, 0.0]))?;
    let expected = few_bits::signal_to_noise(&[1e30, 3e30, 2e30, -1e-30], &[2e30, 3e30, 1e30, 0.0]);
    check::close(message, got, expected, 1e-9, 1e-9)
}

fn signal_to_noise_may_be_infinite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(1..=30);
    let signal = rows(&[count], normals(draw, count));
    let got = code.signal_to_noise(signal.clone(), signal)?;
    check::equal("without noise the ratio should be infinite", &got, &f64::INFINITY)
}

fn signal_to_noise_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut refused = |signal: &Array, approximation: &Array, kind, named: &str| {
        let result = code.signal_to_noise(signal.clone(), approximation.clone());
        refuses("the ratio should be refused, by its name", result, kind, named)
    };
    let (m, n) = (draw.int(2..=6), draw.int(7..=9));
    let good = rows(&[m, n], normals(draw, m * n));
    let turned = rows(&[n, m], normals(draw, m * n));
    let named = format!("signal_to_noise_db: {:?} and {:?}", good.shape, turned.shape);
    refused(&good, &turned, "ShapeMismatch", &named)?;
    let empty = rows(&[0, n], vec![]);
    refused(&empty, &empty, "Empty", "signal_to_noise_db")?;
    let mut spoilt = good.clone();
    spoilt.data.0[m] = *draw.pick(&[f32::NAN, f32::INFINITY]);
    refused(&good, &spoilt, "NotFinite", "signal_to_noise_db")?;
    refused(&spoilt, &good, "NotFinite", "signal_to_noise_db")?;
    let silence = rows(&[m, n], vec![0.0; m * n]);
    refused(&silence, &good, "BadValue", "signal_to_noise_db")?;
    refused(&silence, &silence, "BadValue", "signal_to_noise_db")
}
