//! Parameters for a whole tensor or for each of its channels.

use crate::{QuantError, QuantParams, Result, Scheme};
use tinytorch::Tensor;

/// Which elements of a tensor share a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// All of them.
    PerTensor,
    /// Those with the same index along `axis`.
    PerChannel {
        /// The axis of the channels.
        axis: usize,
    },
}

/// The parameters of a tensor: one for all elements, or one for each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorParams {
    granularity: Granularity,
    channels: Vec<QuantParams>,
}

impl TensorParams {
    /// One set of parameters for all elements. Given.
    pub fn per_tensor(params: QuantParams) -> Self {
        Self { granularity: Granularity::PerTensor, channels: vec![params] }
    }

    /// Parameters for each channel along `axis`. Given.
    ///
    /// # Errors
    /// [`QuantError::BadValue`] of `TensorParams::per_channel` when there is no channel, or the schemes differ.
    pub fn per_channel(axis: usize, channels: Vec<QuantParams>) -> Result<Self> {
        let refuse = |reason: String| {
            Err(QuantError::BadValue { operation: "TensorParams::per_channel", reason })
        };
        let Some(first) = channels.first() else { return refuse("there are no channels".into()) };
        if channels.iter().any(|params| params.scheme() != first.scheme()) {
            return refuse("all channels must have one scheme".into());
        }
        Ok(Self { granularity: Granularity::PerChannel { axis }, channels })
    }

    /// The parameters that cover the elements of a tensor: [`QuantParams::from_range`] of the smallest and the largest
    /// element, of all or of each channel. The tensor may be a view.
    ///
    /// # Errors
    /// [`QuantError::BadBits`]; of `TensorParams::of_tensor`: [`QuantError::Empty`], [`QuantError::BadValue`] when the
    /// tensor does not have the channel axis, [`QuantError::NotFinite`].
    pub fn of_tensor(tensor: &Tensor, scheme: Scheme, granularity: Granularity) -> Result<Self> {
        let _ = (&tensor, &scheme, &granularity); // Not used yet: goes with the todo!.
        todo!("find each channel's smallest and largest element")
    }

    /// Which elements share parameters. Given.
    pub const fn granularity(&self) -> Granularity {
        self.granularity
    }

    /// The parameters of each channel; one for all elements if they share them. Given.
    pub fn channels(&self) -> &[QuantParams] {
        &self.channels
    }

    /// Which integers are codes. Given.
    pub fn scheme(&self) -> Scheme {
        self.channels[0].scheme()
    }

    /// Checks that a tensor of this shape has these channels. Given.
    ///
    /// # Errors
    /// [`QuantError::ShapeMismatch`] of `operation`, with the tensor's shape and `[number of channels]`.
    pub fn check(&self, operation: &'static str, shape: &[usize]) -> Result<()> {
        let Granularity::PerChannel { axis } = self.granularity else { return Ok(()) };
        if shape.get(axis) == Some(&self.channels.len()) {
            return Ok(());
        }
        let left = shape.to_vec();
        let right = vec![self.channels.len()];
        let reason = format!("axis {axis} must have as many channels as there are parameters");
        Err(QuantError::ShapeMismatch { operation, left, right, reason })
    }

    /// The parameters of the element at position `at`, row by row, of a tensor of this shape. Given.
    pub fn at(&self, shape: &[usize], at: usize) -> QuantParams {
        match self.granularity {
            Granularity::PerTensor => self.channels[0],
            Granularity::PerChannel { axis } => {
                let inner: usize = shape[axis + 1..].iter().product();
                self.channels[at / inner % shape[axis]]
            }
        }
    }
}

/// The elements of a tensor, row by row, if all of them are finite and there are any. Given.
///
/// # Errors
/// [`QuantError::Empty`] and [`QuantError::NotFinite`] of `operation`.
#[allow(dead_code, reason = "unused until the tasks that read tensors are written")]
pub fn finite_elements(operation: &'static str, tensor: &Tensor) -> Result<Vec<f32>> {
    let shape = tensor.shape().to_vec();
    if tensor.is_empty() {
        return Err(QuantError::Empty { operation, shape });
    }
    let elements = tensor.to_vec();
    match elements.iter().find(|x| !x.is_finite()) {
        Some(&value) => Err(QuantError::NotFinite { operation, shape, value }),
        None => Ok(elements),
    }
}
