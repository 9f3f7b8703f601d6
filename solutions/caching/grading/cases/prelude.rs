//! Shared imports and helpers of the case files.

pub use crate::contract::{
    Array, CacheShape, CacheSizes, CacheStep, Client, LayerStep, Model, ModelStep, Options, Rows,
    Sampling, Sizes, StepReply,
};
pub use crate::oracle::gpt::Gpt;
pub use crate::oracle::rows::{Kept, rows};
pub use grader_judge::{CaseVerdict, Draw, cases, check, wrong};
pub use grader_protocol::{Answer, Floats};

/// A cache of a few tokens, layers, sequences and heads, in different numbers by design.
pub fn room(draw: &mut Draw) -> CacheShape {
    CacheShape {
        batch: Some(draw.int(2..=4)),
        tokens: draw.int(12..=20),
        n_layers: draw.int(2..=4),
        n_heads: draw.int(2..=5),
        head_dim: draw.int(3..=9),
    }
}

/// Small sizes of a model, with up to `max_seq_len` tokens.
pub fn sizes(draw: &mut Draw, max_seq_len: usize) -> Sizes {
    let n_heads = draw.int(2..=4);
    Sizes {
        vocab_size: draw.int(11..=30),
        max_seq_len,
        d_model: n_heads * draw.int(5..=9),
        n_heads,
        n_layers: draw.int(2..=3),
    }
}

/// A small model with new random weights.
pub fn model(draw: &mut Draw, max_seq_len: usize) -> (Model, Gpt) {
    let model = Model::Drawn(sizes(draw, max_seq_len), draw.bits());
    (model, Gpt::new(model))
}

/// Sequences of random ids.
pub fn ids(draw: &mut Draw, sizes: Sizes, batch: usize, tokens: usize) -> Vec<Vec<usize>> {
    let mut row = || (0..tokens).map(|_| draw.int(0..=sizes.vocab_size - 1)).collect();
    (0..batch).map(|_| row()).collect()
}

/// A cache for a model.
pub fn room_of(sizes: Sizes, batch: usize, tokens: usize) -> CacheShape {
    let Sizes { d_model, n_heads, n_layers, .. } = sizes;
    CacheShape { batch: Some(batch), tokens, n_layers, n_heads, head_dim: d_model / n_heads }
}

/// Lengths that add up to `total`, each at least 1.
pub fn chunks(draw: &mut Draw, total: usize, longest: usize) -> Vec<usize> {
    let mut left = total;
    let mut lengths = Vec::new();
    while left > 0 {
        let length = draw.int(1..=longest.min(left));
        lengths.push(length);
        left -= length;
    }
    lengths
}

/// Rows of normally distributed numbers, `[B][T][D]`.
pub type Batch = Vec<Vec<Vec<f64>>>;

/// Input for a layer, as a tensor `[B, T, D]` and in the oracle's form.
pub fn hidden(draw: &mut Draw, [batch, tokens, width]: [usize; 3], scale: f64) -> (Array, Batch) {
    let count = batch * tokens * width;
    let data: Vec<f32> = (0..count).map(|_| (scale * draw.normal()) as f32).collect();
    let wide: Vec<f64> = data.iter().map(|x| f64::from(*x)).collect();
    let rows: Vec<Vec<f64>> = wide.chunks_exact(width).map(<[f64]>::to_vec).collect();
    let all = rows.chunks_exact(tokens.max(1)).map(<[Vec<f64>]>::to_vec).collect();
    (Array { shape: vec![batch, tokens, width], data: Floats(data), axes: Vec::new() }, all)
}

/// The allowed error of f32, relative to the largest number of a row.
pub const PRECISION: f64 = 1e-5;

/// Passes when `got` is `[B, T, width]` and each row is within [`PRECISION`] of the expected one, measured
/// by the row's largest number if that is above 1.
pub fn agrees(message: &'static str, got: &Array, expected: &[Vec<Vec<f64>>]) -> CaseVerdict {
    agrees_within(PRECISION, message, got, expected)
}

/// Like [`agrees`], with another precision.
pub fn agrees_within(
    precision: f64,
    message: &'static str,
    got: &Array,
    expected: &[Vec<Vec<f64>>],
) -> CaseVerdict {
    let tokens = expected.first().map_or(0, Vec::len);
    let width = expected.iter().flatten().next().map_or(0, Vec::len);
    check::equal(message, &got.shape, &vec![expected.len(), tokens, width])?;
    check::equal(message, &got.data.0.len(), &(expected.len() * tokens * width))?;
    let rows = got.data.0.chunks_exact(width.max(1)).zip(expected.iter().flatten());
    for (at, (got, expected)) in rows.enumerate() {
        close(message, at, got, expected, precision)?;
    }
    Ok(())
}

/// Compares one row.
pub fn close(
    message: &'static str,
    at: usize,
    got: &[f32],
    expected: &[f64],
    precision: f64,
) -> CaseVerdict {
    let largest = expected.iter().fold(1.0_f64, |largest, x| largest.max(x.abs()));
    for (got, expected) in got.iter().zip(expected) {
        let off = (f64::from(*got) - expected).abs();
        // Written so that NaN counts as wrong.
        let right = off <= precision * largest;
        check::that(right, message, || {
            format!("row {at}: got {got:e}, expected {expected:e}: off by {off:e} of {largest:e}")
        })?;
    }
    Ok(())
}

/// Passes when all numbers are equal, bit by bit.
pub fn same_bits(message: &'static str, got: &[Floats], expected: &[Floats]) -> CaseVerdict {
    let bits = |lists: &[Floats]| -> Vec<Vec<u32>> {
        lists.iter().map(|list| list.0.iter().map(|x| x.to_bits()).collect()).collect()
    };
    check::that(bits(got) == bits(expected), message, || format!("got {got:?}, not {expected:?}"))
}

/// The reply to a step.
pub type Reply = Answer<StepReply>;

/// The output of a step, if it has one.
pub fn output(
    message: &'static str,
    reply: Option<&Reply>,
) -> Result<Array, grader_judge::Failure> {
    match reply {
        Some(Ok(StepReply::Output(array))) => Ok(array.clone()),
        other => Err(wrong(message, format!("{other:?}"))),
    }
}

/// Passes when a step failed with this kind of error.
pub fn refused(message: &'static str, reply: Option<&Reply>, kind: &str) -> CaseVerdict {
    let right = matches!(reply, Some(Err(error)) if error.kind == kind);
    check::that(right, message, || format!("got {reply:?}, expected {kind}"))
}

/// The steps, each followed by a question for the length of the cache.
pub fn with_len(steps: Vec<ModelStep>) -> Vec<ModelStep> {
    steps.into_iter().flat_map(|step| [step, ModelStep::Len]).collect()
}

/// The reply to a step, and the length of the cache after it.
#[derive(Debug)]
pub struct ReplyAndLength {
    pub len: usize,
    pub outcome: Reply,
}

/// The replies to steps [`with_len`].
pub fn after(
    message: &'static str,
    replies: Vec<Reply>,
) -> Result<Vec<ReplyAndLength>, grader_judge::Failure> {
    let mut replies = replies.into_iter();
    let mut all = Vec::new();
    while let Some(outcome) = replies.next() {
        match replies.next() {
            Some(Ok(StepReply::Len(len))) => all.push(ReplyAndLength { len, outcome }),
            other => return Err(wrong(message, format!("no length of the cache: {other:?}"))),
        }
    }
    Ok(all)
}

/// Random sampling.
pub const fn random(temperature: f32, top_k: Option<usize>) -> Sampling {
    Sampling::Random { temperature, top_k }
}
