//! FLOPs layer by layer.

/// One layer's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFlops {
    /// The layer's name in the model, such as `blocks.0.attn`.
    pub name: String,
    /// Its FLOPs.
    pub flops: u64,
    /// The shape of what it gives.
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
        self.layers.iter().map(|layer| layer.flops).sum()
    }

    /// The layer with the most FLOPs, the first one if several have as many. `None` when there is
    /// no layer or none has any.
    pub fn bottleneck(&self) -> Option<&LayerFlops> {
        let most = self.layers.iter().map(|layer| layer.flops).max()?;
        self.layers.iter().find(|layer| layer.flops == most && most > 0)
    }

    /// Each layer's fraction of the total. They add up to 1, or are all 0 when the total is.
    pub fn shares(&self) -> Vec<f64> {
        let total = self.total().max(1) as f64;
        self.layers.iter().map(|layer| layer.flops as f64 / total).collect()
    }
}
