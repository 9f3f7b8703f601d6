//! Ways to store weights in few bits.

use quantization::{
    Granularity, PackedTensor, Scheme, StorageFormat, StoredWeights, TensorParams, output_axis,
    quantize, search_params,
};
use tinytorch::Layer;

use crate::ExampleResult;

/// How scales are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scales {
    /// One for the tensor, from its largest weight.
    TensorWidest,
    /// One for each output, from its largest weight.
    ChannelWidest,
    /// One for the tensor, with the least squared error.
    TensorSearched,
    /// One for each output, with the least squared error.
    ChannelSearched,
}

/// All of them, in the order of the table's columns.
pub const SCALES: [Scales; 4] =
    [Scales::TensorWidest, Scales::ChannelWidest, Scales::TensorSearched, Scales::ChannelSearched];

/// The numbers of bits in the table.
pub const BITS: [u32; 5] = [8, 6, 4, 3, 2];

/// Rounds all parameters with two or more axes in place. The result is the bytes of the stored model.
pub fn round<M: Layer>(model: &mut M, bits: u32, scales: Scales) -> ExampleResult<usize> {
    let scheme = Scheme::Symmetric { bits };
    let mut nbytes = 0;
    for (name, parameter) in model.parameters_mut() {
        if parameter.ndim() < 2 {
            nbytes += parameter.nbytes();
            continue;
        }
        let channels = Granularity::PerChannel { axis: output_axis(&name, parameter) };
        let params = match scales {
            Scales::TensorWidest => {
                TensorParams::of_tensor(parameter, scheme, Granularity::PerTensor)?
            }
            Scales::ChannelWidest => TensorParams::of_tensor(parameter, scheme, channels)?,
            Scales::TensorSearched => search_params(parameter, scheme, Granularity::PerTensor)?,
            Scales::ChannelSearched => search_params(parameter, scheme, channels)?,
        };
        let packed = PackedTensor::new(&quantize(parameter, &params)?);
        nbytes += packed.nbytes();
        *parameter = packed.unpack()?.dequantize()?;
    }
    Ok(nbytes)
}

/// Stores all parameters with two or more axes in one format, and expands them again. The result is the bytes.
pub fn store<M: Layer>(model: &mut M, format: StorageFormat) -> ExampleResult<usize> {
    let stored = StoredWeights::new(model, |_| format)?;
    stored.load_into(model)?;
    Ok(stored.nbytes())
}
