//! The functions whose speed is measured, as kernels of a bench. The same file is built around the
//! student's crate and around the reference, of which the baselines use nothing: they are the
//! foundation's product and convolution of `f32`. It knows nothing of right or wrong.
//!
//! A kernel is left out when the interface of its task does not compile (`--cfg missing_fast`):
//! nothing of such a task is measured.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

use super::contract::{TimedInput, TimedLayer, TimedOutput};
use course_data::{array, tensor};
use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::Answer;
use tinytorch::nn::Conv2d;
use tinytorch::{Layer, Tensor};

/// Every kernel that there is.
pub fn bench() -> Bench {
    let bench =
        Bench::default().with::<FloatLinear>("f32_linear").with::<FloatConv2d>("f32_conv2d");
    #[cfg(not(missing_fast))]
    let bench = bench.with::<bytes::Linear>("int8_linear").with::<bytes::Conv2d>("int8_conv2d");
    bench
}

/// The layers of a measurement.
struct ReadyLayers<L> {
    /// What they were made of.
    state: Vec<u8>,
    layers: Vec<L>,
}

impl<L> Default for ReadyLayers<L> {
    fn default() -> Self {
        Self { state: Vec::new(), layers: Vec::new() }
    }
}

impl<L> ReadyLayers<L> {
    /// Layers are made once: all batches of a measurement name the same.
    fn set_up(&mut self, state: &[u8], make: impl Fn(TimedLayer) -> Answer<L>) -> Answer<()> {
        if self.state != state {
            let layers: Vec<TimedLayer> = decode(state)?;
            self.layers = layers.into_iter().map(make).collect::<Answer<_>>()?;
            self.state = state.to_vec();
        }
        Ok(())
    }
}

/// A kernel of a kind of layer: how it is made, what it does, and whose output it is.
macro_rules! layer_kernel {
    ($name:ident, $layer:ty, $make:path, $forward:path, $output:path) => {
        #[derive(Default)]
        pub(super) struct $name(ReadyLayers<$layer>);

        impl Kernel for $name {
            type Input = (usize, Tensor);
            type Output = Tensor;

            fn set_up(&mut self, state: &[u8]) -> Answer<()> {
                self.0.set_up(state, $make)
            }

            fn load(&mut self, input: &[u8]) -> Answer<Self::Input> {
                let TimedInput { layer, input } = decode(input)?;
                Ok((layer, tensor(&input)?))
            }

            fn call(&mut self, (layer, input): &mut Self::Input) -> Answer<Tensor> {
                $forward(&self.0.layers[*layer], input)
            }

            fn fetch(&mut self, output: Tensor) -> Answer<Vec<u8>> {
                encode(&$output(array(&output)))
            }
        }
    };
}

fn weight(layer: TimedLayer) -> Answer<Tensor> {
    Ok(tensor(&layer.weight)?)
}

fn multiply(weight: &Tensor, input: &Tensor) -> Answer<Tensor> {
    Ok(input.matmul(weight)?)
}

layer_kernel!(FloatLinear, Tensor, weight, multiply, TimedOutput::Baseline);

fn convolution(layer: TimedLayer) -> Answer<Conv2d> {
    let super::contract::Window { stride, padding } = layer.window;
    let weight = weight(layer)?;
    Ok(Conv2d::from_parameters(weight, None, stride, padding)?)
}

fn convolve(layer: &Conv2d, input: &Tensor) -> Answer<Tensor> {
    Ok(layer.forward(input)?)
}

layer_kernel!(FloatConv2d, Conv2d, convolution, convolve, TimedOutput::Baseline);

/// The layers of bytes.
#[cfg(not(missing_fast))]
mod bytes {
    use super::{
        Answer, Kernel, ReadyLayers, Tensor, TimedInput, TimedLayer, TimedOutput, array, decode,
        encode, tensor,
    };
    use quantization::{Int8Conv2d, Int8Linear, Window};

    fn linear(layer: TimedLayer) -> Answer<Int8Linear> {
        let weight = tensor(&layer.weight)?;
        Ok(Int8Linear::new(&weight, Some(&layer.bias.0))?)
    }

    fn multiply(layer: &Int8Linear, input: &Tensor) -> Answer<Tensor> {
        Ok(layer.forward(input)?)
    }

    layer_kernel!(Linear, Int8Linear, linear, multiply, TimedOutput::Bytes);

    fn conv2d(layer: TimedLayer) -> Answer<Int8Conv2d> {
        let weight = tensor(&layer.weight)?;
        let window = Window { stride: layer.window.stride, padding: layer.window.padding };
        Ok(Int8Conv2d::new(&weight, Some(&layer.bias.0), window)?)
    }

    fn convolve(layer: &Int8Conv2d, input: &Tensor) -> Answer<Tensor> {
        Ok(layer.forward(input)?)
    }

    layer_kernel!(Conv2d, Int8Conv2d, conv2d, convolve, TimedOutput::Bytes);
}
