//! The requests to a `quantization` submission, and how the driver answers them.

pub use course_data::Array;
use grader_protocol::Floats;

grader_protocol::contract! {
    /// The functions that students of `quantization` write.
    pub trait Quantization;

    /// `QuantParams::new(scale, zero_point, scheme)`.
    #[derive(Copy)]
    mirror struct Params <- quantization::QuantParams {
        scale: f32 = it.scale(), zero_point: i32 = it.zero_point(), scheme: Scheme = it.scheme().wire(),
    }
    #[derive(Copy, Eq)]
    mirror enum Scheme <-> quantization::Scheme { Unsigned { bits: u32 }, Signed { bits: u32 }, Symmetric { bits: u32 } }
    #[derive(Copy, Eq)]
    mirror enum Granularity <-> quantization::Granularity { PerTensor, PerChannel { axis: usize } }
    mirror struct TensorParams <- quantization::TensorParams {
        granularity: Granularity = it.granularity().wire(), channels: Vec<Params> = it.channels().to_vec().wire(),
    }
    /// `QuantizedTensor::from_codes(codes, shape, params)`.
    mirror struct Quantized <- quantization::QuantizedTensor {
        shape: Vec<usize> = it.shape().to_vec(), codes: Vec<i32> = it.codes().to_vec(), params: TensorParams = it.params().wire(),
    }
    /// Pairs are (down, across).
    #[derive(Copy, Eq)]
    mirror struct Window -> quantization::Window { stride: (usize, usize), padding: (usize, usize) }

    task params {
        /// `QuantParams::from_range(low, high, scheme)`.
        fn from_range(low: f32, high: f32, scheme: Scheme) -> Params {
            quantization::QuantParams::from_range(low, high, scheme.native())?.wire()
        }
        /// `TensorParams::of_tensor(tensor, scheme, granularity)`.
        fn of_tensor(tensor: Array, scheme: Scheme, granularity: Granularity) -> TensorParams {
            quantization::TensorParams::of_tensor(&tensor_of(&tensor)?, scheme.native(), granularity.native())?.wire()
        }
    }
    task quantize {
        /// `quantize` of a `QuantParams`, for each number.
        fn codes(params: Params, numbers: Floats) -> Vec<i32> {
            let params = given::params(params)?;
            numbers.0.iter().map(|x| params.quantize(*x)).collect()
        }
        /// `dequantize` of a `QuantParams`, for each code.
        fn numbers(params: Params, codes: Vec<i32>) -> Floats {
            let params = given::params(params)?;
            Floats(codes.iter().map(|code| params.dequantize(*code)).collect())
        }
        /// `quantize(tensor, params)`, and its `nbytes()`.
        fn quantize(tensor: Array, params: TensorParams) -> (Quantized, usize) {
            let quantized = quantization::quantize(&tensor_of(&tensor)?, &given::tensor_params(&params)?)?;
            (quantized.wire(), quantized.nbytes())
        }
        /// `dequantize()`.
        fn dequantize(quantized: Quantized) -> Array { array(&given::quantized(&quantized)?.dequantize()?) }
    }
}
