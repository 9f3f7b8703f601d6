//! Task `distill`: students and their teacher.

use super::distill::{HOW, distillation_loss_mixes_both};
use super::prelude::*;
use crate::contract::Distillation;
use course_oracle::digits::HeldOut;
use course_oracle::nets::parameters;
use course_oracle::sectors::{
    Sectors, bias_movement, depends_on_the_seed, mlp, nearly_silent, right_answers,
};
use grader_protocol::CallFailure;

cases! { task "distill", client Client;
    /// The student learns what the teacher says, and not the labels, if the teacher has all of the loss.
    student_learns_from_the_teacher after [distillation_loss_mixes_both];
    /// The student learns the labels if these have all of the loss.
    student_learns_from_the_labels after [distillation_loss_mixes_both];
    /// The teacher does not change.
    teacher_does_not_change;
    /// The same seed gives the same bits, and another one another order of the data.
    distilling_depends_on_the_seed;
    /// Passes, batches and the learning rate are those asked for, and the rate rises and falls.
    distilling_follows_the_schedule;
    /// No passes, empty batches and numbers that the loss refuses are refused.
    distilling_refuses;
    /// With a hundred labelled images, a student who hears the teacher reads more digits that nobody has seen than one who does not.
    distilled_student_reads_more_digits after [student_learns_from_the_teacher, student_learns_from_the_labels];
}

/// A teacher who has learnt a drawn problem, by `distill` from itself with the labels alone.
fn taught_teacher(
    code: &mut Client,
    draw: &mut Draw,
    data: &(Array, Vec<usize>),
) -> Result<Network, CallFailure> {
    let fresh = mlp(&[2, 16, 3], draw);
    let how = Distillation { alpha: 0.0, epochs: 30, learning_rate: 0.03, ..HOW };
    let (after, _) = code.distill(fresh.clone(), fresh, data.0.clone(), data.1.clone(), how)?;
    let weights = after.into_iter().map(|of| of.data).collect();
    Ok(Network::Net(Net::Mlp(vec![2, 16, 3], weights)))
}

fn student_learns_from_the_teacher(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let data = Sectors::draw(draw).points(150, draw);
    let teacher = taught_teacher(code, draw, &data)?;
    // All labels are the same: who listens to them learns nothing.
    let labels = vec![draw.int(0..=2); 150];
    let how = Distillation { alpha: 1.0, epochs: 30, learning_rate: 0.03, ..HOW };
    let student = mlp(&[2, 12, 3], draw);
    let (after, _) = code.distill(student.clone(), teacher, data.0.clone(), labels, how)?;
    let right = right_answers(&student, &after, &data);
    let message = "the student should know 9 of 10 points as the teacher does";
    check::that(right >= 132, message, || format!("{right} of 150"))
}

fn student_learns_from_the_labels(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let data = Sectors::draw(draw).points(150, draw);
    let teacher = mlp(&[2, 5, 3], draw);
    let how = Distillation { alpha: 0.0, epochs: 30, learning_rate: 0.03, ..HOW };
    let student = mlp(&[2, 12, 3], draw);
    let (after, _) = code.distill(student.clone(), teacher, data.0.clone(), data.1.clone(), how)?;
    let right = right_answers(&student, &after, &data);
    let message = "the student should know 9 of 10 points";
    check::that(right >= 132, message, || format!("{right} of 150"))
}

fn teacher_does_not_change(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let data = Sectors::draw(draw).points(30, draw);
    let (student, teacher) = (mlp(&[2, 4, 3], draw), mlp(&[2, 6, 3], draw));
    let before = parameters(&teacher);
    let (after, same) = code.distill(student.clone(), teacher, data.0, data.1, HOW)?;
    for (of, same) in before.iter().zip(&same) {
        check::equal("the teacher should stay as it was", &same.data.0, &of.numbers)?;
    }
    for (of, after) in parameters(&student).iter().zip(&after) {
        let message = "each parameter of the student should be trained";
        check::that(after.data.0 != of.numbers, message, || of.name.clone())?;
    }
    Ok(())
}

fn distilling_depends_on_the_seed(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, labels) = Sectors::draw(draw).points(45, draw);
    let (student, teacher) = (mlp(&[2, 6, 3], draw), mlp(&[2, 6, 3], draw));
    let seed = draw.bits();
    let mut distill = |seed| {
        let how = Distillation { seed, batch_size: 7, ..HOW };
        code.distill(student.clone(), teacher.clone(), inputs.clone(), labels.clone(), how)
    };
    let (first, second, other) = (distill(seed)?, distill(seed)?, distill(seed ^ 1)?);
    depends_on_the_seed(&first.0, &second.0, &other.0)
}

/// A bias whose gradient keeps its sign moves by the learning rate in each step of Adam.
fn distilling_follows_the_schedule(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..3 {
        let count = draw.int(60..=90);
        let inputs = rows(&[count, 3], normals(draw, 3 * count));
        let student = nearly_silent(draw);
        let rate = draw.real(1e-4, 5e-4);
        let (epochs, batch_size) = (draw.int(4..=7), draw.int(3..=6));
        let how = Distillation { alpha: 0.0, epochs, batch_size, learning_rate: rate, ..HOW };
        let labels = vec![1; count];
        let teacher = nearly_silent(draw);
        let (after, _) = code.distill(student.clone(), teacher, inputs, labels, how)?;
        // Half of the peak while the rate rises, and behind that the mean of a cosine from the peak to a twentieth.
        let steps = (count.div_ceil(batch_size) * epochs) as f64;
        let rising = (steps / 20.0).floor();
        let expected = rate * (rising / 2.0 + (steps - rising) * 1.05 / 2.0);
        let message = "a bias whose gradient keeps its sign should move by the sum of the learning rates: one for each \
                       batch of each pass, rising to the peak and falling to a twentieth along a cosine";
        check::close(message, bias_movement(&student, &after), expected, 0.05, 0.0)?;
    }
    Ok(())
}

fn distilling_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (inputs, labels) = Sectors::draw(draw).points(20, draw);
    let (student, teacher) = (mlp(&[2, 4, 3], draw), mlp(&[2, 6, 3], draw));
    let mut distill =
        |how| code.distill(student.clone(), teacher.clone(), inputs.clone(), labels.clone(), how);
    let result = distill(Distillation { epochs: 0, ..HOW });
    refuses("0 passes over the data", result, "BadValue", "distill")?;
    let result = distill(Distillation { batch_size: 0, ..HOW });
    check::returns_error("an empty batch should be refused", result, "Tensor")?;
    for how in [Distillation { temperature: 0.0, ..HOW }, Distillation { alpha: 2.0, ..HOW }] {
        let result = distill(how);
        let refused = matches!(result, Err(CallFailure::Returned(_)));
        check::that(refused, "what the loss refuses should be refused", || format!("{result:?}"))?;
    }
    Ok(())
}

/// Over many seeds the difference is 3.8 points on average, with a standard deviation of some 1.5.
fn distilled_student_reads_more_digits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let digits = HeldOut::all();
    let (mut alone, mut taught) = (0, 0);
    for _ in 0..5 {
        let Network::Net(student) = mlp(&[784, 16, 10], draw) else { unreachable!("an MLP") };
        let mut images: Vec<usize> = (0..1200).collect();
        draw.shuffle(&mut images);
        images.truncate(100);
        let seed = draw.bits();
        for (alpha, right) in [(0.0, &mut alone), (0.9, &mut taught)] {
            let how = Distillation {
                alpha,
                epochs: 100,
                batch_size: 64,
                learning_rate: 3e-3,
                seed,
                ..HOW
            };
            let scans = digits.scans.clone();
            let answers = code.distilled_digits(student.clone(), images.clone(), how, scans)?;
            *right += digits.right(&answers);
        }
    }
    let message = "five students should read more digits with the teacher than without";
    check::that(taught > alone, message, || format!("{alone} alone, {taught} taught"))?;
    let message = "five taught students should read 80 % of the digits";
    check::that(100 * taught >= 80 * 5 * digits.count(), message, || format!("{taught}"))
}
