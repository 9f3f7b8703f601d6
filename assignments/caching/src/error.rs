//! What can be called wrongly, and what to do about it. Given.

use std::fmt;

use tinytorch::TensorError;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, CacheError>;

/// Why an operation cannot be carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum CacheError {
    /// More tokens than the cache has room for.
    Overflow {
        /// Tokens that are cached already.
        len: usize,
        /// Tokens that were to be added.
        tokens: usize,
        /// Tokens that fit in all.
        max_seq_len: usize,
    },
    /// A layer that the cache does not have.
    NoSuchLayer {
        /// The layer that was asked for, counted from 0.
        layer: usize,
        /// How many there are.
        n_layers: usize,
    },
    /// Keys, values, queries or a cache of another shape than is needed.
    ShapeMismatch {
        /// The operation, such as `update`.
        operation: &'static str,
        /// The shape that was given.
        got: Vec<usize>,
        /// What it has to be, such as `[2, 4, tokens, 16]`.
        expected: String,
    },
    /// A cache that could hold nothing: one of its sizes is 0.
    BadSize {
        /// Which one.
        what: &'static str,
    },
    /// `advance` by more tokens than a layer was updated with, or by fewer.
    NotWritten {
        /// The layer.
        layer: usize,
        /// Tokens that it was updated with since the last `advance`.
        written: usize,
        /// Tokens that were to become part of the cache.
        tokens: usize,
    },
    /// `truncate` to more tokens than there are.
    NotThatLong {
        /// Tokens in the cache.
        len: usize,
        /// Tokens that were to be left.
        asked: usize,
    },
    /// Token ids from which nothing can be computed.
    BadPrompt {
        /// What is wrong with them.
        reason: String,
    },
    /// Options of sampling that make no sense.
    BadOptions {
        /// Which one, and what is allowed.
        reason: String,
    },
    /// Scores from which no token can be chosen: one is NaN, or none is above minus infinity.
    BadLogits {
        /// What is wrong with them.
        reason: String,
    },
    /// Numbers from which nothing can be fitted or compared.
    BadData {
        /// What is wrong with them.
        reason: String,
    },
    /// The foundation refused.
    Tensor(TensorError),
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overflow { len, tokens, max_seq_len } => write!(
                f,
                "the cache holds {len} of at most {max_seq_len} tokens, {tokens} more do not fit: \
                 make a longer one, or reset it"
            ),
            Self::NoSuchLayer { layer, n_layers } => {
                write!(f, "there is no layer {layer}: the cache has layers 0..{n_layers}")
            }
            Self::ShapeMismatch { operation, got, expected } => {
                write!(f, "{operation}: the shape is {got:?}, it must be {expected}")
            }
            Self::BadSize { what } => {
                write!(f, "a cache whose {what} is 0 holds nothing: use at least 1")
            }
            Self::NotWritten { layer, written, tokens } => write!(
                f,
                "advance by {tokens}: layer {layer} was updated with {written} new tokens; update \
                 every layer with all of them first"
            ),
            Self::NotThatLong { len, asked } => {
                write!(f, "truncate: {asked} tokens cannot be left of {len}")
            }
            Self::BadPrompt { reason } => write!(f, "the token ids: {reason}"),
            Self::BadOptions { reason } => write!(f, "the options: {reason}"),
            Self::BadLogits { reason } => write!(f, "the logits: {reason}"),
            Self::BadData { reason } => write!(f, "the data: {reason}"),
            Self::Tensor(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for CacheError {}

impl From<TensorError> for CacheError {
    fn from(error: TensorError) -> Self {
        Self::Tensor(error)
    }
}
