//! Matrix products in f64, and the allowed error of a correct f32 product.

use crate::contract::{Operand, Product};
use grader_judge::{CaseVerdict, check, wrong};

/// Half the distance from 1 to the next f32: the largest relative error of one rounding.
const UNIT: f64 = 1.0 / (1 << 24) as f64;

/// The expected value of an element, and the magnitude of the products in its sum.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    /// The sum.
    pub value: f64,
    /// The sum of the absolute products.
    pub magnitude: f64,
}

/// The allowed error of a sum of `terms` products, as a fraction of its magnitude: n u / (1 -
/// n u), for any order of the additions, with or without fused multiply-adds.
///
/// Source: Higham, "Accuracy and Stability of Numerical Algorithms" (2002), section 3.1.
pub fn gamma(terms: usize) -> f64 {
    let n = terms as f64;
    // The oracle's own rounding errors, in f64, are 2^-29 of that.
    n * UNIT / (1.0 - n * UNIT) + n * f64::EPSILON
}

/// Element (i, j) of an operand.
pub fn element(of: &Operand, i: usize, j: usize) -> f64 {
    f64::from(of.data[i * of.strides.0 + j * of.strides.1])
}

/// The product, element by element.
pub fn exact(a: &Operand, b: &Operand) -> Vec<Exact> {
    let ((m, k), n) = (a.shape, b.shape.1);
    let mut elements = Vec::with_capacity(m * n);
    for i in 0..m {
        for j in 0..n {
            let products = (0..k).map(|p| element(a, i, p) * element(b, p, j));
            elements.push(sum(products));
        }
    }
    elements
}

/// The sum of the products. A sum that is not finite stays NaN or an infinity.
pub fn sum(products: impl Iterator<Item = f64>) -> Exact {
    let mut sum = Exact { value: 0.0, magnitude: 0.0 };
    for product in products {
        sum.value += product;
        sum.magnitude += product.abs();
    }
    sum
}

/// Passes when `got` is the product, within the error bound for sums of `terms` products.
///
/// # Errors
/// A wrong shape, a wrong number of elements, or the first element that is wrong.
pub fn agrees(
    message: &'static str,
    got: &Product,
    shape: (usize, usize),
    expected: &[Exact],
    terms: usize,
) -> CaseVerdict {
    check::equal(message, &got.shape, &shape)?;
    elements_agree(message, &got.data, expected, terms)
}

/// Like [`agrees`], for the elements only.
///
/// # Errors
/// As [`agrees`].
pub fn elements_agree(
    message: &'static str,
    got: &[f32],
    expected: &[Exact],
    terms: usize,
) -> CaseVerdict {
    check::equal(message, &got.len(), &expected.len())?;
    let off = got.iter().zip(expected).position(|(g, e)| !is_within(f64::from(*g), *e, terms));
    off.map_or(Ok(()), |at| {
        let (got, expected) = (got[at], expected[at]);
        let bound = gamma(terms) * expected.magnitude;
        Err(wrong(message, format!("at {at}: got {got:?}, expected {expected:?} within {bound:e}")))
    })
}

#[expect(clippy::float_cmp, reason = "infinities are equal or wrong")]
fn is_within(got: f64, expected: Exact, terms: usize) -> bool {
    if expected.value.is_nan() {
        got.is_nan()
    } else if expected.value.is_infinite() {
        got == expected.value
    } else {
        (got - expected.value).abs() <= gamma(terms) * expected.magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_kept_by_any_order_and_by_no_less_precise_sum() {
        let mut draw = grader_judge::Draw::new(3, "bound");
        for terms in [1, 2, 10, 100, 1000, 10_000] {
            let pairs: Vec<(f32, f32)> =
                (0..terms).map(|_| (draw.normal() as f32, draw.normal() as f32)).collect();
            let exact = sum(pairs.iter().map(|(x, y)| f64::from(*x) * f64::from(*y)));
            let forward = pairs.iter().fold(0.0_f32, |sum, (x, y)| sum + x * y);
            let fused = pairs.iter().rev().fold(0.0_f32, |sum, (x, y)| x.mul_add(*y, sum));
            assert!(is_within(f64::from(forward), exact, terms), "{terms}");
            assert!(is_within(f64::from(fused), exact, terms), "{terms}");
            let coarse = pairs.iter().map(|(x, y)| short(*x) * short(*y)).sum::<f64>();
            assert!(!is_within(coarse, exact, terms) || terms > 1000, "{terms}");
        }
    }

    /// Rounds to 8 bits of significand, like bfloat16.
    fn short(x: f32) -> f64 {
        f64::from(f32::from_bits(x.to_bits() & 0xffff_0000))
    }

    #[test]
    fn what_is_not_finite_has_to_be_met_exactly() {
        let of = |value| Exact { value, magnitude: f64::INFINITY };
        assert!(is_within(f64::NAN, of(f64::NAN), 1));
        assert!(!is_within(0.0, of(f64::NAN), 1) && !is_within(f64::NAN, of(f64::INFINITY), 1));
        assert!(!is_within(f64::NEG_INFINITY, of(f64::INFINITY), 1));
        assert!(!is_within(f64::NAN, Exact { value: 1.0, magnitude: 1.0 }, 1));
    }
}
