//! Task `conv`. Run with `cargo test -p acceleration --test conv`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use acceleration::{AccelError, Result, Window, conv2d_im2col, conv2d_naive, im2col};
use tinytorch::Tensor;

const PLAIN: Window = Window { stride: (1, 1), padding: (0, 0) };

type Way = fn(&Tensor, &Tensor, Window) -> Result<Tensor>;

/// Both implementations, which must agree.
const WAYS: [(&str, Way); 2] = [("conv2d_naive", conv2d_naive), ("conv2d_im2col", conv2d_im2col)];

fn tensor(shape: &[usize]) -> Tensor {
    let count = shape.iter().product();
    let numbers = (0..count).map(|at: usize| (at * 5 % 7) as f32 - 3.0);
    Tensor::from_vec(numbers.collect(), shape).unwrap()
}

/// The numbers 0 to 8 in three rows.
fn image() -> Tensor {
    Tensor::from_vec((0..9_u8).map(f32::from).collect(), &[1, 1, 3, 3]).unwrap()
}

#[test]
fn a_filter_is_not_flipped() {
    // Top left and bottom right pixels: 1 * 0 + 2 * 4 = 8, then 1 * 1 + 2 * 5, and so on.
    let weight = Tensor::from_vec(vec![1.0, 0.0, 0.0, 2.0], &[1, 1, 2, 2]).unwrap();
    for (name, way) in WAYS {
        let output = way(&image(), &weight, PLAIN).unwrap();
        assert_eq!(output.shape(), [1, 1, 2, 2], "{name}");
        assert_eq!(output.to_vec(), [8.0, 11.0, 17.0, 20.0], "{name}");
    }
}

#[test]
fn padding_is_zeros_on_both_sides() {
    // A filter of three ones in a row covers two pixels at the left and right edges, and three
    // elsewhere.
    let weight = Tensor::ones(&[1, 1, 1, 3]);
    let window = Window { stride: (1, 1), padding: (0, 1) };
    for (name, way) in WAYS {
        let output = way(&image(), &weight, window).unwrap();
        assert_eq!(output.to_vec(), [1.0, 3.0, 3.0, 7.0, 12.0, 9.0, 13.0, 21.0, 15.0], "{name}");
    }
}

#[test]
fn stride_is_down_and_across() {
    let weight = Tensor::ones(&[1, 1, 1, 1]);
    let window = Window { stride: (2, 1), padding: (0, 0) };
    for (name, way) in WAYS {
        let output = way(&image(), &weight, window).unwrap();
        assert_eq!(output.shape(), [1, 1, 2, 3], "{name}");
        assert_eq!(output.to_vec(), [0.0, 1.0, 2.0, 6.0, 7.0, 8.0], "{name}");
    }
}

#[test]
fn both_ways_agree_on_batches_and_channels() {
    let (input, weight) = (tensor(&[3, 2, 8, 7]), tensor(&[4, 2, 3, 2]));
    for stride in [(1, 1), (2, 3)] {
        for padding in [(0, 0), (1, 0), (2, 3)] {
            let window = Window { stride, padding };
            let [definition, product] = WAYS.map(|(_, way)| way(&input, &weight, window).unwrap());
            // Whole numbers, so exactly.
            assert_eq!(definition, product, "{window:?}");
        }
    }
}

#[test]
fn a_permuted_image_is_read_in_its_new_order() {
    let weight = tensor(&[2, 3, 2, 2]);
    let channels_last = tensor(&[2, 5, 4, 3]);
    let seen = channels_last.permute(&[0, 3, 1, 2]).unwrap();
    let copied = Tensor::from_vec(seen.to_vec(), &[2, 3, 5, 4]).unwrap();
    for (name, way) in WAYS {
        assert_eq!(
            way(&seen, &weight, PLAIN).unwrap(),
            way(&copied, &weight, PLAIN).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn columns_are_windows() {
    // A 3 x 3 image has four windows of 2 x 2. The first row holds their top left pixels.
    let image = Tensor::from_vec((0..9_u8).map(f32::from).collect(), &[1, 3, 3]).unwrap();
    let columns = im2col(&image, (2, 2), PLAIN).unwrap();
    assert_eq!((columns.rows(), columns.columns()), (4, 4));
    let expected = [0., 1., 3., 4., 1., 2., 4., 5., 3., 4., 6., 7., 4., 5., 7., 8.];
    assert_eq!(columns.as_slice(), expected);
}

#[test]
fn columns_of_padding_are_zero() {
    let image = Tensor::from_vec(vec![1.0, 2.0], &[1, 1, 2]).unwrap();
    let columns = im2col(&image, (1, 2), Window { stride: (1, 1), padding: (0, 1) }).unwrap();
    assert_eq!(columns.as_slice(), [0.0, 1.0, 2.0, 1.0, 2.0, 0.0]);
}

#[test]
fn what_does_not_fit_is_named() {
    for (name, way) in WAYS {
        let error = way(&image(), &Tensor::ones(&[1, 2, 2, 2]), PLAIN).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{name}: [1, 1, 3, 3] x [1, 2, 2, 2]: channels 1 and 2 differ")
        );
        let still = Window { stride: (0, 1), padding: (0, 0) };
        let error = way(&image(), &Tensor::ones(&[1, 1, 2, 2]), still).unwrap_err();
        assert!(matches!(error, AccelError::BadWindow { .. }), "{error}");
    }
}
