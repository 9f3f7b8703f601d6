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
        let mut t = 0;
        for layer in &self.layers {
            t += layer.flops;
        }
        t
    }

    pub fn bottleneck(&self) -> Option<&LayerFlops> {
        if self.total() == 0 {
            return None;
        }
        let mut best = 0;
        for i in 0..self.layers.len() {
            if self.layers[i].flops > self.layers[best].flops {
                best = i;
            }
        }
        Some(&self.layers[best])
    }

    pub fn shares(&self) -> Vec<f64> {
        let t = self.total();
        if t == 0 {
            return vec![0.0; self.layers.len()];
        }
        self.layers.iter().map(|l| l.flops as f64 / t as f64).collect()
    }
}
