//! FLOPs layer by layer.

/// The FLOPs of one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFlops {
    /// The layer's name in the model, such as `blocks.0.attn`.
    pub name: String,
    /// Its FLOPs.
    pub flops: u64,
    /// The shape of its output.
    pub output_shape: Vec<usize>,
}

/// FLOPs layer by layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlopReport {
    /// The layers in the order of execution.
    pub layers: Vec<LayerFlops>,
}

impl FlopReport {
    /// FLOPs of all layers together.
    pub fn total(&self) -> u64 {
        todo!("add up the layers' FLOPs")
    }

    /// The layer with the most FLOPs, the first one of equals. `None` if there are no layers or
    /// all have 0 FLOPs.
    pub fn bottleneck(&self) -> Option<&LayerFlops> {
        todo!("find the first layer with the most FLOPs")
    }

    /// Each layer's fraction of the total. They add up to 1, or are all 0 when the total is.
    pub fn shares(&self) -> Vec<f64> {
        todo!("divide each layer's FLOPs by the total, which may be 0")
    }
}
