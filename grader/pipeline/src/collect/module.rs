//! Infers the module of a submission from its names.

use super::{CollectLimits, FoundSubmission, HandoutView, names, open, root};
use std::collections::BTreeSet;

/// A module that a submission may belong to.
#[derive(Clone, Debug)]
pub struct ModuleCandidate {
    /// Its slug.
    pub slug: String,
    /// Names below `src` of the files that no other module of the course has.
    pub own: BTreeSet<String>,
}

impl ModuleCandidate {
    /// The modules of a course, from their slugs and the names of their files below `src`.
    pub fn all(modules: &[(String, BTreeSet<String>)]) -> Vec<Self> {
        let elsewhere = |slug: &str, name: &String| {
            modules.iter().any(|(other, files)| other != slug && files.contains(name))
        };
        let candidate = |(slug, files): &(String, BTreeSet<String>)| {
            let own = files.iter().filter(|name| !elsewhere(slug, name)).cloned().collect();
            Self { slug: slug.clone(), own }
        };
        modules.iter().map(candidate).collect()
    }

    /// Whether the submission is for this module: its folder has the module's name, or contains a file that
    /// only this module has. Only names are read.
    fn fits(&self, found: &FoundSubmission, limits: &CollectLimits) -> bool {
        let handout = HandoutView::of_name(&self.slug);
        let Ok(tree) = open(found, &handout, limits) else { return false };
        let Ok(root) = root::locate(tree.listing(), &handout) else { return false };
        let folder = root.package.rsplit('/').next().unwrap_or_default();
        names::is_module_name(folder, &self.slug)
            || tree
                .listing()
                .rust_files()
                .filter_map(|file| root.below(&file.path))
                .any(|name| self.own.contains(name))
    }
}

/// The one module that a submission fits; `None` if it fits none or several, as a whole workspace does.
///
/// # Cost
/// One listing of the submission for each candidate.
pub fn module_of<'a>(
    found: &FoundSubmission,
    candidates: &'a [ModuleCandidate],
    limits: &CollectLimits,
) -> Option<&'a str> {
    let mut fitting = candidates.iter().filter(|candidate| candidate.fits(found, limits));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Some(&only.slug),
        _ => None,
    }
}
