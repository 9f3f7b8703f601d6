//! Task `fast`: products with a packed matrix.

use super::layer_prelude::*;

cases! { task "fast", client Client;
    /// Whole vectors: inputs that are a multiple of `4`, outputs that are a multiple of `16`.
    packed_matrix_multiplies_whole_vectors;
    /// Rows, inputs and outputs of `1` to `70`, whatever the tile.
    packed_matrix_takes_all_sizes after [packed_matrix_multiplies_whole_vectors];
    /// Batches of one row, a single output, a single input.
    packed_matrix_takes_single_rows_and_columns after [packed_matrix_multiplies_whole_vectors];
    /// Codes of `i8`, also `-128`.
    packed_matrix_takes_signed_codes after [packed_matrix_multiplies_whole_vectors];
    /// Every zero point, also the ends.
    packed_matrix_subtracts_every_zero_point after [packed_matrix_multiplies_whole_vectors];
    /// Products of `255` and `127` side by side: no step of `16` bits saturates.
    packed_matrix_takes_extreme_codes;
    /// The longest sum that fits, and one whose parts do not fit.
    packed_matrix_takes_long_sums after [packed_matrix_multiplies_whole_vectors];
    /// A sum that does not fit is right modulo `2^32`.
    packed_matrix_wraps after [packed_matrix_multiplies_whole_vectors];
    /// Weights with a zero point, without two axes, and codes that do not fill rows are refused.
    packed_matrix_refuses;
}

/// Multiplies codes of the input's scheme; the weight and the zero point are the layer's.
fn multiplies(message: &'static str, code: &mut Client, of: Drawn) -> CaseVerdict {
    let Drawn { mut layer, input } = of;
    layer.bias = None;
    let (_, sums) = oracle::linear_sums(&layer, &input);
    let Params { zero_point, scheme, .. } = layer.input;
    let got = code.multiply(layer.weight, input.codes, scheme, zero_point)?;
    check::equal(message, &wide(&got), &sums)
}

fn packed_matrix_multiplies_whole_vectors(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum should be that of (code - zero point) x weight, exactly";
    for _ in 0..3 {
        let sizes = [draw.int(1..=3) * 8, draw.int(1..=8) * 4, draw.int(1..=3) * 16];
        multiplies(message, code, linear(draw, sizes, U8))?;
    }
    Ok(())
}

fn packed_matrix_takes_all_sizes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "rows, inputs and outputs that are no multiple of a tile should be right, too";
    for _ in 0..10 {
        let sizes = [draw.int(1..=20), draw.int(1..=70), draw.int(1..=70)];
        multiplies(message, code, linear(draw, sizes, U8))?;
    }
    for inputs in 1..=9 {
        let sizes = [draw.int(1..=9), inputs, draw.int(1..=40)];
        multiplies(message, code, linear(draw, sizes, U8))?;
    }
    Ok(())
}

fn packed_matrix_takes_single_rows_and_columns(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "one row, one input or one output should be right, too";
    let (x, y) = (draw.int(2..=70), draw.int(2..=70));
    for sizes in [[1, x, y], [x, 1, y], [x, y, 1], [1, 1, x], [1, x, 1], [x, 1, 1], [1, 1, 1]] {
        multiplies(message, code, linear(draw, sizes, U8))?;
        multiplies(message, code, linear(draw, sizes, I8))?;
    }
    Ok(())
}

fn packed_matrix_takes_signed_codes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "codes of `i8` should be multiplied as they are, also -128";
    for scheme in [I8, SYMMETRIC, I8] {
        let sizes = [draw.int(1..=12), draw.int(1..=40), draw.int(1..=40)];
        let mut of = linear(draw, sizes, scheme);
        multiplies(message, code, of.clone())?;
        of.input.codes = extremes(draw, of.input.codes.len(), scheme);
        multiplies(message, code, of)?;
    }
    Ok(())
}

fn packed_matrix_subtracts_every_zero_point(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the zero point should be subtracted from each code: zero point x sum of the weights, once for each \
                   output";
    for scheme in [U8, I8] {
        let (low, high) = oracle::range(scheme);
        for zero_point in [low, high, 0, 1, low + 128, codes(draw, 1, scheme)[0]] {
            let sizes = [draw.int(1..=9), draw.int(1..=30), draw.int(1..=20)];
            let mut of = linear(draw, sizes, scheme);
            of.layer.input.zero_point = zero_point;
            multiplies(message, code, of)?;
        }
    }
    Ok(())
}

fn packed_matrix_takes_extreme_codes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "codes of 255 beside weights of 127 and -127 should be added without saturation";
    for (scheme, codes) in [(U8, 255), (I8, -128)] {
        for weight in [127, -127] {
            let sizes = [draw.int(1..=9), draw.int(2..=64), draw.int(1..=33)];
            let mut of = linear(draw, sizes, scheme);
            of.input.codes.fill(codes);
            of.layer.weight.codes.fill(weight);
            multiplies(message, code, of.clone())?;
            of.input.codes = extremes(draw, of.input.codes.len(), scheme);
            of.layer.weight.codes = extremes(draw, of.layer.weight.codes.len(), SYMMETRIC);
            multiplies(message, code, of)?;
        }
    }
    Ok(())
}

/// A product of one row and one output: equal codes, and weights of which the second part is the negative of the first.
fn long(draw: &mut Draw, inputs: usize, positive: usize, input: (i32, Params)) -> Drawn {
    let mut of = linear(draw, [1, 1, 1], U8);
    of.layer.weight.shape[0] = inputs;
    of.layer.weight.codes = vec![127; inputs];
    of.layer.weight.codes[positive..].fill(-127);
    of.layer.input = input.1;
    of.input.shape[1] = inputs;
    of.input.codes = vec![input.0; inputs];
    of
}

fn packed_matrix_takes_long_sums(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum that fits into 32 bits should be exact, also when its parts do not fit";
    let at = |zero_point, scheme| Params { scale: 0.125, zero_point, scheme };
    let longest = (i32::MAX / (255 * 127)) as usize;
    let lengths =
        [(255, at(0, U8), longest), (0, at(255, U8), longest), (-128, at(127, I8), longest)];
    for (codes, input, inputs) in lengths {
        for positive in [inputs, 0] {
            let of = long(draw, inputs, positive, (codes, input));
            multiplies(message, code, of)?;
        }
    }
    // The sum of codes times weights leaves 32 bits, and so does zero point times weights; the difference does not.
    let inputs = 90_000 + draw.int(0..=999);
    for codes in [255, 190] {
        let of = long(draw, inputs, inputs, (codes, at(200, U8)));
        multiplies(message, code, of)?;
    }
    // Nor do both fit after they have wrapped.
    let inputs = 100_000 + draw.int(0..=999);
    let of = long(draw, inputs, inputs, (255, at(100, U8)));
    multiplies(message, code, of)
}

fn packed_matrix_wraps(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a sum that does not fit into 32 bits should be right modulo 2^32";
    let inputs = 70_000 + draw.int(0..=999);
    let Drawn { layer, input } =
        long(draw, inputs, inputs, (255, Params { scale: 0.125, zero_point: 0, scheme: U8 }));
    let exact = 255 * 127 * inputs as i64;
    let got = code.multiply(layer.weight, input.codes, U8, 0)?;
    check::equal(message, &got, &vec![exact as i32])
}

fn packed_matrix_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a weight without two axes or symmetric scheme, and codes that do not fill rows, should be refused";
    let [inputs, outputs] = [draw.int(2..=9), draw.int(10..=20)];
    let weight = weight(draw, &[inputs, outputs], 1);
    for length in [inputs + 1, 2 * inputs - 1, 1] {
        let result = code.multiply(weight.clone(), codes(draw, length, U8), U8, 0);
        let start = format!("PackedMatrix::multiply: [{length}] and [{inputs}, {outputs}]: ");
        refused(message, result, "ShapeMismatch", &start)?;
    }
    for shape in [vec![12], vec![2, 3, 2], vec![1, 3, 2, 2]] {
        let params = per_tensor(weight.params.channels[0]);
        let weight = Quantized { codes: codes(draw, 12, SYMMETRIC), params, shape: shape.clone() };
        let result = code.multiply(weight, Vec::new(), U8, 0);
        refused(
            message,
            result,
            "ShapeMismatch",
            &format!("PackedMatrix::new: {shape:?} and []: "),
        )?;
    }
    for scheme in [U8, I8] {
        let params = per_tensor(Params { scale: 0.01, zero_point: 0, scheme });
        let weight = Quantized { codes: codes(draw, 12, scheme), params, shape: vec![4, 3] };
        let result = code.multiply(weight, codes(draw, 4, U8), U8, 0);
        refused(message, result, "BadValue", "PackedMatrix::new: ")?;
    }
    Ok(())
}
