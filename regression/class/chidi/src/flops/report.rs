#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFlops {
    pub name: String,
    pub flops: u64,
    pub output_shape: Vec<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlopReport {
    pub layers: Vec<LayerFlops>,
}

impl FlopReport {
    pub fn total(&self) -> u64 {
        self.layers.iter().map(|l| l.flops).sum()
    }

    pub fn bottleneck(&self) -> Option<&LayerFlops> {
        // max_by_key takes the last of equals, so go backwards
        self.layers.iter().rev().filter(|l| l.flops != 0).max_by_key(|l| l.flops)
    }

    pub fn shares(&self) -> Vec<f64> {
        match self.total() {
            0 => self.layers.iter().map(|_| 0.0).collect(),
            t => self.layers.iter().map(|l| l.flops as f64 / t as f64).collect(),
        }
    }
}
