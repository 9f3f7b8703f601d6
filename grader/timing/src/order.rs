//! Values by rank.

/// How many of `count` values are cut off at each end to leave the middle half.
const fn quarter(count: usize) -> usize {
    count / 4
}

/// The values in ascending order.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The median; NaN of nothing.
pub fn median(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The values in the order in which they came, the largest eighth lowered to the next value. Chance may give an
/// eighth of the samples to one side, and it must not weigh more for being huge.
pub fn capped(values: &[f64]) -> Vec<f64> {
    let sorted = sorted(values);
    let Some(at) = sorted.len().checked_sub(sorted.len() / 8 + 1) else { return Vec::new() };
    values.iter().map(|value| value.min(sorted[at])).collect()
}

/// The values in the order in which they came, those outside the middle half moved to its ends.
pub fn winsorized(values: &[f64]) -> Vec<f64> {
    let sorted = sorted(values);
    let cut = quarter(sorted.len());
    let Some(high) = sorted.len().checked_sub(cut + 1) else { return Vec::new() };
    let low = sorted[cut];
    let high = sorted[high];
    values.iter().map(|value| value.max(low).min(high)).collect()
}

/// The values of the middle half.
pub fn middle_half(values: &[f64]) -> Vec<f64> {
    let sorted = sorted(values);
    let cut = quarter(sorted.len());
    sorted[cut..sorted.len() - cut].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EIGHT: [f64; 8] = [7.0, 1.0, 6.0, 900.0, 2.0, 5.0, 3.0, 4.0];

    #[test]
    fn the_median_is_the_middle_or_between_the_two() {
        assert_eq!(median(&[3.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert_eq!(median(&EIGHT).to_bits(), 4.5_f64.to_bits());
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_quarter_at_each_end_is_cut_off() {
        assert_eq!(middle_half(&EIGHT), [3.0, 4.0, 5.0, 6.0]);
        assert_eq!(winsorized(&EIGHT), [6.0, 3.0, 6.0, 6.0, 3.0, 5.0, 3.0, 4.0]);
    }

    #[test]
    fn an_eighth_is_capped() {
        assert_eq!(capped(&EIGHT), [7.0, 1.0, 6.0, 7.0, 2.0, 5.0, 3.0, 4.0]);
        assert_eq!(capped(&[]), []);
    }
}
