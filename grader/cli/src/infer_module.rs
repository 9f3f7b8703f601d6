//! Which module the submissions are of, where nobody says.

use crate::exit::Result;
use grader_course::config::Course;
use grader_pipeline::collect::{CollectLimits, FoundSubmission, ModuleCandidate, module_of};
use grader_pipeline::source_names;
use std::collections::BTreeMap;
use std::path::Path;

/// How many of the submissions are of each module. A submission that does not say is not counted.
pub fn modules_told(
    root: &Path,
    course: &Course,
    found: &[FoundSubmission],
) -> Result<BTreeMap<String, usize>> {
    let with_files =
        course.modules.iter().map(|one| Ok((one.slug.clone(), source_names(root, &one.slug)?)));
    let candidates = ModuleCandidate::all(&with_files.collect::<Result<Vec<_>>>()?);
    let limits = CollectLimits::default();
    let mut counts = BTreeMap::new();
    for slug in found.iter().filter_map(|found| module_of(found, &candidates, &limits)) {
        *counts.entry(slug.to_owned()).or_default() += 1;
    }
    Ok(counts)
}

/// "30 are of searching, 1 is of partitioning"
pub fn listed(counts: &BTreeMap<String, usize>) -> String {
    let one = |(slug, count): (&String, &usize)| {
        format!("{count} {} of {slug}", if *count == 1 { "is" } else { "are" })
    };
    counts.iter().map(one).collect::<Vec<_>>().join(", ")
}
