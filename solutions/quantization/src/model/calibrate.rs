//! From a trained model to one that computes in integers.

// BEGIN SOLUTION: -
use crate::{
    Granularity, QuantError, QuantParams, QuantizedConv2d, QuantizedLayer, QuantizedLinear,
    QuantizedTensor, Scheme, TensorParams, Window, quantize,
};
use tinytorch::nn::Sequential;
use tinytorch::{Layer, LayerSpec};
// END SOLUTION
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
    // BEGIN SOLUTION: run the model on the batches, observe, and quantize layer by layer
    quantize_layers("quantize_mlp", mlp.layers(), calibration)
    // END SOLUTION
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
    // BEGIN SOLUTION: as for the MLP, with convolutions
    quantize_layers("quantize_cnn", cnn.layers(), calibration)
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// The layers one by one, with the outputs of all batches in hand.
fn quantize_layers(
    operation: &'static str,
    model: &Sequential,
    calibration: Calibration<'_>,
) -> Result<QuantizedModel> {
    let Calibration { batches, observer } = calibration;
    if batches.is_empty() {
        return Err(QuantError::NoData { operation });
    }
    let input = observed(batches, observer)?;
    let mut codes = input;
    let mut outputs = batches.to_vec();
    let mut quantized = Vec::new();
    let mut layers = model.layers().iter().peekable();
    while let Some((name, layer)) = layers.next() {
        outputs = forward_all(layer.as_ref(), &outputs)?;
        let layer = match spec(layer.as_ref()) {
            Some(LayerSpec::MaxPool2d { kernel, stride }) => {
                QuantizedLayer::MaxPool2d { kernel, stride }
            }
            Some(LayerSpec::Flatten) => QuantizedLayer::Flatten,
            _ => {
                let relu = layers.next_if(|(_, next)| {
                    spec(next.as_ref()).is_some_and(|next| next == LayerSpec::Relu)
                });
                if let Some((_, relu)) = relu {
                    outputs = forward_all(relu.as_ref(), &outputs)?;
                }
                let input = std::mem::replace(&mut codes, observed(&outputs, observer)?);
                integer_layer(operation, layer.as_ref(), [input, codes], relu.is_some())?
            }
        };
        quantized.push((name.clone(), layer));
    }
    Ok(QuantizedModel::new(input, quantized))
}

/// The parameters of activations that an observer proposes.
fn observed(batches: &[Tensor], observer: ObserverKind) -> Result<QuantParams> {
    let mut observer = observer.observer()?;
    batches.iter().try_for_each(|batch| observer.observe(batch))?;
    observer.params(Scheme::U8)
}

fn forward_all(layer: &dyn Layer, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
    inputs.iter().map(|input| Ok(layer.forward(input)?)).collect()
}

/// What a layer is, if it is a single one.
fn spec(layer: &dyn Layer) -> Option<LayerSpec> {
    let mut specs = layer.specs();
    if specs.len() == 1 { specs.pop().map(|named| named.spec) } else { None }
}

/// A linear layer or a convolution, whose input and output have codes of these parameters.
fn integer_layer(
    operation: &'static str,
    layer: &dyn Layer,
    [input, output]: [QuantParams; 2],
    relu: bool,
) -> Result<QuantizedLayer> {
    let parameter = |name: &str| {
        let parameters = layer.parameters().into_iter();
        parameters.filter(|(found, _)| found == name).map(|(_, tensor)| tensor).next()
    };
    let bias = parameter("bias").map(Tensor::to_vec);
    let bias = bias.as_deref();
    match (spec(layer), parameter("weight")) {
        (Some(LayerSpec::Linear { .. }), Some(weight)) => {
            let linear = QuantizedLinear::new(codes_of(weight, 1)?, bias, input, output)?;
            Ok(QuantizedLayer::Linear(if relu { linear.with_relu() } else { linear }))
        }
        (Some(LayerSpec::Conv2d { stride, padding, .. }), Some(weight)) => {
            let window = Window { stride, padding };
            let conv = QuantizedConv2d::new(codes_of(weight, 0)?, bias, window, input, output)?;
            Ok(QuantizedLayer::Conv2d(if relu { conv.with_relu() } else { conv }))
        }
        (other, _) => {
            let reason = format!("{other:?} has no form in integers");
            Err(QuantError::BadValue { operation, reason })
        }
    }
}

/// The codes of a weight, with a scale for each index of `axis`.
fn codes_of(weight: &Tensor, axis: usize) -> Result<QuantizedTensor> {
    let granularity = Granularity::PerChannel { axis };
    quantize(weight, &TensorParams::of_tensor(weight, Scheme::SYMMETRIC_I8, granularity)?)
}
// END SOLUTION
