//! Task `codebook`: values that stand for many numbers.

use super::prelude::*;
use crate::oracle::codebook;
use course_oracle::nets::{self, parameters};
use course_oracle::networks;

cases! { task "codebook", client Client;
    /// A codebook with room for all numbers has exactly these.
    codebook_of_few_numbers_is_exact;
    /// Values are those of k-means, from the start that was asked for, after any number of rounds.
    codebook_is_that_of_k_means;
    /// A value without numbers is dropped.
    codebook_drops_empty_values;
    /// One bit has two values, and eight bits have many.
    codebook_has_as_many_values_as_its_bits after [codebook_is_that_of_k_means];
    /// The nearest value stands for a number, and the lower one of two.
    nearest_value_stands_for_a_number;
    /// A further round moves each value to the mean of its numbers, and a value without numbers stays.
    refining_moves_values_to_means;
    /// Bits that do not exist, no numbers, and numbers that are not finite are refused.
    codebook_refuses;
    /// Each weight of a model has the values of its own codebook, and biases do not change.
    shared_values_are_those_of_each_weight after [codebook_is_that_of_k_means];
    /// Zeros stay zeros, and count for no value.
    shared_values_keep_zeros after [codebook_is_that_of_k_means];
    /// A model that cannot have shared values does not change.
    shared_values_refuses_before_it_changes_anything;
}

fn fitted(
    code: &mut Client,
    numbers: &[f32],
    bits: u32,
    rounds: usize,
) -> Result<Vec<f64>, grader_protocol::CallFailure> {
    let none = Floats(Vec::new());
    let (values, _, _) = code.codebook(Floats(numbers.to_vec()), bits, rounds, none, None)?;
    Ok(wide(&values.0))
}

fn codebook_of_few_numbers_is_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in [1, 2, 3] {
        let count = draw.int(1..=1 << bits);
        let mut different = normals(draw, count);
        let numbers: Vec<f32> = (0..5 * count).map(|at| different[at % count]).collect();
        different.sort_by(f32::total_cmp);
        for rounds in [0, 9] {
            let values = fitted(code, &numbers, bits, rounds)?;
            check::equal("the different numbers", &values, &wide(&different))?;
        }
    }
    Ok(())
}

pub fn codebook_is_that_of_k_means(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for rounds in [0, 1, 2, 5, 30] {
        let count = draw.int(40..=120);
        let numbers = normals(draw, count);
        let bits = draw.int(1..=4) as u32;
        let expected = codebook::fit(&wide(&numbers), bits, rounds);
        let values = fitted(code, &numbers, bits, rounds)?;
        check::all_close("the values after these rounds", &values, &expected, 1e-5, 1e-6)?;
    }
    Ok(())
}

fn codebook_drops_empty_values(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // Two heaps, far from each other: the values between them have no numbers.
    let numbers: Vec<f32> =
        (0..60).map(|at| (if at % 2 == 0 { 0.0 } else { 100.0 }) + draw.normal() as f32).collect();
    let bits = draw.int(3..=5) as u32;
    let expected = codebook::fit(&wide(&numbers), bits, 12);
    let values = fitted(code, &numbers, bits, 12)?;
    let message = "a value without numbers should be dropped";
    check::equal(message, &values.len(), &expected.len())?;
    check::all_close("the values that are left", &values, &expected, 1e-5, 1e-5)
}

fn codebook_has_as_many_values_as_its_bits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let numbers: Vec<f32> = (0..2000).map(|_| draw.real(-1.0, 1.0) as f32).collect();
    for bits in [1, 4, 8] {
        let values = fitted(code, &numbers, bits, 3)?;
        let expected = codebook::fit(&wide(&numbers), bits, 3);
        check::equal("the number of values", &values.len(), &expected.len())?;
        let ascending = values.windows(2).all(|pair| pair[0] < pair[1]);
        check::that(ascending, "values should ascend", || format!("{values:?}"))?;
    }
    Ok(())
}

fn nearest_value_stands_for_a_number(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut values: Vec<f32> = (0..7).map(|_| draw.int(0..=60) as f32 / 4.0 - 7.0).collect();
    values.sort_by(f32::total_cmp);
    values.dedup();
    let mut asked = vec![-100.0, 100.0];
    asked.extend(values.windows(2).map(|pair| f32::midpoint(pair[0], pair[1])));
    asked.extend(&values);
    asked.extend((0..20).map(|_| draw.real(-9.0, 9.0) as f32));
    let expected: Vec<usize> =
        asked.iter().map(|x| codebook::nearest(&wide(&values), f64::from(*x))).collect();
    let (_, nearest, _) = code.codebook(Floats(values), 3, 1, Floats(asked), None)?;
    check::equal("the index of the nearest value, the lower one of two", &nearest, &expected)
}

pub fn refining_moves_values_to_means(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let mut values: Vec<f32> =
            (0..4).map(|at| at as f32 * 3.0 + draw.real(0.0, 1.0) as f32).collect();
        values.sort_by(f32::total_cmp);
        // None of them near the last value.
        let others: Vec<f32> = (0..30).map(|_| draw.real(-2.0, 6.0) as f32).collect();
        let expected = codebook::refine(&wide(&values), &wide(&others));
        let none = Floats(Vec::new());
        let (_, _, refined) = code.codebook(Floats(values), 2, 1, none, Some(Floats(others)))?;
        let refined = refined.map(|of| wide(&of.0)).unwrap_or_default();
        check::all_close("the values after one more round", &refined, &expected, 1e-6, 1e-7)?;
    }
    Ok(())
}

fn codebook_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let numbers = normals(draw, 9);
    for bits in [0, 9, 32] {
        let result = fitted(code, &numbers, bits, 3);
        refuses("bits are 1 to 8", result, "BadValue", "Codebook::fit")?;
    }
    refuses("no numbers", fitted(code, &[], 2, 3), "BadValue", "Codebook::fit")?;
    for bad in [f32::NAN, f32::INFINITY] {
        let mut numbers = numbers.clone();
        numbers[draw.int(0..=8)] = bad;
        let result = fitted(code, &numbers, 2, 3);
        refuses("a number that is not finite", result, "BadValue", "Codebook::fit")?;
    }
    Ok(())
}

/// Compares each weight with its codebook, and other parameters exactly.
fn are_shared(network: &Network, bits: &[u32], after: &[Array]) -> CaseVerdict {
    let mut bits = bits.iter();
    for (of, after) in parameters(network).iter().zip(after) {
        if !of.is_weight() {
            check::equal("other parameters should not change", &after.data.0, &of.numbers)?;
            continue;
        }
        let numbers = wide(&of.numbers);
        let bits = bits.next().copied().unwrap_or(8);
        let values = codebook::fit(&codebook::used(&numbers), bits, codebook::ROUNDS);
        let expected = codebook::shared(&values, &numbers);
        check::all_close("a weight's values", &wide(&after.data.0), &expected, 1e-5, 1e-6)?;
        let different = codebook::distinct_values(&after.data.0);
        let message = "a weight should have at most as many values as its codebook";
        check::that(different <= 1 << bits, message, || different.to_string())?;
    }
    Ok(())
}

fn shared_values_are_those_of_each_weight(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for classifier in [nets::mlp(draw), nets::cnn(draw)] {
        let network = Network::Net(classifier);
        let weights = parameters(&network).iter().filter(|of| of.is_weight()).count();
        let bits: Vec<u32> = (0..weights).map(|_| draw.int(1..=3) as u32).collect();
        let (error, after) = code.shared_values(network.clone(), bits.clone())?;
        check::equal("the weights are finite", &error, &None)?;
        are_shared(&network, &bits, &after)?;
    }
    Ok(())
}

fn shared_values_keep_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let sizes = (0..4).map(|_| draw.int(6..=9)).collect();
    let Net::Mlp(sizes, mut weights) = networks::drawn(Net::Mlp(sizes, Vec::new()), draw) else {
        unreachable!("an MLP")
    };
    for weight in weights.iter_mut().step_by(2) {
        weight.0.iter_mut().step_by(2).for_each(|x| *x = 0.0);
    }
    // One weight has nothing else.
    weights[0].0.fill(0.0);
    let network = Network::Net(Net::Mlp(sizes, weights));
    let bits = vec![2; parameters(&network).len() / 2];
    let (error, after) = code.shared_values(network.clone(), bits.clone())?;
    check::equal("a weight of zeros has no codebook", &error, &None)?;
    are_shared(&network, &bits, &after)?;
    for (of, after) in parameters(&network).iter().zip(&after).filter(|(of, _)| of.is_weight()) {
        let same = of.numbers.iter().zip(&after.data.0).all(|(a, b)| (*a == 0.0) == (*b == 0.0));
        check::that(same, "zeros should stay, and no number become 0", || of.name.clone())?;
    }
    Ok(())
}

fn shared_values_refuses_before_it_changes_anything(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let Net::Mlp(sizes, mut weights) = nets::mlp(draw) else { unreachable!("an MLP") };
    let layers = weights.len() / 2;
    let network = Network::Net(Net::Mlp(sizes.clone(), weights.clone()));
    let mut bits = vec![1; layers];
    bits[layers - 1] = 9;
    weights[2 * layers - 2].0[0] = f32::NAN;
    let other = Network::Net(Net::Mlp(sizes, weights));
    for (network, bits) in [(network, bits), (other, vec![1; layers])] {
        let (error, after) = code.shared_values(network.clone(), bits)?;
        let error = error.unwrap_or_default();
        check::that(error.contains("Codebook::fit"), "it should be refused", || error.clone())?;
        for (of, after) in parameters(&network).iter().zip(&after) {
            same_bits("the model should not change", &after.data.0, &of.numbers)?;
        }
    }
    Ok(())
}
