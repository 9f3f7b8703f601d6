//! Checks that the collected sources belong to the graded module, so that no code is graded as another module.

use super::handout::{HandoutView, SourceOwner, package_text};
use super::names;
use super::root::{PackageRoot, holds_others, other_module};
use super::tree::{FileTree, ListedFile};
use grader_model::IntakeRefusal;
use std::collections::BTreeMap;

/// Refuses the sources of another module, sources of an unknown module, and an unchanged module in a
/// workspace with other modules.
pub(super) fn check(
    tree: &mut dyn FileTree,
    root: &PackageRoot,
    handout: &HandoutView,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(), IntakeRefusal> {
    let slug = &*handout.slug;
    if !handout.has_others() {
        return Ok(());
    }
    if handout.is_untouched(files) && holds_others(tree.listing(), handout) {
        return Err(IntakeRefusal::UnchangedHandout { module: slug.into() });
    }
    let manifest = manifest(tree, root);
    let named = manifest.as_deref().and_then(|text| package_text(text, "name"));
    let by_folder = names::is_module_name(root.folder(), slug);
    match handout.owner_of_sources(files) {
        SourceOwner::Module => Ok(()),
        SourceOwner::Other(other) => Err(other_module(other, slug)),
        SourceOwner::Unknown => match named.map(|name| (name == slug, handout.other(name))) {
            Some((false, Some(other))) => Err(other_module(other, slug)),
            Some((true, _)) => Ok(()),
            _ if by_folder => Ok(()),
            _ => Err(IntakeRefusal::UnknownModule { module: slug.into() }),
        },
    }
}

/// The text of the package's manifest, if it exists and can be read.
fn manifest(tree: &mut dyn FileTree, root: &PackageRoot) -> Option<String> {
    const LARGEST: u64 = 64 << 10;
    let is_manifest = |file: &&ListedFile| root.in_package(&file.path) == Some("Cargo.toml");
    let at = tree.listing().files.iter().find(is_manifest)?.at;
    String::from_utf8(tree.read(at, LARGEST).ok()?).ok()
}
