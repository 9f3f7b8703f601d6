//! Task `half`: tensors of two bytes an element.

use super::half::{bf16_rounds_to_the_nearest, f16_rounds_to_the_nearest};
use super::prelude::*;
use crate::oracle::half;

cases! { task "half", client Client;
    /// A tensor's elements are rounded to the format that is asked for.
    half_tensor_holds_the_bits_of_its_format after [f16_rounds_to_the_nearest, bf16_rounds_to_the_nearest];
    /// The numbers come back rounded, in the tensor's shape.
    half_tensor_gives_back_rounded_numbers after [half_tensor_holds_the_bits_of_its_format];
    /// A tensor may be a view: its elements are taken row by row of the view.
    half_tensor_reads_views after [half_tensor_holds_the_bits_of_its_format];
    /// A tensor may be empty, or a single number without axes.
    half_tensor_may_be_empty_or_a_number;
    /// Two bytes are counted for each element.
    half_tensor_counts_two_bytes_an_element;
}

fn shape(draw: &mut Draw) -> Vec<usize> {
    vec![draw.int(2..=5), draw.int(6..=9), draw.int(2..=4)]
}

fn numbers(draw: &mut Draw, shape: &[usize]) -> Array {
    rows(shape, normals(draw, shape.iter().product()))
}

fn encoded(format: HalfFormat, numbers: &[f32]) -> Vec<u16> {
    numbers.iter().map(|x| half::encode(format, *x)).collect()
}

fn half_tensor_holds_the_bits_of_its_format(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the tensor should hold each element's bits, and know its format and shape";
    for format in FORMATS {
        let shape = shape(draw);
        let tensor = numbers(draw, &shape);
        let (got, _) = code.half_tensor(tensor.clone(), format)?;
        check::equal(message, &got.bits, &encoded(format, &tensor.data.0))?;
        check::equal(message, &got.format, &format)?;
        check::equal(message, &got.shape, &shape)?;
    }
    Ok(())
}

fn half_tensor_gives_back_rounded_numbers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`to_tensor` should give each element's decoded number, in the tensor's shape";
    for format in FORMATS {
        let shape = shape(draw);
        let tensor = numbers(draw, &shape);
        let (_, got) = code.half_tensor(tensor.clone(), format)?;
        let rounded = |x: &f32| half::decode(format, half::encode(format, *x));
        let expected: Vec<f32> = tensor.data.0.iter().map(rounded).collect();
        check::equal(message, &got.shape, &shape)?;
        same_bits(message, &got.data.0, &expected)?;
    }
    Ok(())
}

fn half_tensor_reads_views(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the elements of a permuted tensor do not lie row by row";
    for format in FORMATS {
        for axes in [vec![2, 0, 1], vec![1, 0, 2], vec![0, 2, 1]] {
            let shape = shape(draw);
            let view = Array { axes, ..numbers(draw, &shape) };
            let (shape, elements) = elements(&view);
            let (got, _) = code.half_tensor(view, format)?;
            check::equal(message, &got.shape, &shape)?;
            check::equal(message, &got.bits, &encoded(format, &elements))?;
        }
    }
    Ok(())
}

fn half_tensor_may_be_empty_or_a_number(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "shapes [], [0] and [n, 0] are shapes like any other";
    for shape in [vec![], vec![0], vec![draw.int(1..=9), 0], vec![1, 1]] {
        for format in FORMATS {
            let tensor = numbers(draw, &shape);
            let (got, back) = code.half_tensor(tensor.clone(), format)?;
            check::equal(message, &got.bits, &encoded(format, &tensor.data.0))?;
            check::equal(message, &(&got.shape, &back.shape), &(&shape, &shape))?;
        }
    }
    Ok(())
}

fn half_tensor_counts_two_bytes_an_element(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`nbytes` should be two for each element";
    for shape in [vec![], vec![0], vec![draw.int(1..=99)], shape(draw)] {
        let format = *draw.pick(&FORMATS);
        let (got, _) = code.half_tensor(numbers(draw, &shape), format)?;
        check::equal(message, &got.nbytes, &(2 * shape.iter().product::<usize>()))?;
    }
    Ok(())
}
