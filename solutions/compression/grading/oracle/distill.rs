//! The losses of distillation and their gradients, in `f64`.

/// Logits `[batch, classes]` of student and teacher, and the labels.
#[derive(Clone, Debug)]
pub struct Lesson {
    pub shape: [usize; 2],
    pub student: Vec<f32>,
    pub teacher: Vec<f32>,
    pub labels: Vec<usize>,
}

/// Logarithms of the softmax of a row divided by the temperature.
fn log_softmax(row: &[f32], temperature: f64) -> Vec<f64> {
    let row: Vec<f64> = row.iter().map(|x| f64::from(*x) / temperature).collect();
    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum = row.iter().map(|x| (x - largest).exp()).sum::<f64>().ln() + largest;
    row.iter().map(|x| x - sum).collect()
}

/// A loss and its gradient for the student's logits.
pub type Loss = (f64, Vec<f64>);

/// `T^2 KL(teacher || student)`, the mean over the batch; its gradient is `T (q - p)`, divided by the batch.
pub fn soft(of: &Lesson, temperature: f64) -> Loss {
    let [batch, classes] = of.shape;
    let (mut loss, mut gradient) = (0.0, Vec::new());
    for (student, teacher) in of.student.chunks(classes).zip(of.teacher.chunks(classes)) {
        let learned = log_softmax(student, temperature);
        let taught = log_softmax(teacher, temperature);
        for (q, p) in learned.iter().zip(&taught) {
            loss += temperature * temperature * p.exp() * (p - q) / batch as f64;
            gradient.push(temperature * (q.exp() - p.exp()) / batch as f64);
        }
    }
    (loss, gradient)
}

/// Cross entropy, the mean over the batch.
pub fn hard(of: &Lesson) -> Loss {
    let [batch, classes] = of.shape;
    let (mut loss, mut gradient) = (0.0, Vec::new());
    for (student, label) in of.student.chunks(classes).zip(&of.labels) {
        let learned = log_softmax(student, 1.0);
        loss -= learned[*label] / batch as f64;
        let target = |class: usize| f64::from(u8::from(class == *label));
        gradient.extend((0..classes).map(|at| (learned[at].exp() - target(at)) / batch as f64));
    }
    (loss, gradient)
}

/// `(1 - alpha) hard + alpha soft`.
pub fn both(of: &Lesson, temperature: f64, alpha: f64) -> Loss {
    let ((hard, a), (soft, b)) = (hard(of), soft(of, temperature));
    let mixed = a.iter().zip(&b).map(|(a, b)| (1.0 - alpha) * a + alpha * b).collect();
    ((1.0 - alpha) * hard + alpha * soft, mixed)
}
