//! Pruning by sorting.

use crate::contract::{Mask, ModelMasks};
use course_oracle::nets::Parameter;

/// How many of so many elements a sparsity prunes.
pub fn count(sparsity: f64, len: usize) -> usize {
    (sparsity * len as f64).round() as usize
}

/// Which of these numbers are kept when the `count` least are pruned, the first of equal ones first.
pub fn kept(numbers: &[f32], count: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    // Stable: what is equal stays in its order.
    order.sort_by(|a, b| numbers[*a].abs().total_cmp(&numbers[*b].abs()));
    let mut kept = vec![true; numbers.len()];
    order[..count].iter().for_each(|at| kept[*at] = false);
    kept
}

/// The masks of each weight on its own.
pub fn per_layer(parameters: &[Parameter], sparsity: f64) -> ModelMasks {
    let weights = parameters.iter().filter(|of| of.is_weight());
    let mask = |of: &Parameter| {
        let kept = kept(&of.numbers, count(sparsity, of.numbers.len()));
        (of.name.clone(), Mask { shape: of.shape.clone(), kept })
    };
    ModelMasks { masks: weights.map(mask).collect() }
}

/// The masks of all weights in one order.
pub fn global(parameters: &[Parameter], sparsity: f64) -> ModelMasks {
    let weights: Vec<&Parameter> = parameters.iter().filter(|of| of.is_weight()).collect();
    let all: Vec<f32> = weights.iter().flat_map(|of| of.numbers.clone()).collect();
    let mut kept = kept(&all, count(sparsity, all.len())).into_iter();
    let mask = |of: &&Parameter| {
        let own = kept.by_ref().take(of.numbers.len()).collect();
        (of.name.clone(), Mask { shape: of.shape.clone(), kept: own })
    };
    ModelMasks { masks: weights.iter().map(mask).collect() }
}

/// The numbers with 0 where a mask of that name prunes.
pub fn masked(of: &Parameter, masks: &ModelMasks) -> Vec<f32> {
    match masks.masks.iter().find(|(name, _)| *name == of.name) {
        None => of.numbers.clone(),
        Some((_, mask)) => {
            let pairs = of.numbers.iter().zip(&mask.kept);
            pairs.map(|(x, kept)| if *kept { *x } else { 0.0 }).collect()
        }
    }
}
