//! Which module a submission belongs to, told by what it holds.

use super::{CollectLimits, Found, Handout, names, open, root};
use std::collections::BTreeSet;

/// A module that a submission may belong to.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its slug.
    pub slug: String,
    /// Names below `src` of the files that it has and no other module of the course has.
    pub own: BTreeSet<String>,
}

impl Candidate {
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

    /// Whether what is handed in is this module's: its folder has the module's name, or holds a file
    /// that only this module has. Nothing but names is read.
    fn fits(&self, found: &Found, limits: &CollectLimits) -> bool {
        let handout = Handout::of_name(&self.slug);
        let Ok(tree) = open(found, &handout, limits) else { return false };
        let Ok(root) = root::locate(tree.listing(), &handout) else { return false };
        let folder = root.package.rsplit('/').next().unwrap_or_default();
        names::names_module(folder, &self.slug)
            || tree
                .listing()
                .rust_files()
                .filter_map(|file| root.below(&file.path))
                .any(|name| self.own.contains(name))
    }
}

/// The one module that a submission belongs to; `None` if it does not say, or fits several: a whole
/// workspace does.
///
/// # Cost
/// One listing of the submission for each candidate.
pub fn module_of<'a>(
    found: &Found,
    candidates: &'a [Candidate],
    limits: &CollectLimits,
) -> Option<&'a str> {
    let mut fitting = candidates.iter().filter(|candidate| candidate.fits(found, limits));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Some(&only.slug),
        _ => None,
    }
}
