//! Invalid calls, and how to fix them. Given.

use std::fmt;

use tinytorch::TensorError;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, CacheError>;

/// Why an operation cannot be carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum CacheError {
    /// More tokens than fit into the cache.
    Overflow {
        /// Tokens that are already cached.
        len: usize,
        /// Tokens to be added.
        tokens: usize,
        /// The maximum number of tokens.
        max_seq_len: usize,
    },
    /// A layer that the cache does not have.
    NoSuchLayer {
        /// The requested layer, counted from 0.
        layer: usize,
        /// The number of layers.
        n_layers: usize,
    },
    /// Keys, values, queries or a cache with the wrong shape.
    ShapeMismatch {
        /// The operation, such as `update`.
        operation: &'static str,
        /// The actual shape.
        got: Vec<usize>,
        /// The required shape, such as `[2, 4, tokens, 16]`.
        expected: String,
    },
    /// A cache without capacity: one of its sizes is 0.
    BadSize {
        /// Which size.
        what: &'static str,
    },
    /// `advance` by another number of tokens than a layer was updated with.
    NotWritten {
        /// The layer.
        layer: usize,
        /// Tokens of its update since the last `advance`.
        written: usize,
        /// The argument of `advance`.
        tokens: usize,
    },
    /// `truncate` to more tokens than there are.
    NotThatLong {
        /// Tokens in the cache.
        len: usize,
        /// The argument of `truncate`.
        asked: usize,
    },
    /// Invalid token ids.
    BadPrompt {
        /// What is wrong with them.
        reason: String,
    },
    /// Invalid options for sampling.
    BadOptions {
        /// Which option, and what is allowed.
        reason: String,
    },
    /// Scores from which no token can be chosen: one is NaN, or none is above minus infinity.
    BadLogits {
        /// What is wrong with them.
        reason: String,
    },
    /// Numbers that cannot be fitted or compared.
    BadData {
        /// What is wrong with them.
        reason: String,
    },
    /// An error of the foundation.
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
