//! The drivers around a submission, without starting them.

use crate::collect::Sources;
use crate::compile::Compiled;
use crate::fault::Result;
use crate::grade::Grader;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

impl Grader {
    /// Builds what grading `sources` starts, below `work`: the driver of the cases, and the one that is
    /// measured, if the module has timed cases. For a suite that searches them for secrets.
    ///
    /// # Errors
    /// Only faults of ours. Of what does not compile there is no driver.
    #[doc(hidden)]
    pub fn drivers(&self, sources: &Sources, work: &Path) -> Result<Vec<PathBuf>> {
        let compiler = self.compiler();
        let mut compiled = vec![compiler.compile(sources, work)?.compiled];
        if let Some(timed) = &self.module.timed {
            let files = self.module.with_stubs(&sources.files);
            let fast = work.join("fast");
            let built = compiler.compile_for_speed(timed, &files, &BTreeSet::new(), &fast)?;
            compiled.push(built.compiled);
        }
        let driver = |one| match one {
            Compiled::Driver { path, .. } => Some(path),
            Compiled::Failed { .. } => None,
        };
        Ok(compiled.into_iter().filter_map(driver).collect())
    }
}
