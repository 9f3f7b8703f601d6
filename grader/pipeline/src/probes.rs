//! The probes of a module's public interface: which signature is missing or changed.
//!
//! They are generated from the reference's sources when the module is loaded. A student is not charged for an item
//! that nothing needs, so the probes for the driver are those of the items that the driver names, and likewise for the
//! kernels.

use crate::fault::{Fault, Result};
use grader_course::config::Rubric;
use grader_probes::{Interface, Probe, ProbeKind, Reference, StandIn, TaskFiles, UsedNames};
use std::collections::BTreeMap;

/// The code that does not compile around a submission, so that the interface is probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbePurpose {
    /// The driver.
    Driver,
    /// The kernels that are timed.
    Kernels,
}

/// The probes of one module.
#[derive(Clone, Debug)]
pub struct ModuleProbes {
    interface: Interface,
    driver: Vec<Probe>,
    kernels: Vec<Probe>,
}

impl ModuleProbes {
    /// Reads the `reference` of the module with this rubric, for a driver and kernels: each a file's name to its text.
    ///
    /// # Errors
    /// When a source is no Rust.
    pub(crate) fn generate(
        rubric: &Rubric,
        stand_ins: &[(&str, &str)],
        reference: &BTreeMap<String, Vec<u8>>,
        driver: &BTreeMap<String, Vec<u8>>,
        kernels: Option<&[u8]>,
    ) -> Result<Self> {
        let slug = &rubric.slug;
        let unreadable = |error: grader_probes::Unreadable| {
            Fault::new(format!("solutions/{slug}: the public interface cannot be read: {error}"))
                .help("the grader reads the reference's own sources: correct them")
        };
        let tasks = rubric.tasks.iter().chain(&rubric.dropped);
        let tasks: Vec<_> = tasks
            .map(|task| TaskFiles {
                task: &task.id,
                files: task.files.iter().map(|file| file.to_string_lossy().into_owned()).collect(),
            })
            .collect();
        let stand_ins: Vec<StandIn> =
            stand_ins.iter().map(|(bound, ty)| StandIn { bound, ty }).collect();
        let interface = Interface::read(&Reference {
            crate_name: &slug.replace('-', "_"),
            files: reference,
            tasks: &tasks,
            stand_ins: &stand_ins,
        })
        .map_err(unreadable)?;
        let driver = driver.iter().map(|(name, text)| (name.as_str(), text.as_slice()));
        let driver = UsedNames::of(driver).map_err(unreadable)?;
        let kernels = kernels.map(|text| ("kernels.rs", text));
        let kernels = UsedNames::of(kernels).map_err(unreadable)?;
        Ok(Self {
            driver: interface.probes(Some(&driver)),
            kernels: interface.probes(Some(&kernels)),
            interface,
        })
    }

    /// The probes of all public items.
    pub fn all(&self) -> Vec<Probe> {
        self.interface.probes(None)
    }

    /// The probes of that kind for the items that are used.
    pub fn of_kind(&self, purpose: ProbePurpose, kind: ProbeKind) -> Vec<Probe> {
        let probes = match purpose {
            ProbePurpose::Driver => &self.driver,
            ProbePurpose::Kernels => &self.kernels,
        };
        probes.iter().filter(|probe| probe.kind == kind).cloned().collect()
    }

    /// The probe of a function by its path: `Table::get`.
    pub fn by_path(&self, function: &str) -> Option<Probe> {
        self.interface.by_path(function)
    }

    /// All that they consist of, as part of the key of results.
    pub(crate) fn content(&self) -> String {
        format!("{self:?}")
    }
}
