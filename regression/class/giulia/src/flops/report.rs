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
        self.layers.iter().map(|x| x.flops).sum()
    }

    pub fn bottleneck(&self) -> Option<&LayerFlops> {
        let first_max = |a, b| if layer_flops(b) > layer_flops(a) { b } else { a };
        self.layers.iter().reduce(first_max).filter(|x| x.flops > 0)
    }

    pub fn shares(&self) -> Vec<f64> {
        let total = self.total() as f64;
        self.layers
            .iter()
            .map(|x| if total > 0.0 { x.flops as f64 / total } else { 0.0 })
            .collect()
    }
}

fn layer_flops(x: &LayerFlops) -> u64 {
    x.flops
}
