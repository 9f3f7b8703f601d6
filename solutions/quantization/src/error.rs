//! Invalid calls, and how to fix them. Given.

use std::fmt;

use tinytorch::TensorError;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, QuantError>;

/// Why an operation cannot be carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum QuantError {
    /// Two operands whose shapes do not fit together.
    ShapeMismatch {
        /// The operation, such as `QuantizedLinear::forward`.
        operation: &'static str,
        /// The shape of the left operand.
        left: Vec<usize>,
        /// The shape of the right operand.
        right: Vec<usize>,
        /// Why they do not fit.
        reason: String,
    },
    /// A tensor without elements.
    Empty {
        /// The operation.
        operation: &'static str,
        /// The tensor's shape.
        shape: Vec<usize>,
    },
    /// A NaN or an infinity, where only numbers have a code.
    NotFinite {
        /// The operation.
        operation: &'static str,
        /// The tensor's shape; empty for a single number.
        shape: Vec<usize>,
        /// The first such number.
        value: f32,
    },
    /// A range whose ends are not finite, or in the wrong order.
    BadRange {
        /// The operation.
        operation: &'static str,
        /// The lower end.
        low: f32,
        /// The upper end.
        high: f32,
    },
    /// A number of bits that no scheme has.
    BadBits {
        /// The number of bits.
        bits: u32,
    },
    /// A number that an operation does not accept: a scale of 0, a momentum above 1, a channel axis that does not exist.
    BadValue {
        /// The operation.
        operation: &'static str,
        /// What is wrong, with the number, and what to use instead.
        reason: String,
    },
    /// An observer that has seen no data.
    NoData {
        /// The operation.
        operation: &'static str,
    },
    /// Sums that may not fit into 32 bits.
    SumTooLong {
        /// The operation.
        operation: &'static str,
        /// The number of products in a sum.
        products: usize,
        /// The largest number of products for which the sum, with its bias, certainly fits.
        limit: usize,
    },
    /// An error of the foundation.
    Tensor(TensorError),
}

impl fmt::Display for QuantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShapeMismatch { operation, left, right, reason } => {
                write!(f, "{operation}: {left:?} and {right:?}: {reason}")
            }
            Self::Empty { operation, shape } => {
                write!(f, "{operation}: the tensor {shape:?} has no elements")
            }
            Self::NotFinite { operation, shape, value } => {
                write!(f, "{operation}: the tensor {shape:?} holds {value}, which has no code")
            }
            Self::BadRange { operation, low, high } => {
                write!(
                    f,
                    "{operation}: {low} to {high} is no range: use finite ends, the lower one first"
                )
            }
            Self::BadBits { bits } => write!(f, "{bits} bits: use 2 to 8"),
            Self::BadValue { operation, reason } => write!(f, "{operation}: {reason}"),
            Self::NoData { operation } => {
                write!(
                    f,
                    "{operation}: no data were observed: call `observe` with calibration batches first"
                )
            }
            Self::SumTooLong { operation, products, limit } => write!(
                f,
                "{operation}: a sum of {products} products may exceed 32 bits: at most {limit} fit"
            ),
            Self::Tensor(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for QuantError {}

impl From<TensorError> for QuantError {
    fn from(error: TensorError) -> Self {
        Self::Tensor(error)
    }
}
