//! The error type. Its text names the operation and the shapes.

use std::fmt;
use std::path::Path;

/// The result of an operation on tensors.
pub type Result<T> = std::result::Result<T, TensorError>;

/// Why an operation failed.
///
/// The text gives the operation, then the shapes of its arguments, then the reason.
///
/// ```
/// use tinytorch::Tensor;
///
/// let error = Tensor::zeros(&[2, 3]).matmul(&Tensor::zeros(&[4, 5])).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "matmul: [2, 3] x [4, 5]: inner dimensions 3 and 4 differ"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TensorError {
    /// Two shapes do not fit together.
    ShapeMismatch {
        /// The operation.
        op: &'static str,
        /// The shape of the tensor that the operation was called on.
        left: Vec<usize>,
        /// The shape of the other tensor, or the requested shape.
        right: Vec<usize>,
        /// Why they do not fit.
        reason: String,
    },
    /// One shape does not suit the operation.
    InvalidShape {
        /// The operation.
        op: &'static str,
        /// The shape.
        shape: Vec<usize>,
        /// What is wrong with it.
        reason: String,
    },
    /// The tensor has no such axis.
    AxisOutOfRange {
        /// The operation.
        op: &'static str,
        /// The tensor's shape.
        shape: Vec<usize>,
        /// The requested axis, counted from 0.
        axis: usize,
    },
    /// A value inside a tensor cannot be used, for example a token id.
    InvalidValue {
        /// The operation.
        op: &'static str,
        /// The shape of the tensor that holds the value.
        shape: Vec<usize>,
        /// Which value, its position, and what is allowed.
        reason: String,
    },
    /// A layer or model cannot be built from these numbers.
    InvalidConfig {
        /// The layer or model.
        op: &'static str,
        /// Which number is wrong, and what is allowed.
        reason: String,
    },
    /// A parameter of a model cannot be stepped, loaded or saved.
    Parameter {
        /// The operation on it.
        op: &'static str,
        /// The parameter's name in the model.
        name: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// A training cannot go on.
    Training {
        /// How many optimization steps were complete.
        step: u64,
        /// Why, and what to do.
        reason: String,
    },
    /// A file cannot be read or written.
    File {
        /// The path.
        path: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// A layer inside a model failed.
    InLayer {
        /// The layer's name in the model.
        layer: String,
        /// What went wrong there.
        source: Box<TensorError>,
    },
}

impl TensorError {
    pub(crate) fn mismatch(
        op: &'static str,
        left: &[usize],
        right: &[usize],
        reason: String,
    ) -> Self {
        Self::ShapeMismatch { op, left: left.to_vec(), right: right.to_vec(), reason }
    }

    pub(crate) fn shape(op: &'static str, shape: &[usize], reason: String) -> Self {
        Self::InvalidShape { op, shape: shape.to_vec(), reason }
    }

    pub(crate) fn value(op: &'static str, shape: &[usize], reason: String) -> Self {
        Self::InvalidValue { op, shape: shape.to_vec(), reason }
    }

    pub(crate) fn config(op: &'static str, reason: String) -> Self {
        Self::InvalidConfig { op, reason }
    }

    pub(crate) fn parameter(op: &'static str, name: &str, reason: impl Into<String>) -> Self {
        Self::Parameter { op, name: name.to_string(), reason: reason.into() }
    }

    pub(crate) fn file(path: &Path, reason: impl Into<String>) -> Self {
        Self::File { path: path.display().to_string(), reason: reason.into() }
    }

    /// The same error, with the name of the layer it happened in.
    pub(crate) fn in_layer(self, layer: &str) -> Self {
        Self::InLayer { layer: layer.to_string(), source: Box::new(self) }
    }
}

impl fmt::Display for TensorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShapeMismatch { op, left, right, reason } => {
                write!(f, "{op}: {left:?} x {right:?}: {reason}")
            }
            Self::InvalidShape { op, shape, reason } | Self::InvalidValue { op, shape, reason } => {
                write!(f, "{op}: {shape:?}: {reason}")
            }
            Self::AxisOutOfRange { op, shape, axis } => write!(
                f,
                "{op}: {shape:?}: axis {axis} does not exist, the tensor has {} (counted from 0)",
                shape.len()
            ),
            Self::InvalidConfig { op, reason } => write!(f, "{op}: {reason}"),
            Self::Parameter { op, name, reason } => write!(f, "{op}: parameter {name}: {reason}"),
            Self::Training { step, reason } => write!(f, "training, step {step}: {reason}"),
            Self::File { path, reason } => write!(f, "{path}: {reason}"),
            Self::InLayer { layer, source } => write!(f, "layer {layer}: {source}"),
        }
    }
}

impl std::error::Error for TensorError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InLayer { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}
