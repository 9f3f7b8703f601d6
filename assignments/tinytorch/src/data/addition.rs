//! Sums as text, for a model that writes one character at a time.
//!
//! A problem has 13 characters: two summands of three digits, and the four digits of
//! the sum *from right to left*, the order in which people write it by hand.
//! `123+456=9750;` means 123 + 456 = 0579. In that order each digit depends on two
//! digits, a carry, and nothing that comes later.
//!
//! A hash decides for each pair of summands whether a model may be trained on it. 10 %
//! of the pairs are never used for training: they show whether a model calculates or
//! remembers. For batches to train on, use [`Sums`](super::sums::Sums).
//!
//! Source: Lee et al., "Teaching Arithmetic to Small Transformers" (2023), section 4,
//! for the order of the digits.
//!
//! ```
//! use tinytorch::data::addition;
//!
//! assert_eq!(addition::prompt(123, 456), "123+456=");
//! assert!(addition::is_correct("123+456=", "9750;"));
//! assert!(!addition::is_correct("123+456=", "0579;"));
//! ```

use super::tokenizer::Tokenizer;
use crate::Rng;

/// The characters of problems: the digits (each is its own id), `+`, `=`, and the end
/// mark `;`.
pub const VOCABULARY: &str = "0123456789+=;";

/// Summands are below this.
pub const LIMIT: usize = 1000;

/// Digits of a summand.
const DIGITS: usize = 3;

/// Characters of a question, `123+456=`.
pub const PROMPT_LEN: usize = 2 * DIGITS + 2;

/// Characters of an answer, `9750;`.
pub const ANSWER_LEN: usize = DIGITS + 2;

/// Characters of a problem: question and answer.
pub const PROBLEM_LEN: usize = PROMPT_LEN + ANSWER_LEN;

/// The number of parts: out of this many pairs of summands, one is for validation and
/// one is held out.
const PAIRS: u64 = 20;

/// Which pairs of summands to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Pairs for training: 90 %.
    Train,
    /// Pairs for choosing hyperparameters: 5 %.
    Validation,
    /// Pairs that no model of the course was trained or selected on: 5 %.
    HeldOut,
}

/// The tokenizer of [`VOCABULARY`].
#[expect(clippy::missing_panics_doc, reason = "the vocabulary is a constant, and tested")]
pub fn tokenizer() -> Tokenizer {
    Tokenizer::new(VOCABULARY).expect("characters that differ")
}

/// The question: `prompt(7, 45)` is `007+045=`.
pub fn prompt(a: usize, b: usize) -> String {
    format!("{a:0DIGITS$}+{b:0DIGITS$}=")
}

/// The answer, from right to left and with its end mark: `answer(7, 45)` is `2500;`.
pub fn answer(a: usize, b: usize) -> String {
    let sum = format!("{:0width$}", a + b, width = DIGITS + 1);
    sum.chars().rev().chain([';']).collect()
}

/// Whether `generated` starts with the correct answer to the last question of
/// `prompt`, including its `;`. Later characters do not count.
///
/// `prompt` may contain complete problems before that question. Malformed text has no
/// correct answer.
pub fn is_correct(prompt: &str, generated: &str) -> bool {
    let question = prompt.rsplit(';').next().unwrap_or(prompt);
    let sum = parse(question).map(|(a, b)| answer(a, b));
    sum.is_some_and(|answer| generated.starts_with(&answer))
}

/// The summands of a question.
fn parse(question: &str) -> Option<(usize, usize)> {
    let (a, b) = question.strip_suffix('=')?.split_once('+')?;
    let summand = |text: &str| {
        let digits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    Some((summand(a)?, summand(b)?))
}

/// The part of a pair of summands, decided by a fixed hash of the pair (the mixing
/// function of [`Rng`]).
pub fn part(a: usize, b: usize) -> Part {
    match Rng::new((a * LIMIT + b) as u64).next_u64() % PAIRS {
        0 => Part::HeldOut,
        1 => Part::Validation,
        _ => Part::Train,
    }
}

/// Random summands from a part, each pair equally likely.
pub fn draw(from: Part, rng: &mut Rng) -> (usize, usize) {
    loop {
        let a = rng.below(LIMIT);
        let b = rng.below(LIMIT);
        if part(a, b) == from {
            return (a, b);
        }
    }
}

/// Random problems from a part, one after another: `002+041=3400;517+...`.
pub fn problems(count: usize, from: Part, rng: &mut Rng) -> String {
    let one = |(a, b)| prompt(a, b) + &answer(a, b);
    (0..count).map(|_| one(draw(from, rng))).collect()
}

/// A row of problems for training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The model's input, `tokens` ids.
    pub ids: Vec<usize>,
    /// The next id after each, where that is part of an answer. The digits of a
    /// question are random, so no model can predict them.
    pub targets: Vec<Option<usize>>,
}

/// `tokens` ids of random problems. The row starts with a complete problem, and its
/// last one may be cut off.
pub fn row(tokens: usize, from: Part, rng: &mut Rng) -> Row {
    let tokenizer = tokenizer();
    let text = problems((tokens + 1).div_ceil(PROBLEM_LEN), from, rng);
    let known = text.chars().filter_map(|character| tokenizer.id(character));
    let all: Vec<usize> = known.take(tokens + 1).collect();
    let is_answer = |at: usize| at % PROBLEM_LEN >= PROMPT_LEN;
    let targets = (1..=tokens).map(|at| is_answer(at).then_some(all[at])).collect();
    Row { ids: all[..tokens].to_vec(), targets }
}
