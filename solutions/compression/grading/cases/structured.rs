//! Task `structured`: neurons and filters.

use super::prelude::*;

cases! { task "structured", client Client;
    /// The largest numbers are kept, in the order of their indices.
    largest_are_kept_in_order;
}

fn largest_are_kept_in_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let numbers: Vec<f64> = (0..draw.int(5..=12)).map(|_| draw.real(0.0, 9.0)).collect();
    let keep = draw.int(1..=numbers.len());
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|a, b| numbers[*b].total_cmp(&numbers[*a]));
    order.truncate(keep);
    order.sort_unstable();
    check::equal("the indices of the largest", &code.largest(numbers, keep)?, &order)
}
