//! The second build, for speed, around the measured kernels. A submission is built for speed if a timed case may be
//! measured. The reference is built once and is the baseline.

use super::blame::CourseSource;
use super::compile_failure::failure_of;
use super::{BuildFailure, BuildKind, CompileOutcome, Compiler, RustcJob, RustcRun, write};
use crate::fault::{Fault, Result};
use crate::hash;
use crate::kit;
use crate::setup::TimedSetup;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Part of the baseline's key: raise it when this recipe changes.
const RECIPE_VERSION: &str = "1";
/// This many baselines are kept, the newest ones.
const KEPT: usize = 8;

/// What serves the kernels; `main` is its signature without what it returns.
pub(super) fn kernels_main(main: &str) -> String {
    format!(
        "mod kernels;\n{main} -> std::io::Result<()> {{\n    grader_driver::serve(|| {{\n        \
         let mut bench = kernels::bench();\n        \
         move |request: &[u8]| grader_protocol::timed::dispatch(&mut bench, request)\n    }})\n}}\n"
    )
}

impl Compiler<'_> {
    /// Builds `files`, a whole crate, for speed below `work`, without the tasks in `missing` and without those
    /// whose interface does not fit the kernels: each of these has a problem.
    ///
    /// # Errors
    /// Only faults of ours.
    pub fn compile_for_speed(
        &self,
        timed: &TimedSetup,
        files: &BTreeMap<String, Vec<u8>>,
        missing: &BTreeSet<String>,
        work: &Path,
    ) -> Result<CompileOutcome> {
        let library = self.library(files, work, BuildKind::Fast)?;
        if let Some(failure) = failure_of(&library, "src/lib.rs") {
            self.control(work)?;
            return Ok(CompileOutcome::Failed(failure));
        }
        self.fitted(CourseSource::Kernels(timed), work, missing)
    }

    /// The kernels around the crate that was built below `work`, without the tasks in `missing`.
    pub(super) fn kernels(
        &self,
        timed: &TimedSetup,
        work: &Path,
        missing: &BTreeSet<String>,
    ) -> Result<RustcRun> {
        let folder = work.join("kernels");
        write(&folder.join("kernels.rs"), &timed.kernels)?;
        let main = kernels_main("fn main()");
        let contract = kit::contract_crate(&self.module.slug);
        let head = format!("#![allow(unexpected_cfgs)]\nuse {contract} as contract;\n");
        write(&folder.join("main.rs"), (head + &main).as_bytes())?;
        self.around_driver(RustcJob::executable(
            "driver",
            &folder,
            &work.join("out"),
            BuildKind::Fast,
        ))
        .without(self.module.tasks, missing)
        .run(self)
    }

    /// The course's own build of the kernels: from the cache, or made now (some 10 CPU seconds).
    ///
    /// # Errors
    /// When the reference does not compile or the cache cannot be written.
    pub fn baseline(&self, timed: &TimedSetup) -> Result<PathBuf> {
        let key = hash::of_parts([
            ("recipe", RECIPE_VERSION.as_bytes()),
            ("kit", self.kit.key.as_bytes()),
            ("timed", timed.hash.as_bytes()),
        ]);
        let name = format!("baseline-{}-{}", self.module.slug, &key[..16]);
        let path = self.kit.cache().join(name);
        if path.is_file() {
            return Ok(path);
        }
        let _lock = self.kit.lock()?;
        if !path.is_file() {
            tidy(self.kit.cache());
            self.build_baseline(timed, &path)?;
        }
        Ok(path)
    }

    fn build_baseline(&self, timed: &TimedSetup, path: &Path) -> Result<()> {
        let cache = self.kit.cache();
        let work = tempfile::Builder::new()
            .prefix("baseline-unfinished-")
            .tempdir_in(cache)
            .map_err(|error| Fault::file("creating a folder in", cache, &error))?;
        let build =
            self.compile_for_speed(timed, &timed.reference, &BTreeSet::new(), work.path())?;
        match build {
            CompileOutcome::Driver { path: made, problems } if problems.is_empty() => {
                fs::rename(&made, path).map_err(|error| Fault::file("moving", &made, &error))
            }
            CompileOutcome::Driver { problems, .. }
            | CompileOutcome::Failed(BuildFailure { problems, .. }) => {
                let first = problems.first().map_or("", |problem| problem.message.as_str());
                let what = format!(
                    "the reference of `{}` could not be built for speed: {first}",
                    self.module.slug
                );
                Err(Fault::new(what).help("raise `compile_seconds` or mend the reference"))
            }
        }
    }
}

/// Removes what a killed build left behind, and all but the newest baselines. Called with the lock
/// held.
fn tidy(cache: &Path) {
    let mut kept = Vec::new();
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("baseline-unfinished-") {
            let _ = fs::remove_dir_all(entry.path());
        } else if name.starts_with("baseline-") {
            let made = entry.metadata().and_then(|meta| meta.modified());
            kept.push((made.unwrap_or(std::time::UNIX_EPOCH), entry.path()));
        }
    }
    kept.sort();
    for (_, path) in kept.iter().rev().skip(KEPT - 1) {
        let _ = fs::remove_file(path);
    }
}
