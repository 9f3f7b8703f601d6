//! Task `distill`: the loss.

use super::prelude::*;
use crate::contract::Distillation;
use crate::oracle::distill::{self, Lesson, Loss};
use course_oracle::values::{Row, Table};
use grader_protocol::CallFailure;

cases! { task "distill", client Client;
    /// The soft loss is the divergence that was asked for.
    soft_loss_follows_its_formula;
    /// Values and gradients are those of `PyTorch`.
    soft_loss_is_that_of_pytorch;
    /// A student who says the same has nothing to learn, and no loss is below `0`.
    soft_loss_of_equal_logits_is_zero;
    /// The loss is not symmetric: the teacher's probabilities are the weights.
    soft_loss_has_a_direction;
    /// The same examples twice have the same loss.
    soft_loss_is_a_mean_over_the_batch;
    /// At high temperatures the loss stays as large as it is: that of squared differences.
    soft_loss_keeps_its_size_at_high_temperatures;
    /// Its gradient is that of the formula.
    soft_loss_has_the_gradient after [soft_loss_follows_its_formula];
    /// The teacher gets no gradient.
    soft_loss_spares_the_teacher;
    /// Logits in the thousands give finite losses and gradients.
    soft_loss_stays_finite;
    /// Logits that do not fit together, and temperatures that do not exist, are refused.
    soft_loss_refuses;
    /// The whole loss mixes both parts, and so does its gradient.
    distillation_loss_mixes_both after [soft_loss_follows_its_formula];
    /// The whole loss is that of `PyTorch`.
    distillation_loss_is_that_of_pytorch after [soft_loss_is_that_of_pytorch];
    /// Without the teacher it is the cross entropy, and without the labels the soft loss.
    distillation_loss_has_two_ends after [soft_loss_follows_its_formula];
    /// Shares of the teacher below `0`, above `1` or NaN are refused, and labels that do not exist.
    distillation_loss_refuses;
}

pub const HOW: Distillation = Distillation {
    temperature: 4.0,
    alpha: 0.9,
    epochs: 2,
    batch_size: 8,
    learning_rate: 0.01,
    seed: 1,
};

fn lesson(draw: &mut Draw) -> Lesson {
    let shape = [draw.int(2..=6), draw.int(3..=10)];
    let count = shape[0] * shape[1];
    let logits = |draw: &mut Draw| normals(draw, count).iter().map(|x| 2.0 * x).collect();
    let (student, teacher) = (logits(draw), logits(draw));
    let labels = (0..shape[0]).map(|_| draw.int(0..=shape[1] - 1)).collect();
    Lesson { shape, student, teacher, labels }
}

/// A loss as a number, and the student's gradient.
type Answer = Result<(Array, Option<Array>, Option<Array>), CallFailure>;

fn is(answer: Answer, expected: &Loss, relative: f64) -> CaseVerdict {
    let (loss, gradient, _) = answer?;
    check::equal("the loss should be one number", &elements(&loss).1.len(), &1)?;
    check::close("the loss", f64::from(loss.data.0[0]), expected.0, relative, 1e-5)?;
    let Some(gradient) = gradient else {
        return Err(wrong("the student should get a gradient", "there is none"));
    };
    let got = wide(&gradient.data.0);
    check::all_close("the gradient of the student's logits", &got, &expected.1, 1e-3, 1e-5)
}

fn soft(code: &mut Client, of: &Lesson, temperature: f64) -> Answer {
    let logits = |numbers: &Vec<f32>| rows(&of.shape, numbers.clone());
    code.soft_loss(logits(&of.student), logits(&of.teacher), temperature)
}

fn both(code: &mut Client, of: &Lesson, temperature: f64, alpha: f64) -> Answer {
    let logits = |numbers: &Vec<f32>| rows(&of.shape, numbers.clone());
    let how = Distillation { temperature, alpha, ..HOW };
    code.distillation_loss(logits(&of.student), logits(&of.teacher), of.labels.clone(), how)
}

fn number(answer: Answer) -> Result<f64, CallFailure> {
    let (loss, _, _) = answer?;
    Ok(loss.data.0.first().map_or(f64::NAN, |x| f64::from(*x)))
}

fn soft_loss_follows_its_formula(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..6 {
        let (of, temperature) = (lesson(draw), draw.real(0.5, 8.0));
        let got = number(soft(code, &of, temperature))?;
        check::close("the soft loss", got, distill::soft(&of, temperature).0, 1e-4, 1e-5)?;
    }
    Ok(())
}

fn outside(row: &Row) -> Lesson {
    Lesson {
        shape: [row.one("batch"), row.one("classes")],
        student: row.list("student"),
        teacher: row.list("teacher"),
        labels: row.list("labels"),
    }
}

fn table() -> Vec<Row> {
    Table::read(include_str!("../oracle/values/distillation.csv")).rows
}

fn soft_loss_is_that_of_pytorch(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    for row in table() {
        let expected = (row.one("soft"), row.list("soft_gradient"));
        is(soft(code, &outside(&row), row.one("temperature")), &expected, 1e-4)?;
    }
    Ok(())
}

fn distillation_loss_is_that_of_pytorch(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    for row in table() {
        let expected = (row.one("loss"), row.list("gradient"));
        let answer = both(code, &outside(&row), row.one("temperature"), row.one("alpha"));
        is(answer, &expected, 1e-4)?;
    }
    Ok(())
}

fn soft_loss_of_equal_logits_is_zero(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut of = lesson(draw);
    let loss = number(soft(code, &of, 3.0))?;
    check::that(loss > 0.0, "another student has a loss", || loss.to_string())?;
    of.student.clone_from(&of.teacher);
    check::close("nothing is left to learn", number(soft(code, &of, 3.0))?, 0.0, 0.0, 1e-5)?;
    // A constant for each row changes no probability.
    for row in of.student.chunks_mut(of.shape[1]) {
        let shift = draw.real(-5.0, 5.0) as f32;
        for x in row {
            *x += shift;
        }
    }
    check::close("nothing is left to learn", number(soft(code, &of, 3.0))?, 0.0, 0.0, 1e-4)
}

fn soft_loss_has_a_direction(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // A teacher who is sure, and a student who is not.
    let sure = draw.real(3.0, 5.0) as f32;
    let one = Lesson {
        shape: [1, 3],
        student: vec![0.0, 0.0, 0.0],
        teacher: vec![sure, 0.0, 0.0],
        labels: vec![0],
    };
    let mut other = one.clone();
    std::mem::swap(&mut other.student, &mut other.teacher);
    for of in [one, other] {
        let got = number(soft(code, &of, 1.0))?;
        let message = "the teacher's probabilities should be the weights of the divergence";
        check::close(message, got, distill::soft(&of, 1.0).0, 1e-4, 1e-6)?;
    }
    Ok(())
}

fn soft_loss_is_a_mean_over_the_batch(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let of = lesson(draw);
    let mut twice = of.clone();
    twice.shape[0] *= 2;
    twice.student.extend_from_slice(&of.student);
    twice.teacher.extend_from_slice(&of.teacher);
    let expected = number(soft(code, &of, 2.0))?;
    check::close("the same examples twice", number(soft(code, &twice, 2.0))?, expected, 1e-4, 0.0)
}

/// The limit is the squared difference of centred logits, divided by twice the number of classes.
fn soft_loss_keeps_its_size_at_high_temperatures(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let of = lesson(draw);
    let [batch, classes] = of.shape;
    let centred = |row: &[f32]| {
        let mean = row.iter().map(|x| f64::from(*x)).sum::<f64>() / classes as f64;
        row.iter().map(|x| f64::from(*x) - mean).collect::<Vec<_>>()
    };
    let pairs = of.student.chunks(classes).zip(of.teacher.chunks(classes));
    let squares: f64 = pairs
        .flat_map(|(s, t)| centred(s).into_iter().zip(centred(t)))
        .map(|(s, t)| (s - t).powi(2))
        .sum();
    let limit = squares / (2 * classes * batch) as f64;
    let got = number(soft(code, &of, 60.0))?;
    check::close("the loss at a high temperature", got, limit, 0.12, 0.0)
}

fn soft_loss_has_the_gradient(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let (of, temperature) = (lesson(draw), draw.real(0.5, 8.0));
        is(soft(code, &of, temperature), &distill::soft(&of, temperature), 1e-4)?;
    }
    Ok(())
}

fn soft_loss_spares_the_teacher(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let of = lesson(draw);
    for answer in [soft(code, &of, 2.0), both(code, &of, 2.0, 0.5)] {
        let (_, _, teacher) = answer?;
        let silent = teacher.as_ref().is_none_or(|of| of.data.0.iter().all(|x| *x == 0.0));
        check::that(silent, "the teacher should get no gradient", || format!("{teacher:?}"))?;
    }
    Ok(())
}

fn soft_loss_stays_finite(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let large = draw.real(2_000.0, 9_000.0) as f32;
    let of = Lesson {
        shape: [2, 3],
        student: vec![large, 0.0, -large, 0.0, -large, large],
        teacher: vec![large, -large, 0.0, 0.0, large, -large],
        labels: vec![0, 1],
    };
    for temperature in [1.0, 4.0] {
        is(soft(code, &of, temperature), &distill::soft(&of, temperature), 1e-4)?;
    }
    Ok(())
}

fn soft_loss_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let of = lesson(draw);
    let [batch, classes] = of.shape;
    for temperature in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let result = soft(code, &of, temperature);
        refuses("a temperature is above 0 and finite", result, "BadValue", "soft_loss")?;
    }
    let student = rows(&of.shape, of.student.clone());
    for shape in [[batch + 1, classes], [batch, classes + 1]] {
        let other = rows(&shape, normals(draw, shape[0] * shape[1]));
        let result = code.soft_loss(student.clone(), other, 1.0);
        let named = format!("soft_loss: {:?} and {shape:?}", of.shape);
        refuses("logits of other shapes", result, "ShapeMismatch", &named)?;
    }
    // As many numbers in another shape.
    let (wide, narrow) = (rows(&[2, 6], normals(draw, 12)), rows(&[4, 3], normals(draw, 12)));
    let result = code.soft_loss(wide, narrow, 1.0);
    refuses("logits of other shapes", result, "ShapeMismatch", "soft_loss: [2, 6] and [4, 3]")?;
    let row = || rows(&[4], vec![1.0, 2.0, 3.0, 4.0]);
    let result = code.soft_loss(row(), row(), 1.0);
    refuses("logits have two axes", result, "BadValue", "soft_loss")
}

pub fn distillation_loss_mixes_both(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..5 {
        let (of, temperature, alpha) = (lesson(draw), draw.real(0.5, 6.0), draw.real(0.1, 0.9));
        let expected = distill::both(&of, temperature, alpha);
        is(both(code, &of, temperature, alpha), &expected, 1e-4)?;
    }
    Ok(())
}

fn distillation_loss_has_two_ends(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let of = lesson(draw);
    is(both(code, &of, 3.0, 0.0), &distill::hard(&of), 1e-4)?;
    is(both(code, &of, 3.0, 1.0), &distill::soft(&of, 3.0), 1e-4)
}

fn distillation_loss_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut of = lesson(draw);
    for alpha in [-0.1, 1.1, f64::NAN] {
        let result = both(code, &of, 2.0, alpha);
        refuses("a share is 0 to 1", result, "BadValue", "distillation_loss")?;
    }
    refuses("a temperature of 0", both(code, &of, 0.0, 0.5), "BadValue", "soft_loss")?;
    of.labels[0] = of.shape[1];
    let result = both(code, &of, 2.0, 0.5);
    check::returns_error("a class that does not exist should be refused", result, "Tensor")
}
