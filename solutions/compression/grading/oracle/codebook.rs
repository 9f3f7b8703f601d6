//! K-means on a line, and training with shared values. Sums are `f64`, and values are rounded to `f32` as they are stored: otherwise
//! a number between two values could belong to another one here than in a submission.

use course_oracle::nets::Parameter;
use course_oracle::wide;
use grader_protocol::Floats;

/// The index of the nearest value; the lower one of two.
pub fn nearest(values: &[f64], number: f64) -> usize {
    let far = |at: usize| (values[at] - number).abs();
    (0..values.len()).reduce(|a, b| if far(b) < far(a) { b } else { a }).unwrap_or(0)
}

/// As an `f32` holds it.
fn stored(number: f64) -> f64 {
    f64::from(number as f32)
}

/// The mean of the numbers nearest to each value.
fn means(values: &[f64], numbers: &[f64]) -> Vec<Option<f64>> {
    let mut groups = vec![Vec::new(); values.len()];
    for x in numbers {
        groups[nearest(values, *x)].push(*x);
    }
    let mean = |group: &Vec<f64>| {
        (!group.is_empty()).then(|| stored(group.iter().sum::<f64>() / group.len() as f64))
    };
    groups.iter().map(mean).collect()
}

/// The values of `Codebook::fit`.
pub fn fit(numbers: &[f64], bits: u32, rounds: usize) -> Vec<f64> {
    let mut different = numbers.to_vec();
    different.sort_by(f64::total_cmp);
    different.dedup();
    let most = 1 << bits;
    if different.len() <= most {
        return different;
    }
    let (least, largest) = (different[0], different[different.len() - 1]);
    let step = (largest - least) / (most - 1) as f64;
    let place = |at: usize| stored(least + step * at as f64);
    let mut values: Vec<f64> = (0..most).map(place).collect();
    for _ in 0..rounds {
        let next: Vec<f64> = means(&values, numbers).into_iter().flatten().collect();
        if next == values {
            break;
        }
        values = next;
    }
    values
}

/// One round in which values without numbers stay.
pub fn refine(values: &[f64], numbers: &[f64]) -> Vec<f64> {
    means(values, numbers).iter().zip(values).map(|(mean, value)| mean.unwrap_or(*value)).collect()
}

/// The numbers that are not 0.
pub fn used(numbers: &[f64]) -> Vec<f64> {
    numbers.iter().copied().filter(|x| *x != 0.0).collect()
}

/// The nearest values in the place of what is not 0.
pub fn shared(values: &[f64], numbers: &[f64]) -> Vec<f64> {
    let share = |x: &f64| if *x == 0.0 { 0.0 } else { values[nearest(values, *x)] };
    numbers.iter().map(share).collect()
}

/// How many different values there are besides 0.
pub fn distinct_values(numbers: &[f32]) -> usize {
    let mut values = numbers.to_vec();
    values.retain(|x| *x != 0.0);
    values.sort_by(f32::total_cmp);
    values.dedup();
    values.len()
}

/// Rounds of k-means at most.
pub const ROUNDS: usize = 30;

/// The parameters before the first step, and after each step of gradient descent by the gradients that the shared values had.
pub fn steps(
    given: &[Parameter],
    bits: u32,
    rate: f64,
    gradients: &[Vec<Floats>],
) -> Vec<Vec<Vec<f64>>> {
    let mut precise: Vec<Vec<f64>> = given.iter().map(|of| wide(&of.numbers)).collect();
    let mut books: Vec<Vec<f64>> =
        precise.iter().map(|numbers| fit(&used(numbers), bits, ROUNDS)).collect();
    let now = |precise: &[Vec<f64>], books: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let one = |at: usize| {
            if given[at].is_weight() {
                shared(&books[at], &precise[at])
            } else {
                precise[at].clone()
            }
        };
        (0..given.len()).map(one).collect()
    };
    let mut all = vec![now(&precise, &books)];
    for (step, gradients) in (1..).zip(gradients) {
        for (at, numbers) in precise.iter_mut().enumerate() {
            for (i, x) in numbers.iter_mut().enumerate() {
                let is_zero = given[at].is_weight() && given[at].numbers[i] == 0.0;
                if !is_zero {
                    *x = f64::from(*x as f32 - rate as f32 * gradients[at].0[i]);
                }
            }
            if step % 10 == 0 && given[at].is_weight() {
                let used = used(numbers);
                books[at] = refine(&refine(&books[at], &used), &used);
            }
        }
        all.push(now(&precise, &books));
    }
    all
}
