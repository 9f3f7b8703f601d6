//! The executable around the student's crate, without the tasks whose public signatures do not fit.

use super::ends::failure_of;
use super::rustc::{Build, Job, Run};
use super::{Compiled, Compiler, write};
use crate::fault::{Fault, Result};
use crate::kit;
use grader_model::{CompileProblem, Outcome};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// What the executable is called that asks the build for speed what the other build was asked.
const AGAIN: &str = "again";

impl Compiler<'_> {
    /// The executable around it, without the tasks in `missing`.
    pub(super) fn driver(&self, work: &Path, missing: &BTreeSet<String>) -> Result<Run> {
        self.driver_called("driver", Build::Checked, work, missing)
    }

    /// The same around the library that was built for speed below `work`: the very file that is linked into what is
    /// measured. `Err` inside is how the submission failed.
    ///
    /// # Errors
    /// Only faults of ours.
    pub fn driver_for_speed(
        &self,
        work: &Path,
        missing: &BTreeSet<String>,
        cpu: &mut Duration,
    ) -> Result<Compiled> {
        let run = self.driver_called(AGAIN, Build::AroundFast, work, missing)?;
        *cpu += run.cpu;
        failure_of(&run, "src/lib.rs").map_or_else(|| take(work, AGAIN, Vec::new()), Ok)
    }

    fn driver_called(
        &self,
        name: &str,
        build: Build,
        work: &Path,
        missing: &BTreeSet<String>,
    ) -> Result<Run> {
        let folder = work.join("driver");
        for (name, bytes) in &self.module.driver_files {
            write(&folder.join(name), bytes)?;
        }
        let contract = kit::contract_crate(&self.module.slug);
        let main = format!(
            "#![allow(unexpected_cfgs)]\nuse {contract} as contract;\nmod driver;\n\
             fn main() -> std::io::Result<()> {{\n    grader_driver::serve(|| {{\n        \
             let mut student = driver::Student::default();\n        \
             move |request: &[u8]| contract::dispatch(&mut student, request)\n    }})\n}}\n"
        );
        write(&folder.join("main.rs"), main.as_bytes())?;
        Job::executable(name, &folder, &work.join("out"), build)
            .with_kit(&contract)
            .with_kit("grader_driver")
            .with_kit("grader_protocol")
            .with_kit("tinytorch")
            .with_student(&self.module.crate_name())
            .without(missing)
            .run(self)
    }
}

/// Takes the driver out of the folder that the confined compiler could write.
pub(super) fn take_driver(work: &Path, problems: Vec<CompileProblem>) -> Result<Compiled> {
    take(work, "driver", problems)
}

/// Takes an executable out of the folder that the confined compiler could write. A linker that was
/// talked into leaving a link there must not make the grader start what it points to.
fn take(work: &Path, name: &str, problems: Vec<CompileProblem>) -> Result<Compiled> {
    let made = work.join("out").join(name);
    let taken = work.join(format!("{name}.bin"));
    let failed = |error: std::io::Error| Fault::file("taking", &made, &error);
    if !fs::symlink_metadata(&made).map_err(failed)?.is_file() {
        return Ok(Compiled::Failed { outcome: Outcome::Refused, problems });
    }
    fs::rename(&made, &taken).map_err(failed)?;
    Ok(Compiled::Driver { path: taken, problems })
}
