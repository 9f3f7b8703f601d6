//! A progress bar in the terminal, and a line for each epoch.

use std::cell::RefCell;
use std::rc::Rc;

use indicatif::{ProgressBar, ProgressStyle};
use tinytorch::train::{EpochRecord, History, Plan, Progress, StepReport};

/// The loss of each step, shared between the bar that receives it and the curve
/// that is drawn at the end.
pub type StepLosses = Rc<RefCell<Vec<(u64, f64)>>>;

/// Draws the progress of a training. Without a terminal, only the lines are
/// printed.
pub struct TrainingBar {
    drawn: ProgressBar,
    epochs: usize,
    losses: StepLosses,
}

impl TrainingBar {
    /// A bar with this title, which also collects the loss of each step.
    pub fn new(title: &str, losses: &StepLosses) -> Self {
        let template = "{prefix:.bold} [{bar:30}] step {pos}/{len}  {msg}  {eta} left";
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ");
        let drawn = ProgressBar::new(0).with_style(style).with_prefix(title.to_string());
        Self { drawn, epochs: 0, losses: Rc::clone(losses) }
    }
}

impl Progress for TrainingBar {
    fn start(&mut self, plan: &Plan) {
        self.epochs = plan.epochs;
        self.drawn.set_length((plan.epochs * plan.steps_per_epoch) as u64);
        self.drawn.set_position(plan.steps_done);
        // The steps before a resume took no time in this run.
        self.drawn.reset_eta();
    }

    fn step(&mut self, report: &StepReport) {
        self.losses.borrow_mut().push((report.step, report.loss));
        self.drawn.set_position(report.step + 1);
        self.drawn.set_message(format!("loss {:.4}", report.loss));
    }

    fn epoch(&mut self, record: &EpochRecord) {
        self.drawn.suspend(|| println!("{}", line(record, self.epochs)));
    }

    fn finish(&mut self, _history: &History) {
        self.drawn.finish_and_clear();
    }
}

/// `epoch  3/20: loss 0.1234, validation loss 0.1500, accuracy 95.2 %`
fn line(record: &EpochRecord, epochs: usize) -> String {
    let width = epochs.to_string().len();
    let validation = record.validation.map_or(String::new(), |score| {
        let accuracy = score.accuracy.map(|share| format!(", accuracy {:.2} %", 100.0 * share));
        format!(", validation loss {:.4}{}", score.loss, accuracy.unwrap_or_default())
    });
    let (epoch, loss) = (record.epoch + 1, record.train_loss);
    format!("epoch {epoch:width$}/{epochs}: loss {loss:.4}{validation}")
}
