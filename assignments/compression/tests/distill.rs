//! Task `distill`. Run with `cargo test -p compression --test distill`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use compression::{Distillation, distill, distillation_loss, soft_loss};
use tinytorch::models::Mlp;
use tinytorch::train::Labelled;
use tinytorch::{Layer, Rng, Tensor, loss};

const HOW: Distillation = Distillation {
    temperature: 2.0,
    alpha: 0.5,
    epochs: 30,
    batch_size: 16,
    learning_rate: 0.02,
    seed: 1,
};

fn logits(numbers: &[f32]) -> Tensor {
    Tensor::from_vec(numbers.to_vec(), &[numbers.len() / 2, 2]).unwrap()
}

fn near(got: &Tensor, expected: f32) {
    assert!((got.sum() - expected).abs() < 1e-4, "{} instead of {expected}", got.sum());
}

#[test]
fn the_divergence_is_from_the_teacher_to_the_student() {
    // The teacher says 3/4 and 1/4, the student 1/2 and 1/2: 3/4 ln(3/2) + 1/4 ln(1/2).
    let (student, teacher) = (logits(&[0.0, 0.0]), logits(&[3.0_f32.ln(), 0.0]));
    near(&soft_loss(&student, &teacher, 1.0).unwrap(), 0.130_812);
    // The other way round it is another number.
    near(&soft_loss(&teacher, &student, 1.0).unwrap(), 0.143_841);
}

#[test]
fn a_student_who_says_the_same_has_no_loss() {
    let same = logits(&[1.0, -2.0, 0.5, 3.0]);
    near(&soft_loss(&same, &same, 4.0).unwrap(), 0.0);
}

#[test]
fn both_logits_are_divided_and_the_square_makes_up_for_it() {
    // Divided by 2 these are the logits of the first test, and 2 squared is 4.
    let (student, teacher) = (logits(&[0.0, 0.0]), logits(&[2.0 * 3.0_f32.ln(), 0.0]));
    near(&soft_loss(&student, &teacher, 2.0).unwrap(), 4.0 * 0.130_812);
}

#[test]
fn the_loss_is_a_mean_over_the_batch() {
    let (student, teacher) = (logits(&[0.0; 4]), logits(&[3.0_f32.ln(), 0.0, 0.0, 0.0]));
    near(&soft_loss(&student, &teacher, 1.0).unwrap(), 0.130_812 / 2.0);
}

#[test]
fn large_logits_stay_finite() {
    let (student, teacher) = (logits(&[1e4, -1e4]), logits(&[-1e4, 1e4]));
    let loss = soft_loss(&student, &teacher, 1.0).unwrap().sum();
    assert!(loss.is_finite() && loss > 1e4, "{loss}");
}

#[test]
fn the_gradient_goes_to_the_student_alone() {
    let (student, teacher) = (logits(&[0.0, 0.0]), logits(&[3.0_f32.ln(), 0.0]));
    let (student, teacher) = (student.requires_grad(), teacher.requires_grad());
    let gradients = soft_loss(&student, &teacher, 1.0).unwrap().backward().unwrap();
    assert!(gradients.get(&teacher).is_none());
    // What the student says less what the teacher says.
    let gradient = gradients.get(&student).unwrap().to_vec();
    assert!((gradient[0] + 0.25).abs() < 1e-5 && (gradient[1] - 0.25).abs() < 1e-5, "{gradient:?}");
}

#[test]
fn alpha_is_the_share_of_the_teacher() {
    let (student, teacher) = (logits(&[0.3, -0.4]), logits(&[1.0, 0.5]));
    let with =
        |alpha| distillation_loss(&student, &teacher, &[1], Distillation { alpha, ..HOW }).unwrap();
    let (hard, soft) = (
        loss::cross_entropy(&student, &[1]).unwrap().sum(),
        soft_loss(&student, &teacher, 2.0).unwrap().sum(),
    );
    near(&with(0.0), hard);
    near(&with(1.0), soft);
    near(&with(0.25), 0.75 * hard + 0.25 * soft);
    for bad in [-0.1, 1.1, f64::NAN] {
        let how = Distillation { alpha: bad, ..HOW };
        assert!(distillation_loss(&student, &teacher, &[1], how).is_err(), "{bad}");
    }
    assert!(soft_loss(&student, &teacher, 0.0).is_err());
}

#[test]
fn a_student_learns_what_the_teacher_says() {
    let mut rng = Rng::new(5);
    let points: Vec<f32> = (0..240).map(|_| rng.uniform_range(-1.0, 1.0) as f32).collect();
    let inputs = Tensor::from_vec(points, &[120, 2]).unwrap();
    // The labels say nothing: what the student knows, it has from the teacher.
    let data = Labelled::new(&inputs, vec![0; 120]).unwrap();
    let teacher = Mlp::new(&[2, 16, 3], &mut Rng::new(8)).unwrap();
    let mut student = Mlp::new(&[2, 12, 3], &mut Rng::new(9)).unwrap();
    distill(&mut student, &teacher, &data, Distillation { alpha: 1.0, ..HOW }).unwrap();
    let answers = |model: &Mlp| model.forward(&inputs).unwrap().argmax_axis(1).unwrap();
    let same = answers(&student).iter().zip(answers(&teacher)).filter(|(a, b)| **a == *b).count();
    assert!(same >= 105, "{same} of 120");
}
