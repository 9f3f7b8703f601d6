//! Task `structured`: which neurons and filters are removed.

use super::prelude::*;
use crate::oracle::structured;
use course_oracle::nets::{self, parameters};

cases! { task "structured", client Client;
    /// The largest numbers are kept, in the order of their indices.
    largest_are_kept_in_order;
    /// Of equal numbers, the first are kept.
    largest_keeps_the_first_of_equal_ones;
    /// Keeping nothing, more than there is, or the largest of NaN is refused.
    largest_refuses;
    /// The norm of a neuron is that of its incoming weights.
    neuron_norms_are_of_incoming_weights;
    /// The norm of a filter is that of all its channels.
    filter_norms_are_of_whole_filters;
    /// Norms do not lose small numbers beside large ones.
    norms_are_summed_precisely;
    /// A weight with another number of axes has no norms.
    norms_refuse_other_shapes;
}

fn largest_are_kept_in_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..5 {
        let numbers: Vec<f64> = (0..draw.int(4..=15)).map(|_| draw.real(-9.0, 9.0)).collect();
        let keep = draw.int(1..=numbers.len());
        let expected = structured::largest(&numbers, keep);
        check::equal("the indices of the largest", &code.largest(numbers, keep)?, &expected)?;
    }
    Ok(())
}

fn largest_keeps_the_first_of_equal_ones(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..5 {
        let numbers: Vec<f64> = (0..draw.int(6..=15)).map(|_| draw.int(0..=2) as f64).collect();
        let keep = draw.int(1..=numbers.len() - 1);
        let expected = structured::largest(&numbers, keep);
        check::equal("the indices of the largest", &code.largest(numbers, keep)?, &expected)?;
    }
    Ok(())
}

fn largest_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(2..=5);
    let mut numbers: Vec<f64> = (0..count).map(|_| draw.real(0.0, 1.0)).collect();
    for keep in [0, count + 1] {
        let result = code.largest(numbers.clone(), keep);
        refuses("keep at least one, and no more than there are", result, "BadValue", "largest")?;
    }
    let at = draw.int(0..=count - 1);
    numbers[at] = f64::NAN;
    refuses("NaN has no place in an order", code.largest(numbers, 1), "BadValue", "largest")
}

/// A drawn weight.
fn weight(draw: &mut Draw, shape: &[usize]) -> Vec<f32> {
    normals(draw, shape.iter().product())
}

fn norms_are(code: &mut Client, shape: Vec<usize>, numbers: Vec<f32>) -> CaseVerdict {
    let of_filters = shape.len() == 4;
    let expected = structured::norms(&(shape.clone(), numbers.clone()));
    let got = code.norms(rows(&shape, numbers), of_filters)?;
    check::all_close("sums of absolute values", &got, &expected, 1e-12, 0.0)
}

fn neuron_norms_are_of_incoming_weights(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let shape = vec![draw.int(2..=6), draw.int(7..=9)];
        let numbers = weight(draw, &shape);
        norms_are(code, shape, numbers)?;
    }
    Ok(())
}

fn filter_norms_are_of_whole_filters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let shape = vec![draw.int(2..=5), draw.int(1..=4), draw.int(1..=3), draw.int(1..=3)];
        let numbers = weight(draw, &shape);
        norms_are(code, shape, numbers)?;
    }
    Ok(())
}

/// In `f32` a million and a hundredth is a million.
fn norms_are_summed_precisely(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let small = draw.real(0.01, 0.02) as f32;
    let mut numbers = vec![small; 40];
    numbers[0] = 1e6;
    norms_are(code, vec![40, 1], numbers.clone())?;
    norms_are(code, vec![1, 10, 2, 2], numbers)
}

fn norms_refuse_other_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for shape in [vec![4], vec![2, 3, 4], vec![2, 3]] {
        let result = code.norms(rows(&shape, weight(draw, &shape)), true);
        refuses("filters have four axes", result, "BadValue", "filter_norms")?;
    }
    for shape in [vec![4], vec![2, 3, 4], vec![2, 3, 1, 1]] {
        let result = code.norms(rows(&shape, weight(draw, &shape)), false);
        refuses("a matrix has two axes", result, "BadValue", "neuron_norms")?;
    }
    // Both take what they should take.
    let cnn = parameters(&Network::Net(nets::cnn(draw)));
    norms_are(code, cnn[0].shape.clone(), cnn[0].numbers.clone())
}
