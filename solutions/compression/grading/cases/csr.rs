//! Task `sparse`: compressed sparse rows.

use super::prelude::*;
use crate::oracle::sparse;
use course_oracle::values::{Row, Table};

cases! { task "sparse", client Client;
    /// The stored values are in their places, and everything else is `0`.
    csr_matrix_holds_its_values;
    /// Rows, columns and values are those that `SciPy` finds.
    csr_lists_are_those_of_scipy;
    /// A matrix becomes sparse and dense again without a change.
    csr_matrix_comes_back;
    /// Rows, and whole matrices, may be empty.
    csr_matrix_may_be_empty;
    /// A stored `0` is allowed.
    csr_matrix_may_store_zeros;
    /// A transposed view is read row by row, as it is seen.
    csr_reads_views_row_by_row;
    /// NaN and infinities are numbers that are not `0`.
    csr_keeps_nan;
    /// Row starts that do not begin with `0`, fall, or end elsewhere are refused.
    csr_refuses_bad_row_starts;
    /// Columns that do not exist, do not ascend, are named twice or have no value are refused.
    csr_refuses_bad_columns;
    /// A tensor that is no matrix is refused.
    csr_refuses_what_is_no_matrix;
}

fn table() -> Vec<Row> {
    Table::read(include_str!("../oracle/values/csr.csv")).rows
}

fn csr_matrix_holds_its_values(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let value = draw.real(1.0, 2.0) as f32;
    let dense = code.csr(3, vec![0, 1, 1, 3], vec![2, 0, 1], Floats(vec![value, 3.5, -4.25]))?;
    let expected = vec![0.0, 0.0, value, 0.0, 0.0, 0.0, 3.5, -4.25, 0.0];
    check::equal("shape and elements", &elements(&dense), &(vec![3, 3], expected))
}

pub fn csr_lists_are_those_of_scipy(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    for row in table() {
        let shape = [row.one("rows"), row.one("columns")];
        let (starts, columns, values) = code.csr_of(rows(&shape, row.list("dense")))?;
        check::equal("the row starts", &starts, &row.list("indptr"))?;
        check::equal("the columns", &columns, &row.list("indices"))?;
        check::equal("the values", &values.0, &row.list("data"))?;
    }
    Ok(())
}

pub fn csr_matrix_comes_back(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let shape = [draw.int(1..=12), draw.int(1..=12)];
        let sparsity = draw.real(0.3, 0.9);
        let numbers = sparse::drawn(draw, shape[0] * shape[1], sparsity);
        let (starts, columns, values) = code.csr_of(rows(&shape, numbers.clone()))?;
        let dense = code.csr(shape[1], starts, columns, values)?;
        check::equal("the matrix again", &elements(&dense), &(shape.to_vec(), numbers))?;
    }
    Ok(())
}

fn csr_matrix_may_be_empty(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (height, width) = (draw.int(2..=5), draw.int(2..=5));
    let none = || Floats(Vec::new());
    let dense = code.csr(width, vec![0; height + 1], vec![], none())?;
    let expected = (vec![height, width], vec![0.0; height * width]);
    check::equal("a matrix of zeros", &elements(&dense), &expected)?;
    for shape in [[0, width], [height, 0]] {
        let (starts, columns, _) = code.csr_of(rows(&shape, vec![]))?;
        check::equal("no elements", &(starts, columns), &(vec![0; shape[0] + 1], vec![]))?;
        let dense = code.csr(shape[1], vec![0; shape[0] + 1], vec![], none())?;
        check::equal("no elements", &elements(&dense), &(shape.to_vec(), vec![]))?;
    }
    Ok(())
}

fn csr_matrix_may_store_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let value = draw.real(1.0, 2.0) as f32;
    let dense = code.csr(4, vec![0, 3], vec![0, 2, 3], Floats(vec![0.0, value, 0.0]))?;
    check::equal("the matrix", &elements(&dense), &(vec![1, 4], vec![0.0, 0.0, value, 0.0]))
}

fn csr_reads_views_row_by_row(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (a, b) = (draw.int(2..=6), draw.int(7..=9));
    let data = Floats(sparse::drawn(draw, a * b, 0.6));
    let view = Array { shape: vec![a, b], data, axes: vec![1, 0] };
    let (shape, seen) = elements(&view);
    let (starts, columns, values) = code.csr_of(view)?;
    check::equal("a start for each row, and an end", &starts.len(), &(shape[0] + 1))?;
    let dense = code.csr(shape[1], starts, columns, values)?;
    check::equal("the view's elements", &elements(&dense), &(shape, seen))
}

fn csr_keeps_nan(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let value = draw.real(1.0, 2.0) as f32;
    let numbers = vec![0.0, f32::NAN, value, f32::INFINITY, 0.0, f32::NEG_INFINITY];
    let (starts, columns, values) = code.csr_of(rows(&[2, 3], numbers))?;
    check::equal("row starts and columns", &(starts, columns), &(vec![0, 2, 4], vec![1, 2, 0, 2]))?;
    let expected = [f32::NAN, value, f32::INFINITY, f32::NEG_INFINITY];
    let same =
        values.0.iter().zip(expected).all(|(got, e)| *got == e || (got.is_nan() && e.is_nan()));
    check::that(same && values.0.len() == 4, "the values", || format!("{values:?}"))
}

fn refused(
    code: &mut Client,
    lists: (Vec<usize>, Vec<usize>),
    message: &'static str,
) -> CaseVerdict {
    let values = Floats(vec![1.5, 2.5, 3.5]);
    let result = code.csr(5, lists.0, lists.1, values);
    refuses(message, result, "BadValue", "CsrMatrix::new")
}

fn csr_refuses_bad_row_starts(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let columns = vec![0, 2, 4];
    let far = draw.int(4..=9);
    let bad = [vec![], vec![1, 3], vec![0, 2, 1, 3], vec![0, 2], vec![0, far], vec![0, far, 3]];
    for starts in bad {
        refused(code, (starts, columns.clone()), "these row starts should be refused")?;
    }
    // The same values with good ones.
    code.csr(5, vec![0, 1, 3], columns, Floats(vec![1.5, 2.5, 3.5])).map(drop)?;
    Ok(())
}

fn csr_refuses_bad_columns(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let far = draw.int(5..=9);
    let bad = [
        vec![0, 1, 5],
        vec![0, 1, far],
        vec![far, 1, 2],
        vec![0, 3, 2],
        vec![0, 2, 2],
        vec![0, 1],
        vec![0, 1, 2, 3],
    ];
    for columns in bad {
        refused(code, (vec![0, 1, 3], columns), "these columns should be refused")?;
    }
    // In another row they begin anew.
    code.csr(5, vec![0, 2, 3], vec![3, 4, 0], Floats(vec![1.5, 2.5, 3.5])).map(drop)?;
    Ok(())
}

fn csr_refuses_what_is_no_matrix(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for shape in [vec![draw.int(2..=9)], vec![2, draw.int(2..=4), 2]] {
        let numbers = normals(draw, shape.iter().product());
        let result = code.csr_of(rows(&shape, numbers));
        refuses("a matrix has two axes", result, "BadValue", "CsrMatrix::from_dense")?;
    }
    Ok(())
}
