//! Checks that are the same for every rung of the ladder.

use super::prelude::*;

/// One rung, with its other arguments fixed.
pub type Rung<'a> = &'a dyn Fn(&mut Client, Operand, Operand) -> Reply<Product>;

/// Defines cases that run one of the checks below on a rung.
macro_rules! asks {
    ($rung:expr; $($case:ident => $question:ident),+ $(,)?) => {$(
        pub fn $case(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
            rungs::$question($rung, code, draw)
        }
    )+};
}
pub(super) use asks;

/// Computes a product and compares it with the one in f64.
pub fn multiplies(
    message: &'static str,
    rung: Rung<'_>,
    code: &mut Client,
    (a, b): (Operand, Operand),
) -> CaseVerdict {
    let (shape, terms) = ((a.shape.0, b.shape.1), a.shape.1);
    let expected = product::exact(&a, &b);
    product::agrees(message, &rung(code, a, b)?, shape, &expected, terms)
}

/// Small shapes with every parity and around every likely size of a tile.
pub fn any_shape(rung: Rung<'_>, code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const MESSAGE: &str =
        "the product should be right for every shape, odd and prime ones included";
    for _ in 0..12 {
        let (m, k, n) = (draw.int(1..=40), draw.int(1..=40), draw.int(1..=40));
        let operands = (plain(draw, (m, k)), plain(draw, (k, n)));
        multiplies(MESSAGE, rung, code, operands)?;
    }
    for size in [2, 3, 5, 7, 13, 17, 31] {
        let operands = (plain(draw, (size, size)), plain(draw, (size, size)));
        multiplies(MESSAGE, rung, code, operands)?;
    }
    Ok(())
}

/// Rows, columns and single numbers.
pub fn vectors(rung: Rung<'_>, code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const MESSAGE: &str = "the product should be right for 1 x N and N x 1, on either side";
    let (long, other) = (draw.int(30..=70), draw.int(5..=20));
    for (m, k, n) in [
        (1, long, other),
        (other, long, 1),
        (long, 1, other),
        (1, long, 1),
        (1, 1, long),
        (1, 1, 1),
    ] {
        let operands = (plain(draw, (m, k)), plain(draw, (k, n)));
        multiplies(MESSAGE, rung, code, operands)?;
    }
    Ok(())
}

/// One of the dimensions is 0.
pub fn empty(rung: Rung<'_>, code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const MESSAGE: &str = "a product may have dimensions of 0: [m, 0] x [0, n] is m x n zeros, and \
                           without rows or columns there is nothing to compute";
    let (x, y) = (draw.int(1..=9), draw.int(1..=9));
    for (m, k, n) in [(x, 0, y), (0, x, y), (x, y, 0), (0, x, 0), (0, 0, 0)] {
        let operands = (plain(draw, (m, k)), plain(draw, (k, n)));
        multiplies(MESSAGE, rung, code, operands)?;
    }
    Ok(())
}

/// Views: transposed, parts of a larger matrix, with steps.
pub fn views(rung: Rung<'_>, code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const MESSAGE: &str = "the product should follow the strides of a view: element (i, j) is at \
                           i * row_stride + j * column_stride";
    for left in LAYOUTS {
        for right in LAYOUTS {
            let (m, k, n) = (draw.int(2..=19), draw.int(2..=19), draw.int(2..=19));
            let operands = (operand(draw, (m, k), left), operand(draw, (k, n), right));
            multiplies(MESSAGE, rung, code, operands)?;
        }
    }
    Ok(())
}

/// NaN, infinities, and zeros multiplied with them.
pub fn not_finite(rung: Rung<'_>, code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const MESSAGE: &str = "NaN and infinity should spread as in the sum of products: 0 times \
                           infinity is NaN, so that zeros must not be skipped";
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for other in [0.0, 2.0, -2.0, f32::INFINITY] {
            let (m, k, n) = (draw.int(2..=17), draw.int(2..=17), draw.int(2..=17));
            let (mut a, mut b) = (plain(draw, (m, k)), plain(draw, (k, n)));
            let (i, p, j) = (draw.int(0..=m - 1), draw.int(0..=k - 1), draw.int(0..=n - 1));
            a.data[i * k + p] = other;
            b.data[p * n + j] = bad;
            multiplies(MESSAGE, rung, code, (a.clone(), b.clone()))?;
            a.data[i * k + p] = bad;
            b.data[p * n + j] = other;
            multiplies(MESSAGE, rung, code, (a, b))?;
        }
    }
    Ok(())
}

/// Long sums, whose rounding errors must stay within the theoretical bound.
pub fn long_sums(rung: Rung<'_>, code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    const MESSAGE: &str = "the error of a sum of k products should stay below k / 2^24 of the sum of \
                           their absolute values: keep all 32 bits of every number";
    for k in [64, 257, 1000, 4099] {
        let operands = (plain(draw, (2, k)), plain(draw, (k, 3)));
        multiplies(MESSAGE, rung, code, operands)?;
        // All of one sign, and of very different magnitudes.
        let (mut a, mut b) = (plain(draw, (2, k)), plain(draw, (k, 3)));
        for x in a.data.iter_mut().chain(&mut b.data) {
            *x = x.abs().powi(9);
        }
        multiplies(MESSAGE, rung, code, (a, b))?;
    }
    Ok(())
}

/// Different inner dimensions.
pub fn mismatch(
    operation: &'static str,
    rung: Rung<'_>,
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let (m, k, n) = (draw.int(1..=9), draw.int(2..=9), draw.int(1..=9));
    for inner in [k + 1, k - 1, 0] {
        let (a, b) = (plain(draw, (m, k)), plain(draw, (inner, n)));
        let result = rung(code, a, b);
        names_both("ShapeMismatch", operation, [&[m, k], &[inner, n]], result)?;
    }
    Ok(())
}

/// Requires an error of `kind` whose text names the operation and both shapes.
pub fn names_both<T: std::fmt::Debug>(
    kind: &str,
    operation: &'static str,
    shapes: [&[usize]; 2],
    result: Reply<T>,
) -> CaseVerdict {
    const MESSAGE: &str = "shapes that do not fit should be refused by `ShapeMismatch`";
    const NAMES: &str = "the error should name the operation that was called, and both shapes, left \
                         before right";
    let text = match &result {
        Err(CallFailure::Returned(error)) => error.message.clone(),
        _ => String::new(),
    };
    check::returns_error(MESSAGE, result, kind)?;
    let named = format!("{operation}: {:?} x {:?}: ", shapes[0], shapes[1]);
    check::that(text.starts_with(&named), NAMES, || format!("got {text:?}, expected {named:?}"))
}
