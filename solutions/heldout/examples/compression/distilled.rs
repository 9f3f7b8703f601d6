//! A student and its teacher.

use compression::{Distillation, distill};
use heldout::SeedSummary;
use tinytorch::models::Mlp;
use tinytorch::train::Labelled;
use tinytorch::{Rng, Tensor, pretrained};

use crate::ExampleResult;
use crate::exam::{DigitExam, count_right};
use crate::text::{Headline, Section};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=8;
const CLASSES: usize = 10;

/// As many images of each class, drawn with a seed.
fn subset(data: &Labelled, count: usize, seed: u64) -> ExampleResult<Labelled> {
    let mut order: Vec<usize> = (0..data.labels().len()).collect();
    Rng::new(1000 + seed).shuffle(&mut order);
    let mut left = [count / CLASSES; CLASSES];
    order.retain(|at| {
        let left = &mut left[data.labels()[*at]];
        let taken = *left > 0;
        *left = left.saturating_sub(1);
        taken
    });
    let rows: Vec<Tensor> = order
        .iter()
        .map(|at| data.inputs().slice_axis(0, *at, at + 1))
        .collect::<tinytorch::Result<_>>()?;
    let numbers = rows.iter().flat_map(Tensor::to_vec).collect();
    let width = data.inputs().shape()[1];
    let inputs = Tensor::from_vec(numbers, &[order.len(), width])?;
    Ok(Labelled::new(&inputs, order.iter().map(|at| data.labels()[*at]).collect())?)
}

/// Right answers, in points of all, of a student of 16 neurons that hears the teacher with the weight `alpha`.
fn student(
    exam: &DigitExam,
    teacher: &Mlp,
    data: &Labelled,
    (alpha, epochs, seed): (f64, usize, u64),
) -> ExampleResult<f64> {
    let how =
        Distillation { temperature: 4.0, alpha, epochs, batch_size: 64, learning_rate: 3e-3, seed };
    let mut student = Mlp::new(&[784, 16, 10], &mut Rng::new(seed))?;
    distill(&mut student, teacher, data, how)?;
    let right = count_right(&student, &exam.validation)? + count_right(&student, &exam.held_out)?;
    Ok(100.0 * right / (exam.validation.labels().len() as f64 + exam.questions()))
}

/// The difference that the teacher makes, for each seed.
fn difference(
    exam: &DigitExam,
    data: impl Fn(u64) -> ExampleResult<Labelled>,
    epochs: usize,
) -> ExampleResult<(SeedSummary, f64)> {
    let teacher = pretrained::mlp()?;
    let mut alone_sum = 0.0;
    let mut differences = Vec::new();
    for seed in SEEDS {
        let data = data(seed)?;
        let alone = student(exam, &teacher, &data, (0.0, epochs, seed))?;
        let taught = student(exam, &teacher, &data, (0.9, epochs, seed))?;
        alone_sum += alone;
        differences.push(taught - alone);
    }
    Ok((SeedSummary::new(differences), alone_sum / 8.0))
}

pub fn section() -> ExampleResult<Section> {
    let exam = DigitExam::rows()?;
    let (few, alone) = difference(&exam, |seed| subset(&exam.train, 100, seed), 300)?;
    let claim =
        "A student distilled with 100 labelled images is better than the same student alone";
    let told = format!("{alone:.1} % alone, {:+.2} ± {:.2} points, 8 seeds", few.mean, few.reach);
    let met = few.mean - few.reach > 0.0;
    let all = || Ok(Labelled::new(exam.train.inputs(), exam.train.labels().to_vec())?);
    let (many, many_alone) = difference(&exam, |_| all(), 40)?;
    let details = format!(
        "## Distillation\n\nThe student has 16 hidden neurons, the teacher is the course's MLP, T = 4 and alpha = 0.9; both \
         students share first weights, images and order. Counted on validation and held-out digits ({:.0}).\n\n\
         | labelled images | alone | difference, 95 % interval | least of 8 seeds |\n|---:|---:|---:|---:|\n\
         | 100 | {alone:.2} % | {:+.2} ± {:.2} | {:+.2} |\n| all {} | {many_alone:.2} % | {:+.2} ± {:.2} | {:+.2} |\n\n\
         With all labels the teacher has nothing to add: it was trained on the same ones. What it gives with 100 labels is not free \
         either, because it has seen all of them.\n",
        exam.validation.labels().len() as f64 + exam.questions(),
        few.mean,
        few.reach,
        few.least(),
        exam.train.labels().len(),
        many.mean,
        many.reach,
        many.least(),
    );
    Ok(Section { headlines: vec![Headline::new(claim, told, met)], details })
}
