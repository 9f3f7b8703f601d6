//! FLOPs layer by layer.

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
        self.layers.iter().fold(0, |sum, l| sum + l.flops)
    }

    pub fn bottleneck(&self) -> Option<&LayerFlops> {
        let mut best: Option<&LayerFlops> = None;
        for l in &self.layers {
            // Strictly more, so the first of equals stays.
            if l.flops > best.map_or(0, |b| b.flops) {
                best = Some(l);
            }
        }
        best
    }

    pub fn shares(&self) -> Vec<f64> {
        let total = self.total();
        let share = |l: &LayerFlops| if total == 0 { 0.0 } else { l.flops as f64 / total as f64 };
        self.layers.iter().map(share).collect()
    }
}
