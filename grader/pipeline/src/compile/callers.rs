//! The call audit of the code around the functions that a student must have written. The course's driver and kernels also
//! reach constructors, constants and threads of the student's, which could compute the result or hold a pointer to it.

use super::blame::problem_of;
use super::call_audit::{AuditRoot, address_of, made, symbols_of, unreadable};
use super::checked_lines::CheckedLines;
use super::compile_failure::limits_of;
use super::driver::{CALLER_MAINS, CALLERS};
use super::refusal::FunctionRefusal;
use super::{BuildError, BuildFailure, CallAudit, Compiler};
use crate::fault::{Fault, Result};
use crate::kit::{self, Kit};
use crate::setup::TimedSetup;
use grader_call_audit::{CourseCallers, FunctionGroup, IndirectFinding, ProgramGraph, WalkRules};
use grader_course::config::LinksRubric;
use grader_model::CompileProblem;
use grader_sandbox::ProcessEnd;
use std::collections::BTreeSet;
use std::path::Path;

/// The crates of the kit that no student's code can use.
const RUNTIME: [&str; 6] = [
    "grader_driver",
    "grader_protocol",
    "grader_sandbox_inherited",
    "postcard",
    "serde",
    "serde_core",
];

/// The names by which the audit knows the course's own code around a submission.
pub(super) struct CourseNames {
    contract: String,
    crates: Vec<String>,
}

impl CourseNames {
    pub(super) fn of(slug: &str, kit: &Kit) -> Self {
        let contract = kit::contract_crate(slug);
        let mut crates = vec![CALLERS.to_owned(), contract.clone()];
        crates.extend(kit.course_data.clone());
        crates.extend(RUNTIME.map(str::to_owned));
        Self { contract, crates }
    }

    pub(super) fn callers(&self) -> CourseCallers<'_> {
        let (krate, contract) = (CALLERS, &*self.contract);
        CourseCallers { krate, contract, mains: &CALLER_MAINS, crates: &self.crates }
    }
}

/// The object file of the callers, `callers.o`.
pub(super) struct CallersObject {
    object: Vec<u8>,
    /// The functions without an address: generic ones, those with another signature.
    pub(super) generic: BTreeSet<usize>,
    /// Why the kernels are not in it.
    pub(super) without_kernels: Option<CompileProblem>,
}

impl Compiler<'_> {
    /// Compiles all that calls the crate that was built below `work`, and what takes the address of each root; again
    /// without roots that have none, and without kernels that do not compile.
    ///
    /// # Errors
    /// The submission's own failure, or a fault of ours.
    pub(super) fn callers(
        &self,
        work: &Path,
        missing: &BTreeSet<String>,
        kernels: Option<&TimedSetup>,
        roots: &[AuditRoot],
    ) -> Result<CallersObject, BuildError> {
        let mut addresses = self.addresses(roots);
        let mut kernels = kernels;
        let mut without_kernels = None;
        loop {
            let (run, _) = addresses
                .compile("roots.rs", |text| self.caller_object(work, missing, kernels, text))?;
            if run.end == ProcessEnd::Exited(0) {
                let object = made(&work.join("out").join(format!("{CALLERS}.o")))?;
                let generic = addresses.failed().clone();
                let called = |object| CallersObject { object, generic, without_kernels };
                return object.map(called).ok_or_else(|| BuildFailure::tampered().into());
            }
            if let Some(stopped) = limits_of(&run) {
                return Err(stopped.into());
            }
            if kernels.take().is_some() {
                without_kernels = Some(problem_of(&run, None));
            } else {
                // Only the student's crate differs from one submission to the next: what the compiler makes
                // of it is not a fault of ours where the course's own code has addresses.
                self.control(work)?;
                let problems = vec![problem_of(&run, None)];
                return Err(BuildFailure::of_code(problems).into());
            }
        }
    }

    /// For each root a function that gives its address.
    fn addresses(&self, roots: &[AuditRoot]) -> CheckedLines {
        let krate = self.module.crate_name();
        let line = |(at, root): (usize, &AuditRoot)| {
            let symbol = address_of(at);
            let function = &root.function;
            format!(
                "#[unsafe(no_mangle)] pub fn {symbol}() -> *const () {{ {krate}::{function} as *const () }}"
            )
        };
        CheckedLines::new(roots.iter().enumerate().map(line))
    }

    /// The callers and the student's crate together; `None` when the compiler left no file of that name.
    pub(super) fn called_program(
        &self,
        work: &Path,
        called: &CallersObject,
    ) -> Result<Option<ProgramGraph>> {
        let name = self.library_name();
        let Some(library) = made(&work.join("out").join(&name))? else { return Ok(None) };
        let files = [(CALLERS, &called.object[..]), (&name, &library[..])];
        ProgramGraph::read(&files).map(Some).map_err(|error| unreadable(&error))
    }

    /// What lies around the roots and leads to what is not allowed, except for tasks that `known` costs already.
    pub(super) fn around(
        &self,
        program: &ProgramGraph,
        rubric: &LinksRubric,
        roots: &[AuditRoot],
        known: &[FunctionRefusal],
    ) -> Result<Vec<FunctionRefusal>> {
        let symbols = symbols_of(roots);
        let own = self.module.crate_name();
        let allow = rubric.allowed().with_standard(self.toolchain.standard()?);
        let course = CourseNames::of(&self.module.slug, self.kit);
        let callers = Some(course.callers());
        let rules = WalkRules { own: &own, allow: &allow, roots: &symbols, callers };
        let groups: Vec<FunctionGroup> =
            rubric.own.keys().map(|task| group(task, rubric, roots)).collect();
        let mut charges = program.charges(&rules, &groups, &rubric.free_callers());
        // A task is told of the simplest one.
        charges.sort_by_key(|charge| charge.how);
        let mut told: BTreeSet<String> =
            known.iter().flat_map(|refusal| refusal.tasks.iter().cloned()).collect();
        let mut refusals = Vec::new();
        for IndirectFinding { lead, how, groups } in charges {
            let tasks: Vec<String> = groups.difference(&told).cloned().collect();
            if tasks.is_empty() {
                continue;
            }
            told.extend(tasks.iter().cloned());
            let function = lead.through.first().cloned().unwrap_or_default();
            refusals.push(FunctionRefusal { function, tasks, lead: Some(lead), around: Some(how) });
        }
        Ok(refusals)
    }

    /// The same for kernels without the tasks in `missing`, around the crate that was built below `work`.
    pub(super) fn around_kernels(
        &self,
        links: &CallAudit,
        rubric: &LinksRubric,
        work: &Path,
        missing: &BTreeSet<String>,
    ) -> Result<KernelAudit> {
        let timed = self.module.timed.as_ref();
        // What cannot be audited does not count.
        let problem = match self.callers(work, missing, timed, &[]) {
            Ok(called) if called.without_kernels.is_none() => {
                let program = self.called_program(work, &called)?;
                let program =
                    program.ok_or_else(|| Fault::new("the library is no file any more"))?;
                let refusals = self.around(&program, rubric, &links.roots, &links.refusals)?;
                return Ok(KernelAudit { refusals, misfits: Vec::new() });
            }
            Ok(called) => called.without_kernels,
            Err(BuildError::Failed(failure)) => failure.problems.into_iter().next(),
            Err(BuildError::Fault(fault)) => return Err(fault),
        };
        let of_task =
            |task: &String| Some(CompileProblem { task: Some(task.clone()), ..problem.clone()? });
        let misfits = rubric.own.keys().filter_map(of_task).collect();
        Ok(KernelAudit { refusals: Vec::new(), misfits })
    }
}

/// The audit of kernels that do not compile with all tasks.
pub(super) struct KernelAudit {
    pub(super) refusals: Vec<FunctionRefusal>,
    /// A problem for each task, where the kernels cannot be audited at all.
    pub(super) misfits: Vec<CompileProblem>,
}

fn group(task: &str, rubric: &LinksRubric, roots: &[AuditRoot]) -> FunctionGroup {
    let of_task = |root: &&AuditRoot| root.tasks.iter().any(|of| of == task);
    let roots: Vec<AuditRoot> = roots.iter().filter(of_task).cloned().collect();
    let entries = rubric.callers.get(task).cloned().unwrap_or_default();
    FunctionGroup { name: task.to_owned(), entries, roots: symbols_of(&roots) }
}
