//! Task `magnitude`: the largest elements of a weight are kept.

use super::prelude::*;
use crate::oracle::magnitude;

cases! { task "magnitude", client Client;
    /// Of numbers without ties, the least are pruned, exactly as many as asked for.
    magnitude_prunes_the_least;
    /// Of numbers with many ties, exactly as many are pruned as asked for, and the first of equal ones.
    magnitude_is_exact_with_ties;
    /// Of equal numbers, exactly as many are pruned as asked for.
    magnitude_is_exact_with_equal_weights;
    /// A sparsity of `0` prunes nothing, and a sparsity of `1` everything.
    magnitude_has_two_ends;
    /// The number of pruned elements is rounded, and a half is rounded up.
    magnitude_rounds_the_count;
    /// The threshold is the largest magnitude that is pruned.
    threshold_is_the_largest_pruned;
    /// A transposed view is read row by row, as it is seen.
    magnitude_reads_views_row_by_row;
    /// A weight with four axes, or with one, is pruned like a matrix.
    magnitude_takes_any_number_of_axes;
    /// NaN and infinities are refused, with the operation and the shape.
    magnitude_refuses_what_is_not_finite;
    /// A sparsity below `0`, above `1` or NaN is refused.
    magnitude_refuses_other_sparsities;
    /// A mask puts zeros in the place of what is pruned, and leaves the rest as it is.
    mask_keeps_the_rest;
    /// A mask puts zeros in the place of NaN and infinities too.
    mask_replaces_nan;
    /// A mask for another shape is refused, with both shapes.
    mask_refuses_other_shapes;
}

fn magnitude_prunes_the_least(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..5 {
        let shape = [draw.int(2..=9), draw.int(2..=9)];
        let numbers = normals(draw, shape[0] * shape[1]);
        let sparsity = draw.real(0.1, 0.9);
        let expected = magnitude::kept(&numbers, magnitude::count(sparsity, numbers.len()));
        let (mask, _) = code.prune(rows(&shape, numbers), sparsity)?;
        check::equal("the mask should have the weight's shape", &mask.shape, &shape.to_vec())?;
        check::equal("the least magnitudes should be pruned", &mask.kept, &expected)?;
    }
    Ok(())
}

/// Numbers of few magnitudes.
fn tied(draw: &mut Draw, count: usize) -> Vec<f32> {
    let magnitudes = [0.0, 0.75, 1.5, 3.0];
    let signed = |draw: &mut Draw| {
        let magnitude = magnitudes[draw.int(0..=3)];
        if draw.int(0..=1) == 0 { magnitude } else { -magnitude }
    };
    (0..count).map(|_| signed(draw)).collect()
}

fn magnitude_is_exact_with_ties(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..8 {
        let shape = [draw.int(3..=9), draw.int(3..=9)];
        let numbers = tied(draw, shape[0] * shape[1]);
        let sparsity = draw.real(0.1, 0.9);
        let expected = magnitude::kept(&numbers, magnitude::count(sparsity, numbers.len()));
        let (mask, _) = code.prune(rows(&shape, numbers), sparsity)?;
        check::equal("of equal magnitudes the first should be pruned", &mask.kept, &expected)?;
    }
    Ok(())
}

fn magnitude_is_exact_with_equal_weights(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let shape = [draw.int(4..=7), draw.int(4..=7)];
    let len = shape[0] * shape[1];
    let value = draw.real(0.5, 2.0) as f32;
    let pruned = draw.int(1..=len - 1);
    let (mask, threshold) =
        code.prune(rows(&shape, vec![value; len]), pruned as f64 / len as f64)?;
    let expected: Vec<bool> = (0..len).map(|at| at >= pruned).collect();
    check::equal("of equal weights the first should be pruned", &mask.kept, &expected)?;
    check::equal("the threshold should be the magnitude of them all", &threshold, &value)
}

fn magnitude_has_two_ends(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let shape = [draw.int(2..=6), draw.int(2..=6)];
    let numbers = normals(draw, shape[0] * shape[1]);
    let largest = numbers.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
    let (all, nothing) = code.prune(rows(&shape, numbers.clone()), 0.0)?;
    check::equal("a sparsity of 0 should keep everything", &all.kept, &vec![true; numbers.len()])?;
    check::equal("nothing is pruned, so the threshold should be 0", &nothing, &0.0)?;
    let (none, threshold) = code.prune(rows(&shape, numbers.clone()), 1.0)?;
    check::equal("a sparsity of 1 should keep nothing", &none.kept, &vec![false; numbers.len()])?;
    check::equal("the threshold should be the largest magnitude", &threshold, &largest)
}

fn magnitude_rounds_the_count(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..6 {
        let len = 2 * draw.int(2..=12) + 1;
        let numbers = normals(draw, len);
        let (mask, _) = code.prune(rows(&[1, len], numbers), 0.5)?;
        let pruned = mask.kept.iter().filter(|kept| !**kept).count();
        check::equal("half of an odd number should be rounded up", &pruned, &len.div_ceil(2))?;
    }
    let numbers = normals(draw, 10);
    let (mask, _) = code.prune(rows(&[2, 5], numbers), 0.26)?;
    let pruned = mask.kept.iter().filter(|kept| !**kept).count();
    check::equal("2.6 elements should be 3", &pruned, &3)
}

fn threshold_is_the_largest_pruned(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..5 {
        let len = draw.int(5..=30);
        let numbers = normals(draw, len);
        let pruned = draw.int(1..=len);
        let mut magnitudes: Vec<f32> = numbers.iter().map(|x| x.abs()).collect();
        magnitudes.sort_by(f32::total_cmp);
        let (_, threshold) = code.prune(rows(&[len, 1], numbers), pruned as f64 / len as f64)?;
        let message = "the threshold should be the largest magnitude that is pruned";
        check::equal(message, &threshold, &magnitudes[pruned - 1])?;
    }
    Ok(())
}

fn magnitude_reads_views_row_by_row(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (a, b) = (draw.int(3..=7), draw.int(3..=7));
    let view = Array { shape: vec![a, b], data: Floats(tied(draw, a * b)), axes: vec![1, 0] };
    let (shape, seen) = elements(&view);
    let sparsity = draw.real(0.3, 0.7);
    let expected = magnitude::kept(&seen, magnitude::count(sparsity, seen.len()));
    let (mask, _) = code.prune(view, sparsity)?;
    check::equal("the mask should have the view's shape", &mask.shape, &shape)?;
    check::equal("the view's elements should be pruned row by row", &mask.kept, &expected)
}

fn magnitude_takes_any_number_of_axes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for shape in [vec![draw.int(6..=20)], vec![draw.int(2..=4), draw.int(1..=3), 3, 3]] {
        let numbers = normals(draw, shape.iter().product());
        let sparsity = draw.real(0.2, 0.8);
        let expected = magnitude::kept(&numbers, magnitude::count(sparsity, numbers.len()));
        let (mask, _) = code.prune(rows(&shape, numbers), sparsity)?;
        let expected = Mask { shape, kept: expected };
        check::equal("shape and kept elements", &mask, &expected)?;
    }
    Ok(())
}

fn magnitude_refuses_what_is_not_finite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a number that is not finite has no place in an order of magnitudes";
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let shape = [draw.int(2..=5), draw.int(2..=5)];
        let mut numbers = normals(draw, shape[0] * shape[1]);
        let at = draw.int(0..=numbers.len() - 1);
        numbers[at] = bad;
        // Also if nothing or everything is to be pruned.
        for sparsity in [0.0, draw.real(0.2, 0.8), 1.0] {
            let result = code.prune(rows(&shape, numbers.clone()), sparsity);
            let named = format!("prune_magnitude: the tensor {shape:?}");
            refuses(message, result, "NotFinite", &named)?;
        }
    }
    Ok(())
}

fn magnitude_refuses_other_sparsities(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let numbers = normals(draw, 6);
    for sparsity in [-draw.real(0.01, 0.5), 1.0 + draw.real(0.01, 0.5), f64::NAN] {
        let result = code.prune(rows(&[2, 3], numbers.clone()), sparsity);
        refuses("a sparsity is 0 to 1", result, "BadValue", "prune_magnitude")?;
    }
    Ok(())
}

fn drawn_mask(draw: &mut Draw, shape: &[usize]) -> Mask {
    let kept = (0..shape.iter().product()).map(|_| draw.int(0..=1) == 0).collect();
    Mask { shape: shape.to_vec(), kept }
}

fn mask_keeps_the_rest(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let shape = [draw.int(2..=6), draw.int(2..=6)];
    let numbers = normals(draw, shape[0] * shape[1]);
    let mask = drawn_mask(draw, &shape);
    let pairs = numbers.iter().zip(&mask.kept);
    let expected: Vec<f32> = pairs.map(|(x, kept)| if *kept { *x } else { 0.0 }).collect();
    let got = elements(&code.apply(mask, rows(&shape, numbers))?);
    check::equal("zeros where pruned, the rest as it was", &got, &(shape.to_vec(), expected))
}

fn mask_replaces_nan(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let value = draw.real(1.0, 2.0) as f32;
    let numbers = vec![f32::NAN, value, f32::INFINITY, f32::NEG_INFINITY];
    let mask = Mask { shape: vec![2, 2], kept: vec![false, true, false, false] };
    let got = elements(&code.apply(mask, rows(&[2, 2], numbers))?);
    let message = "what is pruned should be 0, whatever it was";
    check::equal(message, &got, &(vec![2, 2], vec![0.0, value, 0.0, 0.0]))
}

fn mask_refuses_other_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (a, b) = (draw.int(2..=4), draw.int(5..=7));
    let mask = drawn_mask(draw, &[b, a]);
    let numbers = normals(draw, a * b);
    let named = format!("Mask::apply: [{a}, {b}] and [{b}, {a}]");
    let result = code.apply(mask, rows(&[a, b], numbers));
    refuses("the mask of another shape", result, "ShapeMismatch", &named)
}
