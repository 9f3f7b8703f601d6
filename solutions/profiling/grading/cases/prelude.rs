//! Shared imports and helpers of the case files.

pub use crate::contract::{self, Client};
pub use crate::oracle::scipy::{SCIPY, t_975};
pub use crate::oracle::statistics::{deviation, fewest_successes, mean, percentile, sorted};
use grader_judge::Failure;
pub use grader_judge::{CaseVerdict, Draw, cases, check};

/// The allowed rounding error of a correct answer: a thousand times the error of sums of a
/// hundred terms in f64, and a thousandth of the effect of any mistake.
pub const ROUNDING: f64 = 1e-9;

/// The allowed probability that a correct submission fails a simulation.
pub const RISK: f64 = 1e-10;

/// `count` positive times in random order, skewed to the right as real times are: lognormal
/// around a millisecond.
pub fn times(draw: &mut Draw, count: usize) -> Vec<f64> {
    (0..count).map(|_| 1e-3 * (0.4 * draw.normal()).exp()).collect()
}

/// Names a likely mistake: the message of the first of `mistakes` that applies replaces that
/// of a wrong answer. A correct answer always passes.
pub fn diagnosed(verdict: CaseVerdict, mistakes: &[(bool, &'static str)]) -> CaseVerdict {
    let known = mistakes.iter().find(|(applies, _)| *applies);
    verdict.map_err(|failure| match (failure, known) {
        (Failure::Wrong { detail, .. }, Some((_, message))) => Failure::Wrong { message, detail },
        (failure, _) => failure,
    })
}

/// Whether two numbers are the same except for rounding.
pub fn same(a: f64, b: f64) -> bool {
    check::close("same", a, b, ROUNDING, 0.0).is_ok()
}

/// The text of a snapshot file, without its header and the final newline.
pub fn snapshot(file: &'static str) -> &'static str {
    let text = file.splitn(3, "---\n").nth(2).unwrap_or(file);
    text.strip_suffix('\n').unwrap_or(text)
}

/// Compares `text` with `grading/snapshots/<name>.snap`; `INSTA_UPDATE=always` rewrites it.
#[cfg(test)]
pub fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
