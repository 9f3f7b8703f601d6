//! The executable around the student's crate, without the tasks whose public signatures do not fit.

use super::blame::Around;
use super::fast::MAIN as KERNELS_MAIN;
use super::rustc::{Build, Job, Run};
use super::{Compiled, Compiler, write};
use crate::fault::{Fault, Result};
use crate::kit;
use grader_model::{CompileProblem, Outcome};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

impl Compiler<'_> {
    /// The executable around it, without the tasks in `missing`.
    pub(super) fn driver(&self, work: &Path, missing: &BTreeSet<String>) -> Result<Run> {
        let folder = work.join("driver");
        self.write_driver(&folder)?;
        let main = self.driver_main("fn main()");
        write(&folder.join("main.rs"), main.as_bytes())?;
        self.around_driver(Job::executable("driver", &folder, &work.join("out"), Build::Checked))
            .without(missing)
            .run(self)
    }

    fn write_driver(&self, folder: &Path) -> Result<()> {
        let files = &self.module.driver_files;
        files.iter().try_for_each(|(name, bytes)| write(&folder.join(name), bytes))
    }

    fn driver_main(&self, function: &str) -> String {
        let contract = kit::contract_crate(&self.module.slug);
        format!(
            "#![allow(unexpected_cfgs)]\nuse {contract} as contract;\nmod driver;\n\
             {function} -> std::io::Result<()> {{\n    grader_driver::serve(|| {{\n        \
             let mut student = driver::Student::default();\n        \
             move |request: &[u8]| contract::dispatch(&mut student, request)\n    }})\n}}\n"
        )
    }

    fn around_driver(&self, job: Job) -> Job {
        job.with_kit(&kit::contract_crate(&self.module.slug))
            .with_kit("grader_driver")
            .with_kit("grader_protocol")
            .with_kit("tinytorch")
            .with_student(&self.module.crate_name())
    }

    /// The object file of what calls the student's crate, `callers.o`, as the audit looks at it.
    pub(super) fn caller_object(
        &self,
        around: Around<'_>,
        work: &Path,
        missing: &BTreeSet<String>,
    ) -> Result<Run> {
        let function = "#[unsafe(no_mangle)] pub fn grader_main()";
        let folder = work.join("callers");
        let main = match around {
            Around::Driver => {
                self.write_driver(&folder)?;
                self.driver_main(function)
            }
            Around::Kernels(timed) => {
                write(&folder.join("kernels.rs"), &timed.kernels)?;
                KERNELS_MAIN.replace("fn main()", function)
            }
        };
        write(&folder.join("lib.rs"), main.as_bytes())?;
        self.around_driver(Job::object("callers", &folder, &work.join("out"), Build::Checked))
            .flag("-Cno-prepopulate-passes")
            .without(missing)
            .run(self)
    }
}

/// Takes the driver out of the folder that the confined compiler could write. A linker that was
/// talked into leaving a link there must not make the grader start what it points to.
pub(super) fn take_driver(work: &Path, problems: Vec<CompileProblem>) -> Result<Compiled> {
    let made = work.join("out/driver");
    let taken = work.join("driver.bin");
    let failed = |error: std::io::Error| Fault::file("taking", &made, &error);
    if !fs::symlink_metadata(&made).map_err(failed)?.is_file() {
        return Ok(Compiled::Failed { outcome: Outcome::Refused, problems });
    }
    fs::rename(&made, &taken).map_err(failed)?;
    Ok(Compiled::Driver { path: taken, problems })
}
