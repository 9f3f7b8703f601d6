//! Measuring again what could not be decided beside others, now that nothing else runs.

use super::{ClassRun, Done, Kept, Origin};
use crate::assemble::measured_again;
use crate::build::build;
use crate::collect::Found;
use crate::compile::Compiled;
use crate::early_end::EarlyEnd;
use crate::executable::{ExecutableShelf, KeptExecutable};
use crate::fault::Result;
use crate::lane::lane;
use crate::scratch;
use crate::session::GradingSession;
use crate::timing::{MeasurementPlan, measure};
use grader_model::Grade;
use std::sync::atomic::Ordering;

impl ClassRun<'_> {
    /// Measures the open cases of this run once more. What is then still undecided stays so. Nothing is judged again:
    /// the inputs are those of the first grading, whose seed is kept.
    pub(super) fn measure_again(
        &self,
        found: &[Found],
        done: Vec<Done>,
        shelf: &ExecutableShelf,
    ) -> Vec<Done> {
        done.into_iter().map(|one| self.newest(found, one, shelf)).collect()
    }

    /// The result of another measurement, or `one` if there is none.
    fn newest(&self, found: &[Found], one: Done, shelf: &ExecutableShelf) -> Done {
        let is_open = one.origin == Origin::Graded && one.open;
        if !is_open || self.stop.load(Ordering::Relaxed) {
            return one;
        }
        let student = one.kept.student();
        let Some(found) = found.iter().find(|found| found.student == student) else { return one };
        match self.measured(found, &one.kept, shelf) {
            // A fault of ours must not take the place of a grade.
            Ok(Some(grade)) if grade.points.is_some() => self.keep(&grade, Origin::Graded),
            Ok(_) | Err(_) => one,
        }
    }

    /// The grade at `kept` with its open cases measured; `None` if the submission is no longer the same.
    fn measured(
        &self,
        found: &Found,
        kept: &Kept,
        shelf: &ExecutableShelf,
    ) -> Result<Option<Grade>, EarlyEnd> {
        let grade = match kept {
            Kept::Here(grade) => (**grade).clone(),
            Kept::Stored { number, .. } => self.store.read(*number)?,
        };
        let seed = *grade.provenance.seed.for_instructor();
        let session = GradingSession { grader: self.grader, seed, stop: self.stop };
        let executable = match shelf.take(&found.student) {
            Some(executable) => Some(executable),
            None => built_again(&session, found, &grade.submission.content_hash)?,
        };
        let Some(executable) = executable else { return Ok(None) };
        let plan = MeasurementPlan::again(self.grader, &grade, executable.path())?;
        let timing = measure(&session, plan)?;
        Ok(Some(measured_again(grade, timing, &self.grader.module.rubric)))
    }
}

/// The executable of a submission that was not kept; `None` if its content has changed since.
fn built_again(
    session: &GradingSession<'_>,
    found: &Found,
    content_hash: &str,
) -> Result<Option<KeptExecutable>, EarlyEnd> {
    let grader = session.grader;
    let Ok(sources) = grader.collect(found).sources else { return Ok(None) };
    if sources.content_hash != content_hash {
        return Ok(None);
    }
    let work = scratch::private_folder()?;
    let working = lane().working(grader.exclusive_width());
    let build = build(grader, &sources, work.path())?;
    drop(working);
    let Some(fast) = build.fast else { return Ok(None) };
    let Compiled::Driver { path, .. } = fast.compiled else { return Ok(None) };
    Ok(KeptExecutable::keep(&path))
}
