//! What the functions lead to that a student must have written: of both builds, before anything runs.
//!
//! Which function a public name stands for is asked of the compiler (a decoy of the same name elsewhere, or
//! a re-export under another, would mislead any search): a crate of ours takes the address of each.

use super::blame::{Around, problem_of};
use super::ends::{failure_of, limits_of};
use super::surface::Purpose;
use super::{Build, Compiled, Compiler, Job, write};
use crate::collect::Sources;
use crate::defence::Defence;
use crate::fault::{Fault, Result};
use crate::setup::TimedSetup;
use grader_course::config::LinksRubric;
use grader_links::{Lead, Program, Rules, Unreadable};
use grader_model::{AuditRefusal, CompileProblem, Outcome};
use grader_sandbox::End;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// What was found out about a submission's functions.
#[derive(Debug, Default)]
pub struct Links {
    /// Functions that are not the student's own.
    pub refusals: Vec<Refusal>,
    /// Functions that are not there, or have another signature: one problem for each task that this costs.
    pub misfits: Vec<CompileProblem>,
    /// The functions that were looked at.
    roots: Vec<Root>,
}

/// A function that has to be the student's own, and is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The function's public path: `matmul_tiled`.
    pub function: String,
    /// The tasks that it costs.
    pub tasks: Vec<String>,
    /// What it leads to; `None` when it is no function that could be looked into.
    pub lead: Option<Lead>,
}

/// A function that is looked at.
#[derive(Clone, Debug)]
struct Root {
    function: String,
    tasks: Vec<String>,
    /// What it is called in object files: the same in all builds.
    symbols: Vec<String>,
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
        let is_there = |task: &&str| !missing.contains(*task);
        let mut roots: Vec<_> = rubric
            .roots()
            .filter(|(_, tasks)| tasks.iter().any(&is_there))
            .map(|(function, tasks)| Root {
                function: function.to_owned(),
                tasks: tasks.into_iter().filter(is_there).map(str::to_owned).collect(),
                symbols: Vec::new(),
            })
            .collect();
        let generic = match self.take_addresses(work, &roots, cpu)? {
            Ok(failed) => failed,
            Err(stopped) => return Ok(Err(stopped)),
        };
        let Some(library) = made(&work.join("out").join(self.library_name()))? else {
            return Ok(Err(tampered()));
        };
        let Some(addresses) = made(&work.join("out/roots.o"))? else {
            return Ok(Err(tampered()));
        };
        let program = Program::read(&[("roots.o", &addresses), (&self.library_name(), &library)])
            .map_err(|error| unreadable(&error))?;
        let misfits = self.misfits(work, &roots, &generic, cpu)?;
        let is_misfit = |root: &Root| {
            let costs = |task| misfits.iter().any(|one| one.task.as_ref() == Some(task));
            root.tasks.iter().all(costs)
        };
        let mut refusals = Vec::new();
        for (at, root) in roots.iter_mut().enumerate() {
            let symbols = program.referred(&address_of(at));
            root.symbols = symbols.into_iter().map(str::to_owned).collect();
            if generic.contains(&at) {
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
        let caller = match self.caller(Around::Driver, work, missing, cpu)? {
            Ok(object) => object,
            Err(stopped) => return Ok(Err(stopped)),
        };
        refusals.extend(self.reachable(&caller, &library, rubric, &roots)?);
        // The nearest to the library first: the others lead there because of it.
        refusals.sort_by_key(|refusal| refusal.lead.as_ref().map_or(0, |lead| lead.through.len()));
        Ok(Ok(Links { refusals, misfits, roots }))
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
    /// # Errors
    /// When the compiler's own output cannot be read.
    pub fn add_links_for_speed(
        &self,
        links: &mut Links,
        timed: &TimedSetup,
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
        match self.caller(Around::Kernels(timed), work, missing, cpu)? {
            Ok(caller) => {
                refusals.extend(self.reachable(&caller, &library, rubric, &links.roots)?);
            }
            // Whatever cannot be audited does not count.
            Err(Compiled::Failed { problems, .. }) => {
                let problem = problems.into_iter().next();
                let of_task = |(task, one): (String, CompileProblem)| CompileProblem {
                    task: Some(task),
                    ..one
                };
                let tasks = rubric.tasks().into_iter();
                links
                    .misfits
                    .extend(tasks.filter_map(|task| Some((task, problem.clone()?))).map(of_task));
            }
            Err(Compiled::Driver { .. }) => return Err(Fault::new("an audit made a driver")),
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
        if let Some(timed) = &self.module.timed {
            self.add_links_for_speed(&mut links, timed, &BTreeSet::new(), &fast, &mut cpu)?;
        }
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
        let symbols: Vec<String> = roots.iter().flat_map(|root| root.symbols.clone()).collect();
        let own = self.module.crate_name();
        let allow = rubric.allowed().with_standard(self.toolchain.standard()?);
        let rules = Rules { own: &own, allow: &allow, roots: &symbols };
        let lead = |root: &Root| {
            let mut leads =
                root.symbols.iter().filter_map(|symbol| program.leads(symbol, &rules)).flatten();
            leads.next().map(|lead| root.refused(Some(lead)))
        };
        Ok(roots.iter().filter_map(lead).collect())
    }

    /// What else can run: everything that the driver or the kernels refer to, and what that leads to. A constructor,
    /// a constant or a thread can carry a pointer to wherever it is called, so that nobody can tell which audited
    /// function receives it: it costs all tasks that have functions of their own. Functions that nothing of this
    /// reaches never run, and may call what they like.
    fn reachable(
        &self,
        caller: &[u8],
        library: &[u8],
        rubric: &LinksRubric,
        roots: &[Root],
    ) -> Result<Vec<Refusal>> {
        let files = [("callers.o", caller), (&self.library_name(), library)];
        let program = Program::read(&files).map_err(|error| unreadable(&error))?;
        let symbols: Vec<String> = roots.iter().flat_map(|root| root.symbols.clone()).collect();
        let own = self.module.crate_name();
        let standard = self.toolchain.standard()?;
        let allow = rubric.allowed().with_standard(standard.clone());
        let to_callers =
            rubric.allowed_to_callers().map(|list| list.with_standard(standard.clone()));
        let rules = Rules { own: &own, allow: &allow, roots: &symbols };
        let refused = |lead: Lead| {
            let function = lead.through.first().cloned();
            let function = function.unwrap_or_else(|| "A public constant".into());
            Refusal { function, tasks: rubric.tasks(), lead: Some(lead) }
        };
        Ok(program.leads_of_caller(0, &to_callers, &rules).into_iter().map(refused).collect())
    }

    /// The object file of what calls the crate that was built below `work`. Without any pass of the optimizer, not even
    /// the one for `#[inline(always)]`: each function of the student's keeps its name.
    fn caller(
        &self,
        around: Around<'_>,
        work: &Path,
        missing: &BTreeSet<String>,
        cpu: &mut Duration,
    ) -> Result<std::result::Result<Vec<u8>, Compiled>> {
        let run = self.caller_object(around, work, missing)?;
        *cpu += run.cpu;
        if let Some(stopped) = limits_of(&run) {
            return Ok(Err(stopped));
        }
        if run.end != End::Exited(0) {
            // The driver did compile, so only the student's crate can be the reason, or the toolchain.
            self.control(work)?;
            let problems = vec![problem_of(&run, None)];
            return Ok(Err(Compiled::Failed { outcome: Outcome::CompileError, problems }));
        }
        Ok(made(&work.join("out/callers.o"))?.ok_or_else(tampered))
    }

    /// Compiles a crate that takes the address of each function, again without those that have none
    /// (generic ones, those with another signature), whose places are given back.
    fn take_addresses(
        &self,
        work: &Path,
        roots: &[Root],
        cpu: &mut Duration,
    ) -> Result<std::result::Result<BTreeSet<usize>, Compiled>> {
        let folder = work.join("roots");
        let mut without = BTreeSet::new();
        loop {
            let mut text = String::new();
            for (at, root) in roots.iter().enumerate() {
                let (symbol, function) = (address_of(at), &root.function);
                let krate = self.module.crate_name();
                let line = format!(
                    "#[unsafe(no_mangle)] pub fn {symbol}() -> *const () {{ {krate}::{function} as *const () }}"
                );
                let line = if without.contains(&at) { "" } else { &line };
                // Writing to a `String` cannot fail.
                let _ = writeln!(text, "{line}");
            }
            write(&folder.join("lib.rs"), text.as_bytes())?;
            let run = Job::addresses(&folder, &work.join("out"))
                .with_kit("tinytorch")
                .with_student(&self.module.crate_name())
                .run(self)?;
            *cpu += run.cpu;
            if run.end == End::Exited(0) {
                return Ok(Ok(without));
            }
            if let Some(stopped) = limits_of(&run) {
                return Ok(Err(stopped));
            }
            let errors = run.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
            let lines: Vec<_> = errors
                .filter_map(|error| error.place_in(&|file| file == "lib.rs"))
                .filter_map(|place| (place.line_start as usize).checked_sub(1))
                .filter(|at| *at < roots.len() && !without.contains(at))
                .collect();
            if lines.is_empty() {
                // Only the student's crate differs from one submission to the next: what the compiler makes
                // of it is not a fault of ours where the course's own code has addresses.
                self.control(work)?;
                let problems = vec![problem_of(&run, None)];
                return Ok(Err(Compiled::Failed { outcome: Outcome::CompileError, problems }));
            }
            without.extend(lines);
        }
    }

    fn library_name(&self) -> String {
        format!("lib{}.rlib", self.module.crate_name())
    }
}

impl Root {
    fn refused(&self, lead: Option<Lead>) -> Refusal {
        Refusal { function: self.function.clone(), tasks: self.tasks.clone(), lead }
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

impl Refusal {
    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        let function = &self.function;
        match &self.lead {
            Some(lead) if lead.through.is_empty() => format!(
                "A public constant holds a pointer to `{}`. This task asks you to write that computation yourself",
                lead.to
            ),
            Some(lead) if lead.to == *function => format!(
                "`{function}` is defined in another crate. This task asks you to write it yourself"
            ),
            Some(lead) if lead.to.starts_with("std::") => format!(
                "`{function}` leads to `{}`. What it computes must come from its arguments alone, so \
                 files, the network, other programs and the environment are not available to it",
                lead.to
            ),
            Some(lead) => format!(
                "`{function}` leads to `{}`. This task asks you to write that computation yourself",
                lead.to
            ),
            None => format!(
                "`{function}` must be a plain function (no type parameters, no `impl Trait`), so \
                 that the grader can trace what it calls"
            ),
        }
    }

    /// What is wrong, how it comes about and what to do.
    pub fn remark(&self) -> String {
        let message = self.message();
        let Some(lead) = &self.lead else {
            return format!("{message}. Give it the signature that was handed out.");
        };
        // The way begins with the function itself, unless its name stands for another.
        let skipped = usize::from(lead.through.first().is_some_and(|first| self.is_called(first)));
        let between: Vec<_> =
            lead.through[skipped..].iter().map(|one| format!("`{one}`")).collect();
        let way = if between.is_empty() {
            String::new()
        } else {
            format!(" The way there: {}.", between.join(", then "))
        };
        format!(
            "{message}. The compiled code shows this call.{way} Replace it by code of your own: the cases of \
             the task count again then. If you think that the call is fine, tell your instructor, \
             who sees this remark too."
        )
    }

    /// The same for the record.
    pub fn record(&self) -> AuditRefusal {
        AuditRefusal {
            function: self.function.clone(),
            tasks: self.tasks.clone(),
            way: self.lead.iter().flat_map(|lead| lead.through.iter().cloned()).collect(),
            leads_to: self.lead.as_ref().map(|lead| lead.to.clone()),
        }
    }

    /// Whether `path` and the function's public path end in the same name.
    fn is_called(&self, path: &str) -> bool {
        path.rsplit("::").next() == self.function.rsplit("::").next()
    }
}

fn address_of(at: usize) -> String {
    format!("address_of_root_{at}")
}

/// The contents of a file that the confined compiler left. It could have left a link instead.
fn made(path: &Path) -> Result<Option<Vec<u8>>> {
    let failed = |error: std::io::Error| Fault::file("reading", path, &error);
    if !fs::symlink_metadata(path).map_err(failed)?.is_file() {
        return Ok(None);
    }
    fs::read(path).map(Some).map_err(failed)
}

fn tampered() -> Compiled {
    Compiled::Failed { outcome: Outcome::Refused, problems: Vec::new() }
}

fn unreadable(error: &Unreadable) -> Fault {
    Fault::new(error.to_string())
}

impl Job {
    /// An object file of `folder/lib.rs`.
    fn addresses(folder: &Path, out: &Path) -> Self {
        Self::object("roots", folder, out, Build::Checked)
    }
}
