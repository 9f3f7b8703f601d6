//! The functions whose speed is measured, as kernels of a bench. The same file is built around the student's crate and around
//! the reference, of which the baseline uses nothing: it is a matrix product of the foundation. It knows nothing of right or wrong.
//!
//! A kernel is left out when the interface of its task does not compile (`--cfg missing_sparse`): nothing of such a task is
//! measured.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

use super::contract::{TimedInput, TimedLayer, TimedOutput};
use course_data::{array, tensor};
use grader_driver::timed::{Bench, Kernel, decode, encode};
use grader_protocol::Answer;
use tinytorch::Tensor;

/// Every kernel that there is.
pub fn bench() -> Bench {
    let bench = Bench::default().with::<DenseLinear>("dense_linear");
    #[cfg(not(missing_sparse))]
    let bench =
        bench.with::<zeros::Linear>("sparse_linear").with::<zeros::BlockLinear>("block_linear");
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
    fn set_up(&mut self, state: &[u8], make: impl Fn(&TimedLayer) -> Answer<L>) -> Answer<()> {
        if self.state != state {
            let layers: Vec<TimedLayer> = decode(state)?;
            self.layers = layers.iter().map(make).collect::<Answer<_>>()?;
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

fn weight(layer: &TimedLayer) -> Answer<Tensor> {
    Ok(tensor(&layer.weight)?)
}

fn multiply(weight: &Tensor, input: &Tensor) -> Answer<Tensor> {
    Ok(input.matmul(weight)?)
}

layer_kernel!(DenseLinear, Tensor, weight, multiply, TimedOutput::Dense);

/// The sparse layers.
#[cfg(not(missing_sparse))]
mod zeros {
    use super::{
        Answer, Kernel, ReadyLayers, Tensor, TimedInput, TimedLayer, TimedOutput, array, decode,
        encode, tensor, weight,
    };
    use compression::{BlockSparseLinear, SparseLinear};

    fn linear(layer: &TimedLayer) -> Answer<SparseLinear> {
        Ok(SparseLinear::from_dense(&weight(layer)?, Some(&layer.bias.0))?)
    }

    fn multiply(layer: &SparseLinear, input: &Tensor) -> Answer<Tensor> {
        Ok(layer.forward(input)?)
    }

    layer_kernel!(Linear, SparseLinear, linear, multiply, TimedOutput::Sparse);

    fn blocks(layer: &TimedLayer) -> Answer<BlockSparseLinear> {
        Ok(BlockSparseLinear::new(&weight(layer)?, Some(&layer.bias.0))?)
    }

    fn multiply_blocks(layer: &BlockSparseLinear, input: &Tensor) -> Answer<Tensor> {
        Ok(layer.forward(input)?)
    }

    layer_kernel!(BlockLinear, BlockSparseLinear, blocks, multiply_blocks, TimedOutput::Sparse);
}
