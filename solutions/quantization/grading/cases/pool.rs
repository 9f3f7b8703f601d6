//! Task `model`: pooling of codes.

use super::layer_prelude::*;
use crate::oracle::model::pooled;

cases! { task "model", client Client;
    /// The largest code of each window of `2` x `2`, also where a row or a column is left over.
    pool_takes_the_largest_code;
    /// Windows of any height, width and steps: they may overlap, or leave pixels out.
    pool_takes_any_windows after [pool_takes_the_largest_code];
    /// Codes below `0` are codes like all others, and the parameters stay the same.
    pool_takes_signed_codes after [pool_takes_the_largest_code];
    /// A window as large as the image leaves one code.
    pool_takes_a_whole_image after [pool_takes_the_largest_code];
    /// What is no image, and windows that do not fit into it, are refused.
    pool_refuses_shapes;
    /// A window or a step of `0` is refused, and so are codes with a scale for each channel.
    pool_refuses_values;
}

type Pair = (usize, usize);

fn agrees(
    message: &'static str,
    code: &mut Client,
    input: Quantized,
    [kernel, stride]: [Pair; 2],
) -> CaseVerdict {
    let expected = pooled(&input, kernel, stride);
    check::equal(message, &code.max_pool(input, kernel, stride)?, &expected)
}

fn image(draw: &mut Draw, shape: [usize; 4], scheme: Scheme) -> Quantized {
    let params = params(draw, 0.1, scheme);
    tensor(draw, &shape, params)
}

fn pool_takes_the_largest_code(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "each output should be the largest code of its window; what is left over at the right and at the \
                   bottom has no window";
    for odd in [0, 1] {
        let shape = [draw.int(1..=3), draw.int(2..=4), 6 + odd, 8 + odd];
        let input = image(draw, shape, U8);
        agrees(message, code, input, [(2, 2), (2, 2)])?;
    }
    Ok(())
}

fn pool_takes_any_windows(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "window (oy, ox) should begin at row oy x stride down and column ox x stride across";
    for [kernel, stride] in [[(3, 2), (1, 1)], [(2, 3), (3, 2)], [(1, 1), (2, 3)], [(1, 4), (1, 3)]]
    {
        let shape = [2, 3, draw.int(4..=9), draw.int(10..=13)];
        let input = image(draw, shape, U8);
        agrees(message, code, input, [kernel, stride])?;
    }
    Ok(())
}

fn pool_takes_signed_codes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "pooling should keep scale, zero point and scheme, and also take codes below 0 that are the largest";
    for scheme in [I8, SYMMETRIC, Scheme::Unsigned { bits: 5 }] {
        let mut input = image(draw, [2, 2, 5, 4], scheme);
        agrees(message, code, input.clone(), [(2, 2), (2, 2)])?;
        if scheme == I8 {
            input.codes.iter_mut().for_each(|code| *code = (*code).min(-3));
            agrees(message, code, input, [(3, 2), (1, 2)])?;
        }
    }
    Ok(())
}

fn pool_takes_a_whole_image(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a window as large as the image should give one code for each channel, whatever the steps are";
    let (h, w) = (draw.int(2..=6), draw.int(7..=9));
    let input = image(draw, [2, 3, h, w], I8);
    agrees(message, code, input, [(h, w), (draw.int(1..=9), draw.int(1..=9))])
}

fn pool_refuses_shapes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "an input without four axes, or smaller than the window, should be refused by `ShapeMismatch` with its \
                   shape and the window";
    let params = params(draw, 0.1, U8);
    for shape in [vec![4, 4], vec![2, 4, 4], vec![1, 1, 2, 4, 4]] {
        let input = tensor(draw, &shape, params);
        let start = format!("max_pool: {shape:?} and [2, 3]: ");
        refused(message, code.max_pool(input, (2, 3), (1, 1)), "ShapeMismatch", &start)?;
    }
    for kernel in [(6, 4), (5, 5)] {
        let input = tensor(draw, &[1, 2, 5, 4], params);
        let start = format!("max_pool: [1, 2, 5, 4] and [{}, {}]: ", kernel.0, kernel.1);
        refused(message, code.max_pool(input, kernel, (1, 1)), "ShapeMismatch", &start)?;
    }
    Ok(())
}

fn pool_refuses_values(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a window or a step of 0, and codes with parameters for each channel, should be refused by `BadValue`";
    for [kernel, stride] in [[(0, 2), (1, 1)], [(2, 0), (1, 1)], [(2, 2), (0, 1)], [(2, 2), (1, 0)]]
    {
        let input = image(draw, [1, 2, 4, 4], U8);
        refused(message, code.max_pool(input, kernel, stride), "BadValue", "max_pool: ")?;
    }
    let mut input = image(draw, [1, 2, 4, 4], U8);
    let channels = vec![params(draw, 0.1, U8), params(draw, 0.1, U8)];
    input.params = TensorParams { granularity: Granularity::PerChannel { axis: 1 }, channels };
    refused(message, code.max_pool(input, (2, 2), (2, 2)), "BadValue", "max_pool: ")
}
