//! Invalid calls, and how to fix them. Given.

use std::fmt;

use tinytorch::TensorError;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, CompressionError>;

/// Why an operation cannot be carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum CompressionError {
    /// Two operands whose shapes do not fit together.
    ShapeMismatch {
        /// The operation, such as `Mask::apply`.
        operation: &'static str,
        /// The shape of the left operand.
        left: Vec<usize>,
        /// The shape of the right operand.
        right: Vec<usize>,
        /// Why they do not fit.
        reason: String,
    },
    /// A NaN or an infinity, which has no place in an order of magnitudes.
    NotFinite {
        /// The operation.
        operation: &'static str,
        /// The tensor's shape.
        shape: Vec<usize>,
        /// The first such number.
        value: f32,
    },
    /// A number or a list that an operation does not accept: a sparsity above 1, a rank that stores more, two equal columns.
    BadValue {
        /// The operation.
        operation: &'static str,
        /// What is wrong, with the number, and what to use instead.
        reason: String,
    },
    /// Bytes that are no compressed model.
    BadFile {
        /// What is wrong, and at which byte or in which tensor.
        reason: String,
    },
    /// An error of the foundation.
    Tensor(TensorError),
}

impl CompressionError {
    /// A value that `operation` does not accept.
    pub(crate) fn value(operation: &'static str, reason: impl Into<String>) -> Self {
        Self::BadValue { operation, reason: reason.into() }
    }
}

impl fmt::Display for CompressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShapeMismatch { operation, left, right, reason } => {
                write!(f, "{operation}: {left:?} and {right:?}: {reason}")
            }
            Self::NotFinite { operation, shape, value } => {
                write!(f, "{operation}: the tensor {shape:?} holds {value}: use finite numbers")
            }
            Self::BadValue { operation, reason } => write!(f, "{operation}: {reason}"),
            Self::BadFile { reason } => write!(f, "no compressed model: {reason}"),
            Self::Tensor(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for CompressionError {}

impl From<TensorError> for CompressionError {
    fn from(error: TensorError) -> Self {
        Self::Tensor(error)
    }
}
