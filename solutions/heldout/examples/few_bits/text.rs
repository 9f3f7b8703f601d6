//! The page with the table.

use std::fmt::Write as _;

use heldout::SeedSummary;

use crate::subjects::{Stored, Subject};

const BEFORE: &str = "\
# Few bits: what the course's models lose

Written by `cargo run --release -p heldout --example few_bits`, with the reference of module `quantization`. Each count is
of right answers on data that no model was trained or chosen on: 355 digits for MLP and CNN, and for the GPT all complete
answers in rows of 256 characters, which are the sums of an exact match. All models have 32-bit biases; *bytes* count
codes, scales and biases.

*Widest*: the scale is the largest weight divided by the highest code. *Searched*: the scale with the least squared error.
*Tensor*: one scale for a parameter; *channel*: one for each output. Nothing was chosen on these data.

";

/// The page.
pub fn page(mlp: &Subject, cnn: &Subject, gpt: &Subject) -> String {
    let mut page = BEFORE.to_string();
    for subject in [mlp, cnn, gpt] {
        section(&mut page, subject);
    }
    page
}

/// Writing to a string does not fail.
fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

fn section(page: &mut String, subject: &Subject) {
    let questions = subject.questions;
    line(page, &format!("## {}, of {questions:.0} answers\n", subject.name));
    line(page, "| stored as | right | share | bytes | of f32 |");
    line(page, "|---|---:|---:|---:|---:|");
    let [full, half, brain] = subject.floats;
    let row = |page: &mut String, name: &str, stored: Stored| {
        let share = 100.0 * stored.right / questions;
        let part = stored.nbytes as f64 / full.nbytes as f64;
        let (right, nbytes) = (stored.right, stored.nbytes);
        line(page, &format!("| {name} | {right:.0} | {share:.1} % | {nbytes} | {part:.3} |"));
    };
    row(page, "f32", full);
    row(page, "f16", half);
    row(page, "bf16", brain);
    if let Some(integers) = subject.integers {
        row(page, "int8, computed in integers", integers);
    }
    line(page, "\nWeights only, in integers of few bits; bytes with a scale for each channel:\n");
    line(
        page,
        "| bits | tensor, widest | channel, widest | tensor, searched | channel, searched | bytes | of f32 |",
    );
    line(page, "|---:|---:|---:|---:|---:|---:|---:|");
    for (bits, methods) in &subject.rounded {
        let mut text = format!("| {bits} |");
        for method in methods {
            let _ = write!(text, " {:.0} |", method.right);
        }
        let nbytes = methods[3].nbytes;
        let _ = write!(text, " {nbytes} | {:.3} |", nbytes as f64 / full.nbytes as f64);
        line(page, &text);
    }
    tuned(page, subject);
    line(page, "");
}

/// Fine-tuning at 2 bits against the best without it.
fn tuned(page: &mut String, subject: &Subject) {
    let Some((bits, methods)) = subject.rounded.last() else { return };
    if subject.tuned.is_empty() {
        return;
    }
    let tuned = SeedSummary::new(subject.tuned.clone());
    let (count, mean, reach) = (tuned.values.len(), tuned.mean, tuned.reach);
    let best = methods.iter().map(|method| method.right).fold(0.0, f64::max);
    let text = format!(
        "\nFine-tuned at {bits} bits (channel, searched), {count} seeds: {}. Mean {mean:.1} with a 95 % interval of ± \
         {reach:.1}; the best without fine-tuning is {best:.0}, so it wins back {:.1} ± {:.1} points.",
        tuned.listed(),
        100.0 * (mean - best) / subject.questions,
        100.0 * reach / subject.questions,
    );
    line(page, &text);
}
