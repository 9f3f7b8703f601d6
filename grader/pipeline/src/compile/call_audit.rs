//! The call audit of both builds, before anything runs: it follows the calls of each function that the student must
//! have written.
//!
//! The compiler resolves the public names: a crate of ours takes the address of each function. A search by name would
//! be misled by a decoy of the same name or by a re-export under another one.

use super::callers::{CourseNames, KernelAudit};
use super::compile_failure::failure_of;
use super::refusal::FunctionRefusal;
use super::{BuildError, BuildFailure, BuildKind, Compiler};
use crate::collect::CollectedSources;
use crate::defence::DefenceLayer;
use crate::fault::{Fault, Result};
use grader_call_audit::{ForbiddenPath, ObjectError, ProgramGraph, WalkRules};
use grader_course::config::LinksRubric;
use grader_model::CompileProblem;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What was found out about a submission's functions.
#[derive(Debug, Default)]
pub struct CallAudit {
    /// Functions that are not the student's own.
    pub refusals: Vec<FunctionRefusal>,
    /// Functions that are not there, or have another signature: one problem for each task that this costs.
    pub misfits: Vec<CompileProblem>,
    /// The functions that were looked at.
    pub(super) roots: Vec<AuditRoot>,
    /// Where the submission was built, if the kernels do not compile with all of its tasks and were not looked at yet.
    without_kernels: Option<PathBuf>,
}

/// A function that is looked at.
#[derive(Clone, Debug)]
pub(super) struct AuditRoot {
    pub(super) function: String,
    pub(super) tasks: Vec<String>,
    /// What it is called in object files: the same in all builds.
    pub(super) symbols: Vec<String>,
}

impl Compiler<'_> {
    /// Looks at what was built below `work` for correctness, except for tasks in `missing`.
    ///
    /// # Errors
    /// The submission's failure where the compiler had to be stopped; a fault when the compiler's own output
    /// cannot be read.
    pub(super) fn links(
        &self,
        work: &Path,
        missing: &BTreeSet<String>,
    ) -> Result<CallAudit, BuildError> {
        let Some(rubric) = self.link_rubric() else { return Ok(CallAudit::default()) };
        let mut roots = roots_of(rubric, missing);
        let called = self.callers(work, missing, self.module.timed.as_ref(), &roots)?;
        let program = self.called_program(work, &called)?.ok_or_else(BuildFailure::tampered)?;
        let misfits = self.misfits_of_roots(work, &roots, &called.generic)?;
        let is_misfit = |root: &AuditRoot| {
            let costs = |task| misfits.iter().any(|one| one.task.as_ref() == Some(task));
            root.tasks.iter().all(costs)
        };
        let mut refusals = Vec::new();
        for (at, root) in roots.iter_mut().enumerate() {
            let symbols = program.referred(&address_of(at));
            root.symbols = symbols.into_iter().map(str::to_owned).collect();
            if called.generic.contains(&at) {
                // Whatever a misfit costs is not refused besides.
                if !is_misfit(root) {
                    refusals.push(root.refused(None));
                }
            } else if root.symbols.is_empty() {
                let what = format!("the address of `{}` leads nowhere", root.function);
                return Err(Fault::new(what).into());
            }
        }
        refusals.extend(self.refusals(&program, rubric, &roots)?);
        refusals.extend(self.around(&program, rubric, &roots, &refusals)?);
        // The nearest to the library first: the others lead there because of it.
        refusals.sort_by_key(|refusal| refusal.lead.as_ref().map_or(0, |lead| lead.through.len()));
        let without_kernels = called.without_kernels.map(|_| work.into());
        Ok(CallAudit { refusals, misfits, roots, without_kernels })
    }

    /// The functions without an address that no caller could use as it was handed out. The others are generic.
    fn misfits_of_roots(
        &self,
        work: &Path,
        roots: &[AuditRoot],
        without: &BTreeSet<usize>,
    ) -> Result<Vec<CompileProblem>> {
        if without.is_empty() {
            return Ok(Vec::new());
        }
        let mut misfits: Vec<CompileProblem> = Vec::new();
        for root in without.iter().filter_map(|at| roots.get(*at)) {
            let probe = self.module.probes.by_path(&root.function);
            for problem in self.misfits(work, probe.as_slice())? {
                let of_task =
                    |task: &String| CompileProblem { task: Some(task.clone()), ..problem.clone() };
                misfits.extend(root.tasks.iter().map(of_task));
            }
        }
        Ok(misfits)
    }

    /// Looks at what was built below `work` for speed, and adds what is new. A function that is not in this
    /// build (it was inlined into the course's own kernels) was looked at in the other, which is made of the
    /// same sources under the same configuration.
    ///
    /// `missing` are the tasks whose kernels are left out.
    ///
    /// # Errors
    /// When the compiler's own output cannot be read.
    pub fn with_links_for_speed(
        &self,
        links: CallAudit,
        missing: &BTreeSet<String>,
        work: &Path,
    ) -> Result<CallAudit> {
        let Some(rubric) = self.link_rubric() else { return Ok(links) };
        let name = self.library_name();
        let library = made(&work.join("out").join(&name))?
            .ok_or_else(|| Fault::new(format!("{name} is no file any more")))?;
        let program =
            ProgramGraph::read(&[(&name, &library)]).map_err(|error| unreadable(&error))?;
        let found = self.refusals(&program, rubric, &links.roots)?;
        let kernels = match &links.without_kernels {
            // The kernels did not compile with all tasks, so that they were not looked at.
            Some(checked) => self.around_kernels(&links, rubric, checked, missing)?,
            None => KernelAudit { refusals: Vec::new(), misfits: Vec::new() },
        };
        let mut refusals = links.refusals;
        for refusal in found.into_iter().chain(kernels.refusals) {
            let is_known = refusals.iter().any(|other| other.function == refusal.function);
            if !is_known {
                refusals.push(refusal);
            }
        }
        let misfits = links.misfits.into_iter().chain(kernels.misfits).collect();
        Ok(CallAudit { refusals, misfits, roots: links.roots, without_kernels: None })
    }

    /// Compiles `sources` below `work` for correctness and for speed, as a grading does, and audits both. Nothing is
    /// run.
    ///
    /// # Errors
    /// What the compiler said, when there is nothing to audit; or a fault of ours.
    pub fn audit(
        &self,
        sources: &CollectedSources,
        work: &Path,
    ) -> Result<Vec<FunctionRefusal>, BuildError> {
        let files = self.module.with_stubs(&sources.files);
        let (checked, fast) = (work.join("checked"), work.join("fast"));
        for (folder, build) in [(&checked, BuildKind::Checked), (&fast, BuildKind::Fast)] {
            let library = self.library(&files, folder, build)?;
            if let Some(failure) = failure_of(&library, "src/lib.rs") {
                return Err(failure.into());
            }
        }
        let links = self.links(&checked, &BTreeSet::new())?;
        Ok(self.with_links_for_speed(links, &BTreeSet::new(), &fast)?.refusals)
    }

    /// What may be linked, where the module asks.
    fn link_rubric(&self) -> Option<&LinksRubric> {
        self.module.rubric.links.as_ref().filter(|_| self.module.holds(DefenceLayer::LinkCheck))
    }

    fn refusals(
        &self,
        program: &ProgramGraph,
        rubric: &LinksRubric,
        roots: &[AuditRoot],
    ) -> Result<Vec<FunctionRefusal>> {
        let symbols = symbols_of(roots);
        let own = self.module.crate_name();
        let allow = rubric.allowed().with_standard(self.toolchain.standard()?);
        let course = CourseNames::of(&self.module.slug, self.kit);
        let callers = Some(course.callers());
        let rules = WalkRules { own: &own, allow: &allow, roots: &symbols, callers };
        let lead = |root: &AuditRoot| {
            let mut leads =
                root.symbols.iter().filter_map(|symbol| program.leads(symbol, &rules)).flatten();
            leads.next().map(|lead| root.refused(Some(lead)))
        };
        Ok(roots.iter().filter_map(lead).collect())
    }

    pub(super) fn library_name(&self) -> String {
        format!("lib{}.rlib", self.module.crate_name())
    }
}

impl AuditRoot {
    fn refused(&self, lead: Option<ForbiddenPath>) -> FunctionRefusal {
        FunctionRefusal {
            function: self.function.clone(),
            tasks: self.tasks.clone(),
            lead,
            around: None,
        }
    }
}

impl CallAudit {
    /// Whether the cases of `task` may run: nothing is wrong with its functions.
    pub fn admits(&self, task: &str) -> bool {
        self.of_task(task).is_none() && self.misfit(task).is_none()
    }

    /// The function of `task` that does not fit.
    pub fn misfit(&self, task: &str) -> Option<&CompileProblem> {
        self.misfits.iter().find(|problem| problem.task.as_deref() == Some(task))
    }

    /// Why cases of `task` are refused.
    pub fn of_task(&self, task: &str) -> Option<&FunctionRefusal> {
        self.refusals.iter().find(|refusal| refusal.tasks.iter().any(|of| of == task))
    }
}

/// The functions that are looked at, of tasks that are not missing.
fn roots_of(rubric: &LinksRubric, missing: &BTreeSet<String>) -> Vec<AuditRoot> {
    let is_there = |task: &&str| !missing.contains(*task);
    let roots = rubric.roots().filter(|(_, tasks)| tasks.iter().any(&is_there));
    roots
        .map(|(function, tasks)| AuditRoot {
            function: function.to_owned(),
            tasks: tasks.into_iter().filter(is_there).map(str::to_owned).collect(),
            symbols: Vec::new(),
        })
        .collect()
}

pub(super) fn symbols_of(roots: &[AuditRoot]) -> Vec<String> {
    roots.iter().flat_map(|root| root.symbols.clone()).collect()
}

pub(super) fn address_of(at: usize) -> String {
    format!("address_of_root_{at}")
}

/// The contents of a file that the confined compiler left. It could have left a link instead.
pub(super) fn made(path: &Path) -> Result<Option<Vec<u8>>> {
    let failed = |error: std::io::Error| Fault::file("reading", path, &error);
    if !fs::symlink_metadata(path).map_err(failed)?.is_file() {
        return Ok(None);
    }
    fs::read(path).map(Some).map_err(failed)
}

pub(super) fn unreadable(error: &ObjectError) -> Fault {
    Fault::new(error.to_string())
}
