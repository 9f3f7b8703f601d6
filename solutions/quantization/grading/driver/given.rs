//! Plain data as the given types of the crate.

#![allow(dead_code, reason = "some of it is for tasks that may be missing")]

use super::Native as _;
use super::contract::{Granularity, ObserverKind, Params, Quantized, TensorParams};
use grader_protocol::Answer;
use quantization::{Codes, QuantParams, QuantizedTensor};
#[cfg(not(missing_observe))]
use quantization::{
    HistogramObserver, MinMaxObserver, MovingAverageObserver, Observer, PercentileObserver,
};

pub(super) fn params(params: Params) -> Answer<QuantParams> {
    Ok(QuantParams::new(params.scale, params.zero_point, params.scheme.native())?)
}

pub(super) fn tensor_params(of: &TensorParams) -> Answer<quantization::TensorParams> {
    let channels =
        of.channels.iter().map(|channel| params(*channel)).collect::<Answer<Vec<_>>>()?;
    Ok(match of.granularity {
        Granularity::PerTensor => quantization::TensorParams::per_tensor(channels[0]),
        Granularity::PerChannel { axis } => {
            quantization::TensorParams::per_channel(axis, channels)?
        }
    })
}

pub(super) fn quantized(of: &Quantized) -> Answer<QuantizedTensor> {
    let params = tensor_params(&of.params)?;
    let codes = Codes::new(of.codes.iter().copied(), params.scheme());
    Ok(QuantizedTensor::from_codes(codes, &of.shape, params)?)
}

#[cfg(not(missing_observe))]
pub(super) fn observer(kind: ObserverKind) -> Answer<Box<dyn Observer>> {
    Ok(match kind {
        ObserverKind::MinMax => Box::new(MinMaxObserver::default()),
        ObserverKind::MovingAverage { momentum } => Box::new(MovingAverageObserver::new(momentum)?),
        ObserverKind::Percentile { percent } => Box::new(PercentileObserver::new(percent)?),
        ObserverKind::Histogram { bins } => Box::new(HistogramObserver::new(bins)?),
    })
}
