//! Pruning by sorting.

/// Which of these numbers are kept when the `count` least are pruned, the first of equal ones first.
pub fn kept(numbers: &[f32], count: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    // Stable: what is equal stays in its order.
    order.sort_by(|a, b| numbers[*a].abs().total_cmp(&numbers[*b].abs()));
    let mut kept = vec![true; numbers.len()];
    order[..count].iter().for_each(|at| kept[*at] = false);
    kept
}
