//! What can be called wrongly, and what to do about it. Given.

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
        /// What about them does not fit.
        reason: String,
    },
    /// Elements and shape of one matrix that do not belong together.
    BadMatrix {
        /// Rows and columns.
        shape: [usize; 2],
        /// What does not fit.
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
    /// A speed, a size or a time that no machine has: 0, negative, infinite or NaN.
    BadQuantity {
        /// What it was to be.
        quantity: &'static str,
        /// What was given.
        value: f64,
    },
    /// The foundation refused.
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
