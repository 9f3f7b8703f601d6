//! What the functions lead to that a student must have written: of both builds, before anything runs.
//!
//! Which function a public name stands for is asked of the compiler (a decoy of the same name elsewhere, or
//! a re-export under another, would mislead any search): a crate of ours takes the address of each.

use super::callers::Course;
use super::ends::failure_of;
use super::refusal::Refusal;
use super::surface::Purpose;
use super::{Build, Compiled, Compiler};
use crate::collect::Sources;
use crate::defence::Defence;
use crate::fault::{Fault, Result};
use grader_course::config::LinksRubric;
use grader_links::{Lead, Program, Rules, Unreadable};
use grader_model::{CompileProblem, Outcome};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tracing::debug;

/// What was found out about a submission's functions.
#[derive(Debug, Default)]
pub struct Links {
    /// Functions that are not the student's own.
    pub refusals: Vec<Refusal>,
    /// Functions that are not there, or have another signature: one problem for each task that this costs.
    pub misfits: Vec<CompileProblem>,
    /// The functions that were looked at.
    pub(super) roots: Vec<Root>,
    /// Where the submission was built, if the kernels do not compile with all of its tasks and were not looked at yet.
    without_kernels: Option<PathBuf>,
}

/// A function that is looked at.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) function: String,
    pub(super) tasks: Vec<String>,
    /// What it is called in object files: the same in all builds.
    pub(super) symbols: Vec<String>,
}

impl Compiler<'_> {
    /// Looks at what was built below `work` for correctness, except for tasks in `missing`. The second
    /// value is the submission's end, where the compiler had to be stopped.
    ///
    /// # Errors
    /// When the compiler's own output cannot be read.
    pub(super) fn links(
        &self,
        work: &Path,
        missing: &BTreeSet<String>,
        cpu: &mut Duration,
    ) -> Result<std::result::Result<Links, Compiled>> {
        let Some(rubric) = self.link_rubric() else { return Ok(Ok(Links::default())) };
        let mut roots = roots_of(rubric, missing);
        let called = match self.callers(work, missing, self.module.timed.as_ref(), &roots, cpu)? {
            Ok(called) => called,
            Err(stopped) => return Ok(Err(stopped)),
        };
        let Some(program) = self.called_program(work, &called)? else { return Ok(Err(tampered())) };
        let misfits = self.misfits(work, &roots, &called.generic, cpu)?;
        let is_misfit = |root: &Root| {
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
                return Err(Fault::new(format!(
                    "the address of `{}` leads nowhere",
                    root.function
                )));
            }
        }
        refusals.extend(self.refusals(&program, rubric, &roots)?);
        refusals.extend(self.around(&program, rubric, &roots, &refusals)?);
        // The nearest to the library first: the others lead there because of it.
        refusals.sort_by_key(|refusal| refusal.lead.as_ref().map_or(0, |lead| lead.through.len()));
        debug!(functions = roots.len(), refused = refusals.len(), "audited");
        let without_kernels = called.without_kernels.map(|_| work.into());
        Ok(Ok(Links { refusals, misfits, roots, without_kernels }))
    }

    /// The functions without an address that no caller could use as it was handed out. The others are generic.
    fn misfits(
        &self,
        work: &Path,
        roots: &[Root],
        without: &BTreeSet<usize>,
        cpu: &mut Duration,
    ) -> Result<Vec<CompileProblem>> {
        if without.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.probe(work, Purpose::Audit, cpu)?;
        let mut misfits: Vec<CompileProblem> = Vec::new();
        for root in without.iter().filter_map(|at| roots.get(*at)) {
            let Some((_, problem)) = found.iter().find(|(item, _)| *item == root.function) else {
                continue;
            };
            let of_task =
                |task: &String| CompileProblem { task: Some(task.clone()), ..problem.clone() };
            misfits.extend(root.tasks.iter().map(of_task));
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
    pub fn add_links_for_speed(
        &self,
        links: &mut Links,
        missing: &BTreeSet<String>,
        work: &Path,
        cpu: &mut Duration,
    ) -> Result<()> {
        let Some(rubric) = self.link_rubric() else { return Ok(()) };
        let name = self.library_name();
        let library = made(&work.join("out").join(&name))?
            .ok_or_else(|| Fault::new(format!("{name} is no file any more")))?;
        let program = Program::read(&[(&name, &library)]).map_err(|error| unreadable(&error))?;
        let mut refusals = self.refusals(&program, rubric, &links.roots)?;
        if let Some(checked) = links.without_kernels.take() {
            // The kernels did not compile with all tasks, so that they were not looked at.
            refusals.extend(self.around_kernels(links, rubric, &checked, missing, cpu)?);
        }
        for refusal in refusals {
            let known = |other: &Refusal| other.function == refusal.function;
            if !links.refusals.iter().any(known) {
                links.refusals.push(refusal);
            }
        }
        Ok(())
    }

    /// Compiles `sources` below `work` for correctness and for speed, as a grading does, and audits both. Nothing is
    /// run. `Err` inside is what the compiler said, when there is nothing to audit.
    ///
    /// # Errors
    /// Only faults of ours.
    pub fn audit(
        &self,
        sources: &Sources,
        work: &Path,
    ) -> Result<std::result::Result<Vec<Refusal>, Vec<CompileProblem>>> {
        let files = self.module.with_stubs(&sources.files);
        let (checked, fast) = (work.join("checked"), work.join("fast"));
        for (folder, build) in [(&checked, Build::Checked), (&fast, Build::Fast)] {
            let library = self.library(&files, folder, build)?;
            if let Some(Compiled::Failed { problems, .. }) = failure_of(&library, "src/lib.rs") {
                return Ok(Err(problems));
            }
        }
        let mut cpu = Duration::ZERO;
        let mut links = match self.links(&checked, &BTreeSet::new(), &mut cpu)? {
            Ok(links) => links,
            Err(Compiled::Failed { problems, .. }) => return Ok(Err(problems)),
            Err(Compiled::Driver { .. }) => return Err(Fault::new("an audit made a driver")),
        };
        self.add_links_for_speed(&mut links, &BTreeSet::new(), &fast, &mut cpu)?;
        Ok(Ok(links.refusals))
    }

    /// What may be linked, where the module asks.
    fn link_rubric(&self) -> Option<&LinksRubric> {
        self.module.rubric.links.as_ref().filter(|_| self.module.holds(Defence::LinkCheck))
    }

    fn refusals(
        &self,
        program: &Program,
        rubric: &LinksRubric,
        roots: &[Root],
    ) -> Result<Vec<Refusal>> {
        let symbols = symbols_of(roots);
        let own = self.module.crate_name();
        let allow = rubric.allowed().with_standard(self.toolchain.standard()?);
        let course = Course::of(&self.module.slug);
        let callers = Some(course.callers());
        let rules = Rules { own: &own, allow: &allow, roots: &symbols, callers };
        let lead = |root: &Root| {
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

impl Root {
    fn refused(&self, lead: Option<Lead>) -> Refusal {
        Refusal { function: self.function.clone(), tasks: self.tasks.clone(), lead, around: None }
    }
}

impl Links {
    /// Whether something is wrong with the functions of `task`, so that it is not measured.
    pub fn cost(&self, task: &str) -> bool {
        self.of_task(task).is_some() || self.misfit(task).is_some()
    }

    /// The function of `task` that does not fit.
    pub fn misfit(&self, task: &str) -> Option<&CompileProblem> {
        self.misfits.iter().find(|problem| problem.task.as_deref() == Some(task))
    }

    /// Why cases of `task` are refused.
    pub fn of_task(&self, task: &str) -> Option<&Refusal> {
        self.refusals.iter().find(|refusal| refusal.tasks.iter().any(|of| of == task))
    }
}

/// The functions that are looked at, of tasks that are not missing.
fn roots_of(rubric: &LinksRubric, missing: &BTreeSet<String>) -> Vec<Root> {
    let is_there = |task: &&str| !missing.contains(*task);
    let roots = rubric.roots().filter(|(_, tasks)| tasks.iter().any(&is_there));
    roots
        .map(|(function, tasks)| Root {
            function: function.to_owned(),
            tasks: tasks.into_iter().filter(is_there).map(str::to_owned).collect(),
            symbols: Vec::new(),
        })
        .collect()
}

pub(super) fn symbols_of(roots: &[Root]) -> Vec<String> {
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

fn tampered() -> Compiled {
    Compiled::Failed { outcome: Outcome::Refused, problems: Vec::new() }
}

pub(super) fn unreadable(error: &Unreadable) -> Fault {
    Fault::new(error.to_string())
}
