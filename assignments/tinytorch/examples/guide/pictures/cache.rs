//! The savings of a key-value cache, token by token.

use std::error::Error;

use tinytorch::models::Gpt;
use tinytorch::nn::KeyValue;

use super::canvas::{Canvas, TextAlign};
use super::trace;
use super::units;

const WIDTH: f64 = 440.0;
/// The chart's left, right, top and bottom edge.
const X: (f64, f64) = (70.0, 420.0);
const Y: (f64, f64) = (76.0, 256.0);
/// Points of each curve.
const POINTS: usize = 16;

/// The work for one more token of one sequence.
struct TokenCost {
    /// The number of tokens, including this one.
    tokens: usize,
    /// The work without a cache (all tokens) and with one (only this token).
    again: u64,
    cached: u64,
    /// Size of the cache after this token.
    bytes: usize,
}

pub(crate) fn draw(gpt: &Gpt) -> Result<String, Box<dyn Error>> {
    let longest = gpt.config().max_seq_len;
    let lengths = (0..=POINTS).map(|i| (i * longest / POINTS).max(2));
    let points: Result<Vec<TokenCost>, _> = lengths.map(|tokens| point(gpt, tokens)).collect();
    let points = points?;
    let last = points.last().ok_or("no point to draw")?;
    let mut canvas = Canvas::new(WIDTH);
    canvas.heading((16.0, 28.0), 17.0, "One more token");
    canvas.text((16.0, 47.0), 12.5, "muted", "work for the next score, with and without a cache");
    axes(&mut canvas, last);
    curve(&mut canvas, &points, last, |point| point.again, "warm");
    curve(&mut canvas, &points, last, |point| point.cached, "works");
    labels(&mut canvas, last);
    let title = "Work for one more token: it grows without a cache, and hardly with one";
    Ok(canvas.finish(346.0, title))
}

fn point(gpt: &Gpt, tokens: usize) -> Result<TokenCost, Box<dyn Error>> {
    let ids = trace::example_ids(gpt.config(), 1, tokens);
    let (_, cache) = gpt.forward_cached(&[ids[0][..tokens - 1].to_vec()], None)?;
    let again = trace::forward(gpt, &ids, None)?.flops("");
    let cached = trace::forward(gpt, &[vec![ids[0][tokens - 1]]], Some(&cache))?.flops("");
    let (_, cache) = gpt.forward_cached(&ids, None)?;
    let bytes = cache.iter().map(|KeyValue { k, v }| k.nbytes() + v.nbytes()).sum();
    Ok(TokenCost { tokens, again, cached, bytes })
}

fn axes(canvas: &mut Canvas, last: &TokenCost) {
    for quarter in 0..=4 {
        let fraction = f64::from(quarter) / 4.0;
        let (x, y) = (X.0 + fraction * (X.1 - X.0), Y.1 - fraction * (Y.1 - Y.0));
        canvas.path(&[(X.0, y), (X.1, y)], "grid");
        let work = units::flops((last.again as f64 * fraction) as u64);
        canvas.aligned((X.0 - 6.0, y + 4.0), 10.5, "muted", TextAlign::End, &work);
        let tokens = (last.tokens as f64 * fraction).round().to_string();
        canvas.aligned((x, Y.1 + 16.0), 11.0, "muted", TextAlign::Middle, &tokens);
    }
    let at = (f64::midpoint(X.0, X.1), Y.1 + 32.0);
    canvas.aligned(at, 12.0, "muted", TextAlign::Middle, "tokens in the sequence");
}

fn curve(
    canvas: &mut Canvas,
    points: &[TokenCost],
    last: &TokenCost,
    work: fn(&TokenCost) -> u64,
    class: &str,
) {
    let place = |point: &TokenCost| {
        let (x, y) = (point.tokens as f64, work(point) as f64);
        let right = X.0 + (X.1 - X.0) * x / last.tokens as f64;
        (right, Y.1 - (Y.1 - Y.0) * y / last.again as f64)
    };
    canvas.path(&points.iter().map(place).collect::<Vec<_>>(), class);
}

fn labels(canvas: &mut Canvas, last: &TokenCost) {
    let again = format!("all tokens again: {}", units::flops(last.again));
    canvas.aligned((X.1 - 62.0, Y.0 + 16.0), 12.5, "ink", TextAlign::End, &again);
    let cached = format!("the new token alone: {}", units::flops(last.cached));
    canvas.aligned((X.1, Y.1 - 12.0), 12.5, "ink", TextAlign::End, &cached);
    let factor = last.again as f64 / last.cached as f64;
    let text =
        format!("Token {} takes {factor:.0} times less work; for that, the cache", last.tokens);
    canvas.text((16.0, 316.0), 12.5, "ink", &text);
    let text = format!("holds {} of keys and values for one sequence.", units::bytes(last.bytes));
    canvas.text((16.0, 333.0), 12.5, "ink", &text);
}
