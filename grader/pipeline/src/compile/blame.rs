//! Whose doing it is when a driver does not compile and no probe says why.

use super::rustc::{Build, Job, Run};
use super::{Compiled, Compiler, diagnostics, write};
use crate::fault::{Fault, Result};
use grader_model::{CompileProblem, Outcome};
use grader_sandbox::End;
use std::path::Path;

impl Compiler<'_> {
    /// Whatever a student's public items are, their shapes are probed; so a driver that fits no probe's
    /// explanation is ours to look at, unless a given item is missing, or the crate cannot be linked to
    /// anything: a second allocator makes no error before there is an executable.
    pub(super) fn unexplained(
        &self,
        work: &Path,
        driver: &Run,
        problems: Vec<CompileProblem>,
    ) -> Result<Compiled> {
        if !problems.is_empty() {
            return Ok(Compiled::Failed { outcome: Outcome::CompileError, problems });
        }
        let linked = self.empty_program(work, true)?;
        let without = self.empty_program(work, false)?;
        if linked.end != End::Exited(0) && without.end == End::Exited(0) {
            let problems = diagnostics::problems(&linked.diagnostics);
            return Ok(Compiled::Failed { outcome: Outcome::CompileError, problems });
        }
        Err(Fault::new(format!(
            "the driver of `{}` does not compile against this submission, and no probe of \
             hidden/surface.rs says why:\n{}",
            self.module.slug,
            driver.rendered()
        ))
        .help("add the missing probe to hidden/surface.rs"))
    }

    /// An executable that calls nothing, around the student's crate or without it.
    fn empty_program(&self, work: &Path, student: bool) -> Result<Run> {
        let name = self.module.crate_name();
        let uses = if student { format!("extern crate {name} as _;\n") } else { String::new() };
        let folder = work.join("empty");
        let main = format!("{uses}extern crate grader_driver as _;\nfn main() {{}}\n");
        write(&folder.join("main.rs"), main.as_bytes())?;
        let job = Job::executable("empty", &folder, &work.join("out"), Build::Checked)
            .with_kit("grader_driver")
            .with_kit("tinytorch");
        if student { job.with_student(&name).run(self) } else { job.run(self) }
    }
}
