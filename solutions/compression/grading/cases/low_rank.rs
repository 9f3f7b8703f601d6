//! Task `low_rank`: two thin matrices in the place of a large one.

use super::prelude::*;
use crate::contract::Factors;
use crate::oracle::low_rank;
use course_oracle::digits::HeldOut;

cases! { task "low_rank", client Client;
    /// The break-even rank is the largest that stores less, and `0` if there is none.
    break_even_rank_stores_less;
    /// The rank for an energy is the least that reaches it, counted in squares.
    rank_for_energy_sums_squares;
    /// All of the energy needs all values that are not `0`, and a little of it needs one.
    rank_for_energy_has_two_ends;
    /// Energies outside of `0` to `1` and values that are missing, rise, are negative or not finite are refused.
    rank_for_energy_refuses;
    /// The product of the factors is as near to the matrix as a product of that rank can be.
    low_rank_is_the_best_approximation;
    /// The error that is stated is that of the product: the singular values that were left out.
    low_rank_states_its_error;
    /// A matrix of that rank comes back.
    low_rank_is_exact_for_low_ranks;
    /// Both factors have the same norms, and the shapes that their product needs.
    low_rank_balances_its_factors;
    /// Wide matrices, tall ones and views are factored alike.
    low_rank_takes_any_shape;
    /// A rank of `0`, and one that stores as much as the matrix or more, is refused.
    low_rank_refuses_ranks_that_store_more;
    /// A tensor that is no matrix, and one that is not finite, is refused.
    low_rank_refuses_what_is_no_matrix;
    /// The rank may be chosen by its energy, and is refused if it stores more.
    low_rank_may_be_chosen_by_energy after [rank_for_energy_sums_squares, low_rank_is_the_best_approximation];
    /// Rows go through both factors, with leading axes, and another width is refused.
    low_rank_forward_multiplies after [low_rank_is_the_best_approximation];
    /// The large matrix is not made on the way.
    low_rank_forward_is_cheap after [low_rank_forward_multiplies];
    /// With a sixth of the numbers in its first layer, the MLP reads nearly as many digits that nobody has seen.
    low_rank_mlp_reads_held_out_digits after [low_rank_is_the_best_approximation];
}

fn break_even_rank_stores_less(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut sizes: Vec<(usize, usize)> =
        (0..20).map(|_| (draw.int(1..=40), draw.int(1..=40))).collect();
    // Here m n is a multiple of m + n: as much is not less.
    sizes.extend([(6, 3), (12, 4), (20, 5), (10, 10), (2, 2), (1, 1)]);
    // A matrix without elements cannot store less.
    sizes.extend([(0, 5), (7, 0), (0, 0)]);
    for (m, n) in sizes {
        let expected = (0..m.min(n)).rev().find(|rank| rank * (m + n) < m * n).unwrap_or(0);
        check::equal("the break-even rank", &code.break_even_rank(m, n)?, &expected)?;
    }
    Ok(())
}

/// Values that descend.
fn descending(draw: &mut Draw, count: usize) -> Vec<f32> {
    let mut values: Vec<f32> = (0..count).map(|_| draw.real(0.1, 5.0) as f32).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

fn rank_for_energy_sums_squares(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..10 {
        let count = draw.int(2..=20);
        let values = descending(draw, count);
        let energy = draw.real(0.3, 0.99);
        let expected = low_rank::rank_for_energy(&wide(&values), energy);
        let rank = code.rank_for_energy(Floats(values), energy)?;
        check::equal("the least rank with that share of the squares", &rank, &expected)?;
    }
    // Exactly enough is enough: 9 and 16 of 25.
    let rank = code.rank_for_energy(Floats(vec![4.0, 3.0]), 0.64)?;
    check::equal("16 of 25 is 0.64", &rank, &1)
}

fn rank_for_energy_has_two_ends(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(3..=9);
    let mut values = descending(draw, count);
    let rank = code.rank_for_energy(Floats(values.clone()), 1.0)?;
    check::equal("all of the energy needs all values", &rank, &count)?;
    let rank = code.rank_for_energy(Floats(values.clone()), 1e-9)?;
    check::equal("at least one value is needed", &rank, &1)?;
    values.extend([0.0, 0.0]);
    let rank = code.rank_for_energy(Floats(values), 1.0)?;
    check::equal("values of 0 are not needed", &rank, &count)?;
    let rank = code.rank_for_energy(Floats(vec![0.0, 0.0]), 0.5)?;
    check::equal("a matrix of zeros has rank 1 here", &rank, &1)
}

fn rank_for_energy_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let values = descending(draw, 4);
    for energy in [0.0, -0.5, 1.5, f64::NAN] {
        let result = code.rank_for_energy(Floats(values.clone()), energy);
        refuses("an energy is above 0 and at most 1", result, "BadValue", "rank_for_energy")?;
    }
    let bad = [vec![], vec![1.0, 2.0], vec![1.0, -1.0], vec![f32::NAN], vec![f32::INFINITY, 1.0]];
    for values in bad {
        let result = code.rank_for_energy(Floats(values), 0.5);
        refuses("these values should be refused", result, "BadValue", "rank_for_energy")?;
    }
    Ok(())
}

/// A drawn matrix, and a rank that stores less.
fn drawn(draw: &mut Draw) -> ([usize; 2], Vec<f32>, usize) {
    let shape = [draw.int(8..=20), draw.int(8..=20)];
    let rank = draw.int(1..=(shape[0] * shape[1] - 1) / (shape[0] + shape[1]));
    (shape, normals(draw, shape[0] * shape[1]), rank)
}

/// Compares the product, the factors' product and the error with the singular values.
fn is_best(of: &Factors, shape: [usize; 2], numbers: &[f32], rank: usize) -> CaseVerdict {
    let values = low_rank::singular_values((shape[0], shape[1]), numbers);
    let tail = low_rank::tail(&values, rank);
    let scale = 1e-4 * low_rank::tail(&values, 0);
    let (left_shape, left) = elements(&of.left);
    let (right_shape, right) = elements(&of.right);
    check::equal("the shape of the left factor", &left_shape, &vec![shape[0], rank])?;
    check::equal("the shape of the right factor", &right_shape, &vec![rank, shape[1]])?;
    let product = low_rank::product(&left, &right, rank, shape[1]);
    let distance = low_rank::distance(&product, numbers);
    check::close("the distance of the product from the matrix", distance, tail, 1e-4, scale)?;
    let (dense_shape, dense) = elements(&of.dense);
    check::equal("the shape of the product", &dense_shape, &shape.to_vec())?;
    check::all_close("`to_dense` should be the product", &wide(&dense), &product, 1e-4, 1e-4)
}

fn low_rank_is_the_best_approximation(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let (shape, numbers, rank) = drawn(draw);
        let factors = code.low_rank(rows(&shape, numbers.clone()), rank)?;
        is_best(&factors, shape, &numbers, rank)?;
        let expected = rank * (shape[0] + shape[1]);
        check::equal("the numbers in both factors", &factors.count, &expected)?;
    }
    Ok(())
}

fn low_rank_states_its_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let (shape, numbers, rank) = drawn(draw);
        let values = low_rank::singular_values((shape[0], shape[1]), &numbers);
        let factors = code.low_rank(rows(&shape, numbers), rank)?;
        let message = "the error should be the root of the sum of squares of what was left out";
        check::close(message, factors.error, low_rank::tail(&values, rank), 1e-4, 1e-4)?;
    }
    Ok(())
}

fn low_rank_is_exact_for_low_ranks(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (m, n, rank) = (draw.int(9..=15), draw.int(9..=15), draw.int(1..=3));
    let (left, right) = (normals(draw, m * rank), normals(draw, rank * n));
    let exact = low_rank::product(&left, &right, rank, n);
    let numbers: Vec<f32> = exact.iter().map(|x| *x as f32).collect();
    let factors = code.low_rank(rows(&[m, n], numbers.clone()), rank)?;
    let (_, dense) = elements(&factors.dense);
    check::all_close("the matrix should come back", &wide(&dense), &exact, 1e-4, 1e-4)?;
    check::close("nothing should be lost", factors.error, 0.0, 0.0, 1e-3)?;
    // A matrix of zeros has rank 0.
    let zeros = code.low_rank(rows(&[m, n], vec![0.0; m * n]), rank)?;
    check::equal("zeros", &elements(&zeros.dense).1, &vec![0.0; m * n])
}

fn low_rank_balances_its_factors(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (shape, numbers, rank) = drawn(draw);
    let values = low_rank::singular_values((shape[0], shape[1]), &numbers);
    let factors = code.low_rank(rows(&shape, numbers), rank)?;
    let (left, right) = (elements(&factors.left).1, elements(&factors.right).1);
    for (at, value) in values.iter().enumerate().take(rank) {
        let column = left.iter().skip(at).step_by(rank);
        let squares = |x: &f32| f64::from(*x).powi(2);
        let message = "both factors should have the root of each singular value";
        check::close(message, column.map(squares).sum(), *value, 1e-3, 1e-5)?;
        let row = right[at * shape[1]..][..shape[1]].iter();
        check::close(message, row.map(squares).sum(), *value, 1e-3, 1e-5)?;
    }
    Ok(())
}

fn low_rank_takes_any_shape(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for shape in [[40, 4], [4, 40]] {
        let numbers = normals(draw, 160);
        let factors = code.low_rank(rows(&shape, numbers.clone()), 2)?;
        is_best(&factors, shape, &numbers, 2)?;
    }
    let view = Array { shape: vec![9, 14], data: Floats(normals(draw, 126)), axes: vec![1, 0] };
    let (_, seen) = elements(&view);
    is_best(&code.low_rank(view, 3)?, [14, 9], &seen, 3)
}

fn low_rank_refuses_ranks_that_store_more(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut shapes = vec![[6, 3], [12, 4], [3, 2]];
    shapes.push([draw.int(8..=15), draw.int(8..=15)]);
    for shape in shapes {
        let numbers = normals(draw, shape[0] * shape[1]);
        let first = (shape[0] * shape[1]).div_ceil(shape[0] + shape[1]);
        for rank in [0, first, first + 1, 1000] {
            let result = code.low_rank(rows(&shape, numbers.clone()), rank);
            let message = "a rank of 0, or that stores no less, should be refused";
            refuses(message, result, "BadValue", "LowRank::new")?;
        }
        if first > 1 {
            code.low_rank(rows(&shape, numbers), first - 1).map(drop)?;
        }
    }
    Ok(())
}

fn low_rank_refuses_what_is_no_matrix(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for shape in [vec![64], vec![4, 4, 4]] {
        let result = code.low_rank(rows(&shape, normals(draw, 64)), 1);
        refuses("a matrix has two axes", result, "BadValue", "LowRank::new")?;
    }
    let mut numbers = normals(draw, 64);
    numbers[draw.int(0..=63)] = f32::NAN;
    let result = code.low_rank(rows(&[8, 8], numbers), 1);
    check::returns_error("a matrix with NaN should be refused", result, "Tensor")
}

fn low_rank_may_be_chosen_by_energy(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (m, n) = (draw.int(12..=18), draw.int(12..=18));
    // Values that fall by a third each.
    let mut numbers = vec![0.0_f32; m * n];
    for at in 0..n.min(m) {
        let (left, right) = (normals(draw, m), normals(draw, n));
        let size = 0.66_f32.powi(at as i32);
        for (place, x) in numbers.iter_mut().enumerate() {
            *x += size * left[place / n] * right[place % n];
        }
    }
    let values = low_rank::singular_values((m, n), &numbers);
    let most = (m * n - 1) / (m + n);
    for energy in [0.5, 0.8, 0.9] {
        let rank = low_rank::rank_for_energy(&values, energy);
        let result = code.low_rank_with_energy(rows(&[m, n], numbers.clone()), energy);
        if rank > most {
            refuses("a rank that stores more", result, "BadValue", "LowRank::with_energy")?;
        } else {
            is_best(&result?, [m, n], &numbers, rank)?;
        }
    }
    let noise = normals(draw, 100);
    let result = code.low_rank_with_energy(rows(&[10, 10], noise), 1.0);
    refuses("a rank that stores more", result, "BadValue", "LowRank::with_energy")?;
    let result = code.low_rank_with_energy(rows(&[4, 5, 5], normals(draw, 100)), 0.5);
    refuses("a matrix has two axes", result, "BadValue", "LowRank::with_energy")?;
    let result = code.low_rank_with_energy(rows(&[10, 10], normals(draw, 100)), 1.5);
    refuses("an energy is at most 1", result, "BadValue", "rank_for_energy")
}

fn low_rank_forward_multiplies(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (shape, numbers, rank) = drawn(draw);
    let [m, n] = shape;
    let factors = code.low_rank(rows(&shape, numbers.clone()), rank)?;
    let dense = elements(&factors.dense).1;
    for leading in [vec![5], vec![], vec![2, 3]] {
        let shape = [&leading[..], &[m]].concat();
        let x = normals(draw, shape.iter().product());
        let expected = low_rank::product(&x, &dense, m, n);
        let (output, _) =
            code.low_rank_forward(rows(&[m, n], numbers.clone()), rank, rows(&shape, x))?;
        let (got_shape, got) = elements(&output);
        check::equal("the output's shape", &got_shape, &[&leading[..], &[n]].concat())?;
        check::all_close("x times both factors", &wide(&got), &expected, 1e-3, 1e-3)?;
    }
    let x = rows(&[2, m + 1], normals(draw, 2 * (m + 1)));
    let result = code.low_rank_forward(rows(&[m, n], numbers), rank, x);
    let named = format!("LowRank::forward: [2, {}] and [{m}, {n}]", m + 1);
    refuses("an input of another width", result, "ShapeMismatch", &named)
}

fn low_rank_forward_is_cheap(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let size = draw.int(90..=110);
    let numbers = normals(draw, size * size);
    let x = rows(&[2, size], normals(draw, 2 * size));
    let (_, bytes) = code.low_rank_forward(rows(&[size, size], numbers), 2, x)?;
    // The matrix has 4 bytes for each element; inputs, outputs and what is between them a fiftieth of that.
    let message = "the large matrix should not be made again";
    check::that(bytes < 2 * size * size, message, || format!("{bytes} bytes were allocated"))
}

/// Of rank 16 the MLP reads 351 of 355, and dense 352.
fn low_rank_mlp_reads_held_out_digits(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let digits = HeldOut::all();
    let right = digits.right(&code.low_rank_digits(16, digits.scans.clone())?);
    let message = "the MLP with a first layer of rank 16 should read 97 % of held-out digits";
    check::that(100 * right >= 97 * digits.count(), message, || format!("{right} of 355"))
}
