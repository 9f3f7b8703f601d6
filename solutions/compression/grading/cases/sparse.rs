//! Task `sparse`: layers whose weight is sparse.

use super::csr::{csr_lists_are_those_of_scipy, csr_matrix_comes_back};
use super::prelude::*;
use crate::contract::SparseCall;
use crate::oracle::sparse;
use course_oracle::values::Table;

cases! { task "sparse", client Client;
    /// Products are those of `SciPy`.
    sparse_products_are_those_of_scipy after [csr_lists_are_those_of_scipy];
    /// One row times a sparse weight is what the dense product gives, with a bias and without.
    sparse_linear_takes_one_row after [csr_matrix_comes_back];
    /// So are many rows, whatever their number.
    sparse_linear_takes_many_rows after [csr_matrix_comes_back];
    /// Leading axes stay, and there may be no rows at all.
    sparse_linear_keeps_leading_axes after [csr_matrix_comes_back];
    /// Views are read as they are seen: of the input, and of the weight.
    sparse_linear_reads_views after [csr_matrix_comes_back];
    /// A weight of zeros gives the bias, and so do outputs without weights.
    sparse_linear_may_have_no_weights after [csr_matrix_comes_back];
    /// An infinity in an input that no weight looks at changes nothing; a stored weight passes NaN and infinities on.
    sparse_linear_skips_what_is_not_stored after [csr_matrix_comes_back];
    /// The more zeros there are, the fewer bytes the layer takes, and nothing is left out of the count.
    sparse_linear_counts_its_bytes after [csr_matrix_comes_back];
    /// A bias or an input that does not fit is refused, with the shapes, and too many inputs are.
    sparse_linear_refuses after [csr_matrix_comes_back];
}

/// What the layers of both kinds have in common.
pub fn matches(output: &Array, of: &SparseCall) -> CaseVerdict {
    let (weight_shape, weight) = elements(&of.weight);
    let (shape, input) = elements(&of.input);
    let bias = of.bias.as_ref().map(|bias| bias.0.as_slice());
    let sizes = (weight_shape[0], weight_shape[1]);
    let mut expected_shape = shape;
    *expected_shape.last_mut().expect("an axis") = sizes.1;
    let (got_shape, got) = elements(output);
    check::equal("the shape of the output", &got_shape, &expected_shape)?;
    for (at, (expected, error)) in
        sparse::product(&input, sizes, &weight, bias).into_iter().enumerate()
    {
        let close = (f64::from(got[at]) - expected).abs() <= error;
        let message = "the output should be that of the dense product";
        check::that(close, message, || format!("at {at}: got {}, expected {expected}", got[at]))?;
    }
    Ok(())
}

/// A drawn layer of these sizes, with rows of inputs.
pub fn drawn_call(
    draw: &mut Draw,
    (count, inputs, outputs): (usize, usize, usize),
    sparsity: f64,
) -> SparseCall {
    let weight = rows(&[inputs, outputs], sparse::drawn(draw, inputs * outputs, sparsity));
    let bias = (draw.int(0..=1) == 0).then(|| Floats(normals(draw, outputs)));
    SparseCall { weight, bias, input: rows(&[count, inputs], normals(draw, count * inputs)) }
}

fn is_right(code: &mut Client, of: SparseCall) -> CaseVerdict {
    let (output, _) = code.sparse_linear(of.clone())?;
    matches(&output, &of)
}

fn sparse_products_are_those_of_scipy(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    for row in Table::read(include_str!("../oracle/values/csr.csv")).rows {
        let (height, width): (usize, usize) = (row.one("rows"), row.one("columns"));
        let lists = (row.list("indptr"), row.list("indices"), Floats(row.list("data")));
        let output = code.sparse_linear_of(width, lists, None, rows(&[2, width], row.list("x")))?;
        let expected = (vec![2, height], row.list::<f32>("product"));
        check::equal("the product", &elements(&output), &expected)?;
    }
    Ok(())
}

pub fn sparse_linear_takes_one_row(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..6 {
        let sizes = (1, draw.int(1..=70), draw.int(1..=40));
        let sparsity = draw.real(0.2, 0.95);
        is_right(code, drawn_call(draw, sizes, sparsity))?;
    }
    Ok(())
}

pub fn sparse_linear_takes_many_rows(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for count in [2, 7, 8, 9, 16, 63, 64, 65, 128, 131] {
        let sizes = (count, draw.int(1..=40), draw.int(1..=20));
        let sparsity = draw.real(0.2, 0.95);
        is_right(code, drawn_call(draw, sizes, sparsity))?;
    }
    Ok(())
}

fn sparse_linear_keeps_leading_axes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, outputs) = (draw.int(3..=9), draw.int(3..=9));
    for leading in [vec![], vec![2, 3], vec![3, 1, 7], vec![0], vec![2, 0]] {
        let mut of = drawn_call(draw, (1, inputs, outputs), 0.5);
        let shape = [&leading[..], &[inputs]].concat();
        of.input = rows(&shape, normals(draw, shape.iter().product()));
        is_right(code, of)?;
    }
    Ok(())
}

fn sparse_linear_reads_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for count in [3, 20] {
        let (inputs, outputs) = (draw.int(4..=9), draw.int(10..=15));
        let mut of = drawn_call(draw, (count, inputs, outputs), 0.5);
        let turned = |shape: [usize; 2], data: Vec<f32>| Array {
            shape: shape.to_vec(),
            data: Floats(data),
            axes: vec![1, 0],
        };
        of.weight = turned([outputs, inputs], sparse::drawn(draw, inputs * outputs, 0.6));
        of.input = turned([inputs, count], normals(draw, inputs * count));
        is_right(code, of)?;
    }
    Ok(())
}

fn sparse_linear_may_have_no_weights(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for count in [1, 12] {
        let (inputs, outputs) = (draw.int(2..=9), draw.int(2..=9));
        let mut of = drawn_call(draw, (count, inputs, outputs), 1.0);
        of.bias = Some(Floats(normals(draw, outputs)));
        is_right(code, of.clone())?;
        // One weight of the last output.
        *of.weight.data.0.last_mut().expect("a weight") = 1.5;
        is_right(code, of)?;
    }
    Ok(())
}

fn sparse_linear_skips_what_is_not_stored(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, outputs) = (draw.int(5..=9), draw.int(3..=6));
    for count in [1, 10, 70] {
        let mut of = drawn_call(draw, (count, inputs, outputs), 0.3);
        // Nothing looks at the first and the last input.
        for j in 0..outputs {
            of.weight.data.0[j] = 0.0;
            of.weight.data.0[(inputs - 1) * outputs + j] = 0.0;
        }
        let finite = code.sparse_linear(of.clone())?.0;
        for row in 0..count {
            of.input.data.0[row * inputs] = f32::INFINITY;
            of.input.data.0[(row + 1) * inputs - 1] = f32::NAN;
        }
        let message = "an input that no weight looks at should change nothing";
        check::equal(message, &code.sparse_linear(of.clone())?.0, &finite)?;
        let (input, output) = (draw.int(1..=inputs - 2), draw.int(0..=outputs - 1));
        of.weight.data.0[input * outputs + output] = -1.5;
        of.input.data.0[(count - 1) * inputs + input] = f32::NAN;
        let (_, numbers) = elements(&code.sparse_linear(of)?.0);
        let at = (count - 1) * outputs + output;
        let got = numbers.get(at).copied().unwrap_or_default();
        check::that(got.is_nan(), "a stored weight times NaN is NaN", || got.to_string())?;
    }
    Ok(())
}

pub fn sparse_linear_counts_its_bytes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, outputs) = (draw.int(60..=90), draw.int(60..=90));
    let mut before = usize::MAX;
    for sparsity in [0.3, 0.6, 0.9, 0.98] {
        let of = drawn_call(draw, (1, inputs, outputs), sparsity);
        let stored = of.weight.data.0.iter().filter(|x| **x != 0.0).count();
        let (_, nbytes) = code.sparse_linear(of)?;
        // A value has 4 bytes and its index at least 1; a row start at least 1, a bias 4. Groups may be filled up.
        let least = 5 * stored + outputs * 5;
        let most = 16 * (stored + 8 * outputs) + 16 * outputs + 1024;
        let message = "values, indices, row starts and bias should be counted";
        check::that((least..=most).contains(&nbytes), message, || {
            format!("{nbytes} instead of {least} to {most} bytes")
        })?;
        check::that(nbytes < before, "more zeros should take fewer bytes", || nbytes.to_string())?;
        before = nbytes;
    }
    Ok(())
}

fn sparse_linear_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, outputs) = (draw.int(3..=9), draw.int(3..=9));
    let good = drawn_call(draw, (2, inputs, outputs), 0.5);
    let mut of = good.clone();
    of.bias = Some(Floats(normals(draw, outputs + 1)));
    let named = format!("SparseLinear::new: [{outputs}, {inputs}] and [{}]", outputs + 1);
    refuses("one bias for each output", code.sparse_linear(of), "ShapeMismatch", &named)?;
    let mut of = good.clone();
    of.input = rows(&[2, inputs + 1], normals(draw, 2 * (inputs + 1)));
    let named = format!("SparseLinear::forward: [2, {}] and [{inputs}, {outputs}]", inputs + 1);
    refuses("an input of another width", code.sparse_linear(of), "ShapeMismatch", &named)?;
    let mut of = good;
    of.input = Array { shape: vec![], data: Floats(vec![1.0]), axes: vec![] };
    refuses("an input without axes", code.sparse_linear(of), "ShapeMismatch", "::forward")?;
    let wide = 65_536;
    let lists = (vec![0, 1], vec![wide - 1], Floats(vec![1.0]));
    let result = code.sparse_linear_of(wide, lists, None, rows(&[1, 1], vec![1.0]));
    refuses("more inputs than indices of 16 bits", result, "BadValue", "SparseLinear::new")
}
