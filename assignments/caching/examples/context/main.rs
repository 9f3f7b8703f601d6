//! The time per token over the context length, with and without a cache; and the size of a cache.
//!
//! ```text
//! cargo run --release -p caching --example context -- context.svg
//! ```
//!
//! Prints the measurements and draws them. Every number comes from running your model now, on this machine: the
//! trained GPT, with and without a cache in alternation. It needs all tasks except `window`. Before you run it,
//! write down by what factor you expect a token to be faster at 25, 50, 100 and 200 tokens.

mod measure;
mod plot;

use caching::{break_even, cache_bytes, cached_work, fit_growth, recomputed_work};
use measure::Times;
use std::error::Error;
use tinytorch::models::GptConfig;
use tinytorch::{Layer, pretrained};

/// Contexts whose speedup is printed.
const STOPS: [usize; 4] = [25, 50, 100, 200];
/// Growth is fitted from this context on, where the fixed cost of a call has become small.
const FIT_FROM: usize = 25;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "context.svg".to_string());
    let gpt = pretrained::gpt()?;
    let times = measure::tokens(&gpt)?;
    println!("One token of the trained GPT, {} contexts, medians:", times.len());
    println!("{:>8} {:>14} {:>14} {:>8}", "context", "cached", "recomputed", "factor");
    for time in times.iter().filter(|time| STOPS.contains(&time.context)) {
        println!(
            "{:>8} {:>11.1} us {:>11.1} us {:>7.1}x",
            time.context,
            1e6 * time.cached,
            1e6 * time.recomputed,
            time.recomputed / time.cached
        );
    }
    let fits = plot::Fits {
        cached: fit_growth(&points(&times, |time| time.cached))?,
        recomputed: fit_growth(&points(&times, |time| time.recomputed))?,
    };
    for (name, fit) in [("cached", fits.cached), ("recomputed", fits.recomputed)] {
        println!(
            "{name:>10}: grows like context^{:.2} (R^2 {:.3}, from {FIT_FROM} tokens on)",
            fit.exponent, fit.r_squared
        );
    }
    texts(&times, gpt.config())?;
    memory(gpt.config(), gpt.parameters().iter().map(|(_, tensor)| tensor.nbytes()).sum());
    plot::draw(&path, &times, &fits, gpt.config())?;
    println!("\nDrawn: {path}");
    Ok(())
}

fn points(times: &[Times], seconds: fn(&Times) -> f64) -> Vec<(f64, f64)> {
    let late = times.iter().filter(|time| time.context >= FIT_FROM);
    late.map(|time| (time.context as f64, seconds(time))).collect()
}

/// Whole texts: the cost of all tokens together, measured and counted.
fn texts(times: &[Times], config: &GptConfig) -> Result<(), Box<dyn Error>> {
    let longest = times.last().map_or(0, |time| time.context);
    let (cached, recomputed) =
        (cached_work(config, 1, longest), recomputed_work(config, 1, longest));
    println!("\nWhole texts from one token on:");
    println!("{:>8} {:>12} {:>14} {:>10}", "tokens", "cached", "recomputed", "factor");
    for stop in STOPS {
        let sums = [|time: &Times| time.cached, |time: &Times| time.recomputed]
            .map(|seconds| measure::sum(times, stop, seconds));
        println!(
            "{stop:>8} {:>9.2} ms {:>11.2} ms {:>9.1}x   ({:.1}x of multiply-adds)",
            1e3 * sums[0],
            1e3 * sums[1],
            sums[1] / sums[0],
            recomputed[stop - 1] as f64 / cached[stop - 1] as f64
        );
    }
    let set_up = measure::set_up()?;
    let each = |seconds: fn(&Times) -> f64| -> Vec<f64> {
        (1..=longest).map(|context| measure::at(times, context, seconds)).collect()
    };
    match break_even(set_up, &each(|time| time.cached), &each(|time| time.recomputed))? {
        Some(tokens) => println!(
            "The cache takes {:.1} us to make, and pays from {tokens} tokens on.",
            1e6 * set_up
        ),
        None => println!("The cache does not pay up to {longest} tokens."),
    }
    Ok(())
}

/// Prints the size of keys and values compared with the weights.
fn memory(config: &GptConfig, weights: usize) {
    println!("\nMemory: the weights take {:.2} MB.", weights as f64 / 1e6);
    for batch in [1, 8, 32] {
        let bytes = cache_bytes(config, batch, config.max_seq_len);
        println!(
            "  {batch:>2} sequences of {} tokens: {:.2} MB of keys and values",
            config.max_seq_len,
            bytes as f64 / 1e6
        );
    }
}
