//! Resizing of images.

/// Bilinear resizing of a square image of `from` x `from` values to `to` x `to`.
///
/// Both images cover the same area, so the center of output pixel `i` is at
/// `s = (i + 1/2) from / to - 1/2` in the input, clamped to `0..=from - 1`. With
/// `a = floor(s)` and `t = s - a`, the value along an axis is
/// `(1 - t) in[a] + t in[a + 1]`; first across, then down.
pub(super) fn bilinear(input: &[f32], from: usize, to: usize) -> Vec<f32> {
    let places: Vec<_> = (0..to).map(|i| place(i, from, to)).collect();
    let mut output = Vec::with_capacity(to * to);
    for &(row, next_row, down) in &places {
        let upper = &input[row * from..][..from];
        let lower = &input[next_row * from..][..from];
        for &(column, next_column, across) in &places {
            let above = mix(upper[column], upper[next_column], across);
            let below = mix(lower[column], lower[next_column], across);
            output.push(mix(above, below, down));
        }
    }
    output
}

/// The two input pixels next to an output pixel, and its distance from the first.
fn place(i: usize, from: usize, to: usize) -> (usize, usize, f32) {
    let last = from - 1;
    let at = ((i as f64 + 0.5) * from as f64 / to as f64 - 0.5).clamp(0.0, last as f64);
    let first = at.floor() as usize;
    (first, (first + 1).min(last), (at - first as f64) as f32)
}

fn mix(a: f32, b: f32, t: f32) -> f32 {
    (1.0 - t) * a + t * b
}

#[cfg(test)]
mod tests {
    use super::bilinear;

    #[test]
    fn two_pixels_to_four_are_mixed_at_quarters() {
        let output = bilinear(&[0.0, 8.0, 0.0, 8.0], 2, 4);
        assert_eq!(output, [0.0, 2.0, 6.0, 8.0].repeat(4));
        let turned = bilinear(&[0.0, 0.0, 8.0, 8.0], 2, 4);
        assert_eq!(turned[..8], [0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0]);
    }

    #[test]
    fn the_same_size_changes_nothing() {
        let input: Vec<f32> = (0..64_u8).map(f32::from).collect();
        assert_eq!(bilinear(&input, 8, 8), input);
    }
}
