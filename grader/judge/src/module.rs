//! A module as the grader needs it: its name, its cases, and the contract that they use.

use crate::{Case, CaseRun, Suite, SuiteError, TaskBudget, TimedCase, run_suite};
use grader_model::Outcome;
use grader_protocol::{ReadReply, TaskCalls, Transport};

/// Arbitrary seeds. Several, because each draws different inputs.
const REHEARSAL_SEEDS: [u64; 5] = [0, 1, 31, 0x5eed, u64::MAX];

/// Files by name, relative to their crate.
pub type SourceFiles = &'static [(&'static str, &'static [u8])];

/// A module of a course, with its hidden cases. A program lists the modules that it can grade; every other
/// crate receives them as values.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// Its folder in `solutions/`.
    pub slug: &'static str,
    /// Its hidden cases, file by file, in source order.
    pub cases: &'static [&'static [Case]],
    /// Its timed cases; empty if nothing is timed.
    pub timed: &'static [TimedCase],
    /// Its tasks, as the contract names them.
    pub tasks: &'static [TaskCalls],
    /// Reads bytes as the reply to one of its calls, for each: the name of the call, and why the bytes are no answer.
    pub replies: &'static [(&'static str, ReadReply)],
    /// Types of the foundation for generic parameters of the module's functions, by the path of the bound: probes of the
    /// interface are generated with them.
    pub stand_ins: &'static [(&'static str, &'static str)],
    /// Other crates of the course whose data judge and driver share: each folder, and its files at build time.
    pub shared: &'static [(&'static str, SourceFiles)],
    /// The files of its grading crate at build time, by name. A result depends on the code that ran, which may differ
    /// from the files now on disk; and a driver must be built from the same contract to be compatible.
    pub sources: SourceFiles,
}

/// Defines a module as `pub const MODULE`, and the test that the reference passes every hidden case.
///
/// The crate has the modules `contract` (with a [`contract!`](grader_protocol::contract)), `cases` with a file for each
/// list of [`cases!`](crate::cases), and for its tests `driver` and, with timed cases, `kernels`. `contract` is declared
/// before `driver` and with `#[macro_use]`, because the contract defines the macro that the driver calls.
#[macro_export]
macro_rules! module {
    (
        slug: $slug:literal,
        cases: [$($file:ident),+ $(,)?]
        $(, stand_ins: $stand_ins:expr)?
        $(, shared: [$($shared:expr),+ $(,)?])?
        $(,)?
    ) => {
        $crate::module!(@ $slug, [$($file),+], &[], [$($stand_ins)?], [$($($shared),+)?]);
    };
    (
        slug: $slug:literal,
        cases: [$($file:ident),+ $(,)?]
        $(, stand_ins: $stand_ins:expr)?
        $(, shared: [$($shared:expr),+ $(,)?])?,
        timed: $timed:expr $(,)?
    ) => {
        $crate::module!(@ $slug, [$($file),+], $timed, [$($stand_ins)?], [$($($shared),+)?]);

        #[cfg(test)]
        #[test]
        fn timed_cases_name_kernels_that_exist() {
            let bench = kernels::bench();
            for case in MODULE.timed {
                assert!(bench.has(case.kernel), "{}: no kernel `{}`", case.name, case.kernel);
                assert!(bench.has(case.against), "{}: no kernel `{}`", case.name, case.against);
            }
        }
    };
    (@ $slug:literal, [$($file:ident),+], $timed:expr, [$($stand_ins:expr)?], [$($shared:expr),*]) => {
        /// All that the grader knows of this module.
        pub const MODULE: $crate::Module = $crate::Module {
            slug: $slug,
            cases: &[$(cases::$file::CASES),+],
            timed: $timed,
            tasks: contract::TASKS,
            replies: contract::REPLIES,
            stand_ins: &[$($stand_ins)?],
            shared: &[$($shared),*],
            sources: $crate::protocol::sources!(),
        };

        #[cfg(test)]
        #[test]
        fn the_reference_passes_every_hidden_case() {
            let mut student = driver::Student;
            let mut wire =
                $crate::protocol::InProcess::new(|request| contract::dispatch(&mut student, request));
            MODULE.rehearse(&mut wire).unwrap_or_else(|why| panic!("{why}"));
        }
    };
}

impl Module {
    /// The module called `slug` among `modules`.
    pub fn named<'a>(modules: &'a [Self], slug: &str) -> Option<&'a Self> {
        modules.iter().find(|module| module.slug == slug)
    }

    /// A file of its grading crate at build time.
    pub fn source(&self, name: &str) -> Option<&'static [u8]> {
        self.sources.iter().find(|(file, _)| *file == name).map(|(_, bytes)| *bytes)
    }

    /// Its cases, parents first.
    ///
    /// # Errors
    /// When two cases have one name, or a parent does not exist.
    pub fn suite(&self) -> Result<Suite, SuiteError> {
        Suite::new(self.cases.concat())?.with_timed(self.timed.to_vec())
    }

    /// Runs the hidden cases over `wire`, once for each of a few seeds. There is no confinement, so use this
    /// for trusted code only.
    ///
    /// # Errors
    /// Names the cases that did not pass, or reports that there are none.
    pub fn rehearse(&self, wire: &mut dyn Transport) -> Result<(), String> {
        let slug = self.slug;
        let suite = self.suite().map_err(|error| format!("{slug}: {error}"))?;
        for seed in REHEARSAL_SEEDS {
            let runs = run_suite(&suite, wire, &|_| TaskBudget::UNLIMITED, seed, &mut ());
            let failed: Vec<&CaseRun> =
                runs.iter().filter(|run| run.outcome != Outcome::Pass).collect();
            if runs.is_empty() || !failed.is_empty() {
                return Err(format!("{slug}, {} cases, seed {seed}: {failed:#?}", runs.len()));
            }
        }
        Ok(())
    }
}
