//! Invalid calls, and how to fix them. Given.

use std::fmt;

use tinytorch::TensorError;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, AccelError>;

/// Why an operation cannot be carried out.
#[derive(Debug, Clone, PartialEq)]
pub enum AccelError {
    /// Two operands whose shapes do not fit together.
    ShapeMismatch {
        /// The operation, such as `matmul_tiled`.
        operation: &'static str,
        /// The shape of the left operand.
        left: Vec<usize>,
        /// The shape of the right operand.
        right: Vec<usize>,
        /// Why they do not fit.
        reason: String,
    },
    /// A matrix whose elements do not match its shape.
    BadMatrix {
        /// Rows and columns.
        shape: [usize; 2],
        /// Why they do not match.
        reason: String,
    },
    /// Blocks of 0 rows and columns.
    BadBlock {
        /// The operation.
        operation: &'static str,
    },
    /// A product on 0 threads.
    NoThreads {
        /// The operation.
        operation: &'static str,
    },
    /// A window that cannot move over an image: a stride or a side of the kernel is 0.
    BadWindow {
        /// The operation.
        operation: &'static str,
        /// Which number is wrong.
        reason: String,
    },
    /// A speed, a size or a time that is 0, negative, infinite or NaN.
    BadQuantity {
        /// The name of the quantity.
        quantity: &'static str,
        /// Its value.
        value: f64,
    },
    /// An error of the foundation.
    Tensor(TensorError),
}

impl fmt::Display for AccelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShapeMismatch { operation, left, right, reason } => {
                write!(f, "{operation}: {left:?} x {right:?}: {reason}")
            }
            Self::BadMatrix { shape: [rows, columns], reason } => {
                write!(f, "a matrix [{rows}, {columns}]: {reason}")
            }
            Self::BadBlock { operation } => {
                write!(f, "{operation}: blocks of 0 hold nothing: use at least 1")
            }
            Self::NoThreads { operation } => {
                write!(f, "{operation}: 0 threads compute nothing: use at least 1")
            }
            Self::BadWindow { operation, reason } => write!(f, "{operation}: {reason}"),
            Self::BadQuantity { quantity, value } => {
                write!(f, "{value} is no {quantity}: use a finite number above 0")
            }
            Self::Tensor(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for AccelError {}

impl From<TensorError> for AccelError {
    fn from(error: TensorError) -> Self {
        Self::Tensor(error)
    }
}
