//! Augmented copies of images.

use crate::common::error_text;
use tinytorch::Tensor;
use tinytorch::data::augment::Augment;

const STILL: Augment = Augment { seed: 1, shift: 0.0, rotation: 0.0, scale: 0.0, noise: 0.0 };

/// `n` images of 9x9 with a single dot, `at` (row, column).
fn dots(n: usize, at: (usize, usize)) -> Tensor {
    let mut pixels = vec![0.0; 81];
    pixels[at.0 * 9 + at.1] = 1.0;
    Tensor::from_vec(pixels.repeat(n), &[n, 1, 9, 9]).unwrap()
}

/// The center of an image's ink (row, column), and the amount of ink.
fn centre(image: &[f32]) -> (f64, f64, f64) {
    let (mut down, mut across, mut ink) = (0.0, 0.0, 0.0);
    for (at, &pixel) in image.iter().enumerate() {
        let pixel = f64::from(pixel);
        ink += pixel;
        down += pixel * (at / 9) as f64;
        across += pixel * (at % 9) as f64;
    }
    (down / ink, across / ink, ink)
}

#[test]
fn without_movement_and_noise_copies_are_the_images() {
    let images = dots(3, (2, 7));
    let copies = STILL.batch(&images, &[0, 1, 2], 4).unwrap();
    assert!(copies.allclose(&images, 0.0, 1e-6));
}

#[test]
fn a_copy_depends_on_seed_epoch_and_index_alone() {
    let augment = Augment::default();
    let pair = dots(2, (4, 4));
    let one = dots(1, (4, 4));
    let copies = augment.batch(&pair, &[7, 9], 3).unwrap();
    let alone = augment.batch(&one, &[9], 3).unwrap();
    assert_eq!(copies.slice_axis(0, 1, 2).unwrap(), alone);
    let others = [
        augment.batch(&one, &[8], 3),
        augment.batch(&one, &[9], 2),
        augment.batch(&one, &[3], 9),
        Augment { seed: 1, ..augment.clone() }.batch(&one, &[9], 3),
    ];
    for other in others {
        assert_ne!(other.unwrap(), alone);
    }
}

#[test]
fn shifts_reach_as_far_as_they_may_and_no_further() {
    let augment = Augment { shift: 2.0, ..STILL };
    let n = 500;
    let copies = augment.batch(&dots(n, (4, 4)), &(0..n).collect::<Vec<_>>(), 0).unwrap();
    let mut furthest = [0.0_f64; 2];
    for image in copies.to_vec().chunks(81) {
        let (down, across, ink) = centre(image);
        assert!((ink - 1.0).abs() < 1e-5, "the dot keeps its ink: {ink}");
        furthest = [furthest[0].max((down - 4.0).abs()), furthest[1].max((across - 4.0).abs())];
    }
    assert!(furthest.iter().all(|&far| (1.9..=2.0 + 1e-5).contains(&far)), "{furthest:?}");
}

/// A dot 3 right of the center, rotated by up to 30 degrees: it stays about 3 away, up to 1.5 up or
/// down.
#[test]
fn turning_goes_around_the_middle() {
    let augment = Augment { rotation: 30.0, ..STILL };
    let n = 300;
    let copies = augment.batch(&dots(n, (4, 7)), &(0..n).collect::<Vec<_>>(), 0).unwrap();
    let places: Vec<_> = copies.to_vec().chunks(81).map(centre).collect();
    for (down, across, _) in &places {
        let away = (down - 4.0).hypot(across - 4.0);
        assert!((away - 3.0).abs() < 0.5, "{away}");
    }
    let down = places.iter().map(|place| place.0 - 4.0);
    assert!(down.clone().fold(0.0, f64::max) > 1.2 && down.fold(0.0, f64::min) < -1.2);
}

#[test]
fn scaling_moves_ink_away_from_the_middle_and_towards_it() {
    let augment = Augment { scale: 0.25, ..STILL };
    let n = 300;
    let copies = augment.batch(&dots(n, (4, 7)), &(0..n).collect::<Vec<_>>(), 0).unwrap();
    let away: Vec<f64> = copies.to_vec().chunks(81).map(|image| centre(image).1 - 4.0).collect();
    let (near, far) =
        (away.iter().copied().fold(9.0, f64::min), away.iter().copied().fold(0.0, f64::max));
    assert!((1.9..2.5).contains(&near) && (3.5..4.1).contains(&far), "{near} to {far}");
}

#[test]
fn noise_has_its_deviation_and_stays_between_paper_and_ink() {
    let augment = Augment { noise: 0.1, ..STILL };
    let grey = Tensor::full(&[40, 1, 9, 9], 0.5);
    let noisy = augment.batch(&grey, &(0..40).collect::<Vec<_>>(), 0).unwrap().to_vec();
    let variance =
        noisy.iter().map(|&p| f64::from(p - 0.5).powi(2)).sum::<f64>() / noisy.len() as f64;
    assert!((variance.sqrt() - 0.1).abs() < 0.01, "{}", variance.sqrt());
    let paper = augment.batch(&Tensor::zeros(&[40, 1, 9, 9]), &(0..40).collect::<Vec<_>>(), 0);
    assert!(paper.unwrap().view().iter().all(|pixel| (0.0..=1.0).contains(pixel)));
}

#[test]
fn shapes_that_do_not_fit_are_refused_and_empty_ones_stay_empty() {
    let error = error_text(STILL.batch(&Tensor::zeros(&[9, 9]), &[0], 0));
    assert_eq!(error, "augment: [9, 9]: the images must be [n, channels, height, width]");
    let error = error_text(STILL.batch(&dots(2, (0, 0)), &[0], 0));
    assert_eq!(error, "augment: [2, 1, 9, 9]: 2 images and 1 indices");
    for shape in [[0, 1, 9, 9], [1, 0, 9, 9], [1, 1, 0, 9]] {
        let indices: Vec<usize> = (0..shape[0]).collect();
        assert_eq!(STILL.batch(&Tensor::zeros(&shape), &indices, 0).unwrap().shape(), shape);
    }
}
