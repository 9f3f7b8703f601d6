//! The executable around the student's crate, without the tasks whose public signatures do not fit.

use super::compile_failure::failure_of;
use super::rustc::{BuildKind, RustcJob, RustcRun};
use super::timed_build::kernels_main;
use super::{BuildFailure, CompileOutcome, Compiler, write};
use crate::fault::{Fault, Result};
use crate::kit;
use crate::setup::TimedSetup;
use grader_model::{CompileProblem, Outcome};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What the executable is called that asks the build for speed what the other build was asked.
const AGAIN: &str = "again";

/// The crate of the driver and the kernels as the audit looks at them.
pub(super) const CALLERS: &str = "callers";
/// Where these begin.
pub(super) const CALLER_MAINS: [&str; 2] = ["grader_main", "grader_main_of_kernels"];

impl Compiler<'_> {
    /// The executable around it, without the tasks in `missing`.
    pub(super) fn driver(&self, work: &Path, missing: &BTreeSet<String>) -> Result<RustcRun> {
        self.driver_called("driver", BuildKind::Checked, work, missing)
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
    ) -> Result<CompileOutcome> {
        let run = self.driver_called(AGAIN, BuildKind::AroundFast, work, missing)?;
        match failure_of(&run, "src/lib.rs") {
            Some(failure) => Ok(CompileOutcome::Failed(failure)),
            None => take(work, AGAIN, Vec::new()),
        }
    }

    fn driver_called(
        &self,
        name: &str,
        build: BuildKind,
        work: &Path,
        missing: &BTreeSet<String>,
    ) -> Result<RustcRun> {
        let folder = work.join("driver");
        self.write_driver(&folder)?;
        let main = self.driver_main("fn main()");
        write(&folder.join("main.rs"), main.as_bytes())?;
        self.around_driver(RustcJob::executable(name, &folder, &work.join("out"), build))
            .without(self.module.tasks, missing)
            .run(self)
    }

    fn write_driver(&self, folder: &Path) -> Result<()> {
        let files = &self.module.driver_files;
        files.iter().try_for_each(|(name, bytes)| write(&folder.join(name), bytes))
    }

    fn driver_main(&self, function: &str) -> String {
        let contract = kit::contract_crate(&self.module.slug);
        format!(
            "#![allow(unexpected_cfgs)]\n#[macro_use]\nextern crate {contract} as contract;\nmod driver;\n\
             {function} -> std::io::Result<()> {{\n    grader_driver::serve(|| {{\n        \
             let mut student = driver::Student::default();\n        \
             move |request: &[u8]| contract::dispatch(&mut student, request)\n    }})\n}}\n"
        )
    }

    pub(super) fn around_driver(&self, job: RustcJob) -> RustcJob {
        job.with_kit(&kit::contract_crate(&self.module.slug))
            .with_course_data(self.kit)
            .with_kit("grader_driver")
            .with_kit("grader_protocol")
            .with_foundation(self.kit)
            .with_student(&self.module.crate_name())
    }

    /// The object file of all that calls the student's crate: `callers.o`. Without any pass of the optimizer, not even the
    /// one for `#[inline(always)]`, so that each function keeps its name and each call is a call. `roots` is the file
    /// `roots.rs`.
    pub(super) fn caller_object(
        &self,
        work: &Path,
        missing: &BTreeSet<String>,
        kernels: Option<&TimedSetup>,
        roots: &str,
    ) -> Result<RustcRun> {
        let folder = work.join("callers");
        self.write_driver(&folder)?;
        let mut main = self.driver_main(&exported(CALLER_MAINS[0]));
        // Nothing may pass from one request to the next that the audit does not see.
        main += "mod roots;\nconst _: () = assert!(std::mem::size_of::<driver::Student>() == 0);\n";
        write(&folder.join("roots.rs"), roots.as_bytes())?;
        if let Some(timed) = kernels {
            write(&folder.join("kernels.rs"), &timed.kernels)?;
            main += &kernels_main(&exported(CALLER_MAINS[1]));
        }
        write(&folder.join("lib.rs"), main.as_bytes())?;
        self.around_driver(RustcJob::object(
            CALLERS,
            &folder,
            &work.join("out"),
            BuildKind::Checked,
        ))
        .flag("-Cno-prepopulate-passes")
        .with_plain_calls()
        .without(self.module.tasks, missing)
        .run(self)
    }
}

/// Takes the driver out of the folder that the confined compiler could write.
pub(super) fn take_driver(work: &Path, problems: Vec<CompileProblem>) -> Result<CompileOutcome> {
    take(work, "driver", problems)
}

/// Takes an executable out of the folder that the confined compiler could write. A linker that was
/// talked into leaving a link there must not make the grader start what it points to.
fn take(work: &Path, name: &str, problems: Vec<CompileProblem>) -> Result<CompileOutcome> {
    let made = work.join("out").join(name);
    let taken = work.join(format!("{name}.bin"));
    let failed = |error: std::io::Error| Fault::file("taking", &made, &error);
    if !fs::symlink_metadata(&made).map_err(failed)?.is_file() {
        return Ok(CompileOutcome::Failed(BuildFailure { outcome: Outcome::Refused, problems }));
    }
    fs::rename(&made, &taken).map_err(failed)?;
    Ok(CompileOutcome::Driver { path: taken, problems })
}

fn exported(main: &str) -> String {
    format!("#[unsafe(no_mangle)] pub fn {main}()")
}
