//! Whether what was taken is the module that is graded: nobody's code is graded as another module.

use super::Refusal;
use super::handout::{Handout, Owner, package_text};
use super::names;
use super::root::{Root, holds_others, other_module};
use super::tree::{Listed, Tree};
use std::collections::BTreeMap;

/// Refuses the sources of another module, sources that could be any module's, and an untouched module in
/// a workspace that was handed in for another one.
pub(super) fn check(
    tree: &mut dyn Tree,
    root: &Root,
    handout: &Handout,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Refusal> {
    let slug = &*handout.slug;
    if !handout.has_others() {
        return Ok(());
    }
    if handout.is_untouched(files) && holds_others(tree.listing(), handout) {
        return Err(Refusal::new(format!(
            "`{slug}` is in the submission as it was handed out, beside other modules. Hand in your \
             own work on `{slug}`."
        )));
    }
    let manifest = manifest(tree, root);
    let named = manifest.as_deref().and_then(|text| package_text(text, "name"));
    let by_folder = names::names_module(root.folder(), slug);
    match handout.owner_of_sources(files) {
        Owner::Module => Ok(()),
        Owner::Other(other) => Err(other_module(other, slug)),
        Owner::Unknown => match named.map(|name| (name == slug, handout.other(name))) {
            Some((false, Some(other))) => Err(other_module(other, slug)),
            Some((true, _)) => Ok(()),
            _ if by_folder => Ok(()),
            _ => Err(Refusal::new(format!(
                "Nothing in the submission says that it is `{slug}`: neither a folder of that name nor a file \
                 or a public name of the module. Hand in the folder `{slug}` with its `src` in it."
            ))),
        },
    }
}

/// The text of the package's manifest, if there is one that can be read.
fn manifest(tree: &mut dyn Tree, root: &Root) -> Option<String> {
    const LARGEST: u64 = 64 << 10;
    let is_manifest = |file: &&Listed| root.in_package(&file.path) == Some("Cargo.toml");
    let at = tree.listing().files.iter().find(is_manifest)?.at;
    String::from_utf8(tree.read(at, LARGEST).ok()?).ok()
}
