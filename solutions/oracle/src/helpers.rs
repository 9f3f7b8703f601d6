//! What case files of all modules use.

use course_data::Array;
use grader_judge::{CallFailure, CaseVerdict, Draw, check, wrong};
use grader_protocol::Floats;

/// A tensor whose elements lie row by row.
pub fn rows(shape: &[usize], data: Vec<f32>) -> Array {
    Array { shape: shape.to_vec(), data: Floats(data), axes: Vec::new() }
}

/// The elements of a tensor that may be a view, row by row, and its shape.
pub fn elements(array: &Array) -> (Vec<usize>, Vec<f32>) {
    let rank = array.shape.len();
    let axes = if array.axes.is_empty() { (0..rank).collect() } else { array.axes.clone() };
    let shape: Vec<usize> = axes.iter().map(|axis| array.shape[*axis]).collect();
    let stride = |axis: usize| array.shape[axis + 1..].iter().product::<usize>();
    let element = |at: usize| {
        let mut left = at;
        let mut from = 0;
        for (size, axis) in shape.iter().zip(&axes).rev() {
            from += left % size * stride(*axis);
            left /= size;
        }
        array.data.0[from]
    };
    let data = (0..array.data.0.len()).map(element).collect();
    (shape, data)
}

/// `count` draws from the standard normal distribution.
pub fn normals(draw: &mut Draw, count: usize) -> Vec<f32> {
    (0..count).map(|_| draw.normal() as f32).collect()
}

/// The numbers in `f64`.
pub fn wide(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|x| f64::from(*x)).collect()
}

/// Passes when the function returned an error of this kind whose message contains `named`: the operation, and what it
/// was called with.
pub fn refuses<T: std::fmt::Debug>(
    message: &'static str,
    result: Result<T, CallFailure>,
    kind: &str,
    named: &str,
) -> CaseVerdict {
    if let Err(CallFailure::Returned(error)) = &result
        && error.kind == kind
    {
        let is_named = error.message.contains(named);
        return check::that(is_named, message, || format!("got {error:?}, expected {named:?}"));
    }
    check::returns_error(message, result, kind)
}

/// Passes when all numbers are equal, bit by bit.
pub fn same_bits(message: &'static str, got: &[f32], expected: &[f32]) -> CaseVerdict {
    check::equal(message, &got.len(), &expected.len())?;
    let differs = got.iter().zip(expected).position(|(g, e)| g.to_bits() != e.to_bits());
    differs.map_or(Ok(()), |at| {
        let (got, expected) = (got[at].to_bits(), expected[at].to_bits());
        Err(wrong(message, format!("at {at}: got the bits {got:#x}, expected {expected:#x}")))
    })
}
