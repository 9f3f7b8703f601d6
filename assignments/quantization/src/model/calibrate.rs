//! From a trained model to one that computes in integers.

use crate::{
    HistogramObserver, MinMaxObserver, MovingAverageObserver, Observer, PercentileObserver,
    QuantizedModel, Result,
};
use tinytorch::Tensor;
use tinytorch::models::{Cnn, Mlp};

/// How ranges of activations are found. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObserverKind {
    /// [`MinMaxObserver`].
    MinMax,
    /// [`MovingAverageObserver`].
    MovingAverage {
        /// The weight of a new batch.
        momentum: f32,
    },
    /// [`PercentileObserver`].
    Percentile {
        /// Above 50, at most 100.
        percent: f64,
    },
    /// [`HistogramObserver`].
    Histogram {
        /// 16 to 65,536.
        bins: usize,
    },
}

impl ObserverKind {
    /// A new observer of this kind.
    ///
    /// # Errors
    /// Those of its constructor.
    pub fn observer(self) -> Result<Box<dyn Observer>> {
        Ok(match self {
            Self::MinMax => Box::new(MinMaxObserver::default()),
            Self::MovingAverage { momentum } => Box::new(MovingAverageObserver::new(momentum)?),
            Self::Percentile { percent } => Box::new(PercentileObserver::new(percent)?),
            Self::Histogram { bins } => Box::new(HistogramObserver::new(bins)?),
        })
    }
}

/// Data to calibrate with, and how. Given.
#[derive(Clone, Copy, Debug)]
pub struct Calibration<'a> {
    /// Batches of inputs, in the shape that the model takes. They should look like the inputs in use, and must not be
    /// the data on which accuracy is measured.
    pub batches: &'a [Tensor],
    /// How ranges of activations are found.
    pub observer: ObserverKind,
}

/// The MLP in integers: weights [`Scheme::SYMMETRIC_I8`](crate::Scheme::SYMMETRIC_I8) with a scale for each output,
/// activations [`Scheme::U8`](crate::Scheme::U8). The `f32` model runs on the batches, in their order; one observer
/// watches the input, and one the output of each linear layer, *after* its `ReLU`. Each `ReLU` is a part of the layer
/// before it. The layers keep their names (`fc1`, ...).
///
/// # Shapes
/// Batches of `[n, inputs]`.
///
/// # Errors
/// [`NoData`](crate::QuantError::NoData) of `quantize_mlp` without batches; those of the observers, of the layers and of the
/// foundation.
pub fn quantize_mlp(mlp: &Mlp, calibration: Calibration<'_>) -> Result<QuantizedModel> {
    let _ = (&mlp, &calibration); // Not used yet: goes with the todo!.
    todo!("run the model on the batches, observe, and quantize layer by layer")
}

/// The CNN in integers, as [`quantize_mlp`], with a scale for each filter of a convolution. Pooling and flattening work on
/// codes: they have no observer.
///
/// # Shapes
/// Batches of `[n, channels, height, width]`.
///
/// # Errors
/// [`NoData`](crate::QuantError::NoData) of `quantize_cnn` without batches; those of the observers, of the layers and of the
/// foundation.
pub fn quantize_cnn(cnn: &Cnn, calibration: Calibration<'_>) -> Result<QuantizedModel> {
    let _ = (&cnn, &calibration); // Not used yet: goes with the todo!.
    todo!("as for the MLP, with convolutions")
}
