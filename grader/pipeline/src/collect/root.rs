//! Locates the sources in a submission. Only documented layouts are accepted.

use super::handout::{HandoutView, SourceOwner};
use super::names::{self, ArchiveFormat};
use super::tree::{FileListing, ListedFile, is_rust};
use grader_model::{FileList, IntakeRefusal, Remark};
use std::collections::BTreeSet;

/// Folders of a package beside `src`, whose Rust files are not part of the library.
const NON_LIBRARY_FOLDERS: [&str; 3] = ["tests", "benches", "examples"];

/// The folder of the package with the sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PackageRoot {
    /// The path of the folder that contains `src`. Empty for the submission itself.
    pub package: String,
    /// Whether the package's folder itself is used as `src`.
    pub bare: bool,
    /// Remarks for the student about the choice.
    pub notes: Vec<Remark>,
}

impl PackageRoot {
    /// The name below `src` of a file of the submission; `None` if it is elsewhere.
    pub fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        let inside = self.in_package(path)?;
        if !self.bare {
            return inside.strip_prefix("src/");
        }
        let first = inside.split('/').next().unwrap_or_default();
        (!NON_LIBRARY_FOLDERS.contains(&first) && inside != "build.rs").then_some(inside)
    }

    /// The name in the package of a file of the submission: `src/timer.rs`, `README.md`.
    pub fn name_of(&self, path: &str) -> Option<String> {
        if self.bare
            && let Some(below) = self.below(path).filter(|_| is_rust(path))
        {
            return Some(format!("src/{below}"));
        }
        self.in_package(path).map(str::to_owned)
    }

    /// The path relative to the package; `None` if it is outside.
    pub fn in_package<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.package.is_empty() {
            return Some(path);
        }
        path.strip_prefix(self.package.as_str())?.strip_prefix('/')
    }

    /// The name of the package's folder; empty for the submission itself.
    pub fn folder(&self) -> &str {
        last_component(&self.package)
    }

    fn new(package: &str, bare: bool) -> Self {
        Self { package: package.to_owned(), bare, notes: vec![] }
    }
}

/// Locates the one folder with the module's sources.
///
/// The order is:
/// 1. `src` in a folder named after the module, at the top or one folder down
/// 2. `src` at the top
/// 3. `src` in the only other folder at the top that has one, or in the only folder further down that is
///    named after the module
/// 4. Rust files without `src`, in the same places near the top
///
/// Folders of the course's other modules are ignored. Two equally good places lead to a refusal.
pub(super) fn locate(
    listing: &FileListing,
    handout: &HandoutView,
) -> Result<PackageRoot, IntakeRefusal> {
    let module = &*handout.slug;
    let with_src = packages(listing, |path| path.find("/src/").map(|at| &path[..at]), "src/");
    let (with_src, others) = split_by_owner(listing, with_src, handout, false);
    if let Some(root) = pick_package(&with_src, module, false)? {
        return Ok(root);
    }
    if let Some(other) = others {
        return Err(other_module(other, module));
    }
    let bare = packages(listing, |path| path.rfind('/').map(|at| &path[..at]), "");
    let (bare, others) = split_by_owner(listing, bare, handout, true);
    if let Some(mut root) = pick_package(&bare, module, true)? {
        root.notes.push(Remark::NoSourceFolder { place: root.package.clone() });
        return Ok(root);
    }
    match others {
        Some(other) => Err(other_module(other, module)),
        None => Err(nothing_found(listing, module)),
    }
}

/// The packages without those of other modules, by the names of their folders and files; and the first of
/// these other modules.
fn split_by_owner<'a, 'h>(
    listing: &'a FileListing,
    packages: BTreeSet<&'a str>,
    handout: &'h HandoutView,
    bare: bool,
) -> (BTreeSet<&'a str>, Option<&'h str>) {
    let mut ours = BTreeSet::new();
    let mut others = BTreeSet::new();
    for package in packages {
        match owner(listing, package, handout, bare) {
            SourceOwner::Other(other) => {
                others.insert(other);
            }
            SourceOwner::Module | SourceOwner::Unknown => {
                ours.insert(package);
            }
        }
    }
    (ours, others.into_iter().next())
}

fn owner<'h>(
    listing: &FileListing,
    package: &str,
    handout: &'h HandoutView,
    bare: bool,
) -> SourceOwner<'h> {
    if names::is_module_name(last_component(package), &handout.slug) {
        return SourceOwner::Module;
    }
    if let Some(other) = handout.other(last_component(package)) {
        return SourceOwner::Other(other);
    }
    let root = PackageRoot::new(package, bare);
    let names = listing.rust_files().filter_map(|file| root.below(&file.path));
    handout.owner_of_names(&names.collect())
}

/// Refuses the submission of another module.
pub(super) fn other_module(other: &str, module: &str) -> IntakeRefusal {
    IntakeRefusal::OtherModule { found: other.into(), module: module.into() }
}

/// Whether the submission contains a folder of another package of the workspace.
pub(super) fn holds_others(listing: &FileListing, handout: &HandoutView) -> bool {
    let folders = listing.rust_files().filter_map(|file| file.path.split_once("/src/"));
    folders.into_iter().any(|(folder, _)| handout.other(last_component(folder)).is_some())
}

/// The folders with sources, relative to the submission.
///
/// `folder` returns the folder of a path. A path that starts with `at_top` belongs to the submission itself,
/// written as "".
fn packages<'a>(
    listing: &'a FileListing,
    folder: impl Fn(&'a str) -> Option<&'a str>,
    at_top: &str,
) -> BTreeSet<&'a str> {
    let of = |path: &'a str| match folder(path) {
        _ if !at_top.is_empty() && path.starts_with(at_top) => Some(""),
        None if at_top.is_empty() && path != "build.rs" => Some(""),
        Some(folder) if NON_LIBRARY_FOLDERS.contains(&last_component(folder)) => None,
        folder => folder,
    };
    listing.rust_files().filter_map(|file| of(&file.path)).collect()
}

fn last_component(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn pick_package(
    packages: &BTreeSet<&str>,
    module: &str,
    bare: bool,
) -> Result<Option<PackageRoot>, IntakeRefusal> {
    let depth = |path: &str| if path.is_empty() { 0 } else { path.split('/').count() };
    let of_module =
        |path: &&&str| depth(path) > 0 && names::is_module_name(last_component(path), module);
    let named: Vec<&str> = packages.iter().filter(of_module).copied().collect();
    let (near, far): (Vec<&str>, Vec<&str>) = named.into_iter().partition(|path| depth(path) <= 2);
    let rivals = packages.iter().copied().filter(|path| {
        depth(path) <= 2
            && !near.contains(path)
            && names::contains_module_name(last_component(path), module)
    });
    let rivals: Vec<&str> = rivals.collect();
    match near[..] {
        [] => {}
        [one] if !rivals.is_empty() => {
            return Err(ambiguous(&[&[one], &rivals[..]].concat(), module));
        }
        [one] => {
            let mut root = PackageRoot::new(one, bare);
            if packages.contains("") {
                root.notes.push(Remark::SourcesBesideFolder { folder: one.into(), is_src: !bare });
            }
            return Ok(Some(root));
        }
        _ => return Err(ambiguous(&near, module)),
    }
    if packages.contains("") {
        return Ok(Some(PackageRoot::new("", bare)));
    }
    let wrappers: Vec<&str> = packages.iter().copied().filter(|path| depth(path) == 1).collect();
    // GitHub packs a whole repository this way. Without `src`, the name alone is not enough.
    let far = if bare { Vec::new() } else { far };
    match [wrappers, far].concat()[..] {
        [] => Ok(None),
        [one] if names::is_module_name(last_component(one), module) => {
            Ok(Some(PackageRoot::new(one, bare)))
        }
        [one] => {
            let mut root = PackageRoot::new(one, bare);
            root.notes.push(Remark::OnlyFolder { folder: one.into(), module: module.into() });
            Ok(Some(root))
        }
        ref several => Err(ambiguous(several, module)),
    }
}

fn ambiguous(places: &[&str], module: &str) -> IntakeRefusal {
    IntakeRefusal::SeveralSources { places: FileList::new(places), module: module.into() }
}

fn nothing_found(listing: &FileListing, module: &str) -> IntakeRefusal {
    let module = module.to_owned();
    if let Some(special) = listing
        .special
        .iter()
        .find(|one| listing.files.is_empty() || last_component(&one.path) == "src")
    {
        return IntakeRefusal::SpecialSourceFolder {
            path: special.path.clone(),
            kind: special.what.into(),
            module,
        };
    }
    let Some(file) = listing.rust_files().next() else {
        return if listing.files.is_empty() {
            IntakeRefusal::Empty { module }
        } else {
            IntakeRefusal::NoRustFile { module }
        };
    };
    let path = file.path.clone();
    match path.find("/src/").map(|at| path[..at].split('/').count()) {
        Some(folders) => IntakeRefusal::SourcesTooDeep { folders, path, module },
        None => IntakeRefusal::NoSourceFolder { path, module },
    }
}

/// The archive inside a submitted folder that is to be opened in its place, if any.
///
/// # Errors
/// The archive has an unsupported format; or there is a choice that the grader does not make: several
/// archives, or sources beside an archive (unless only the sources carry the module's name).
pub(super) fn inner_archive(
    listing: &FileListing,
    handout: &HandoutView,
) -> Result<Option<ListedFile>, IntakeRefusal> {
    let module = &*handout.slug;
    let archives = inner_candidates(listing, module);
    let Some(one) = archives.first() else { return Ok(None) };
    let paths: Vec<&str> = archives.iter().map(|found| found.file.path.as_str()).collect();
    if listing.rust_files().next().is_some() {
        let own_folder = locate(listing, handout)
            .is_ok_and(|root| names::is_module_name(last_component(&root.package), module));
        if own_folder && !one.is_of(module) {
            return Ok(None);
        }
        return Err(IntakeRefusal::SourcesBesideArchive { archives: FileList::new(&paths) });
    }
    match (archives.len(), one.format) {
        (1, ArchiveFormat::Other) => Err(unsupported_archive(&one.file.path)),
        (1, _) => Ok(Some(one.file.clone())),
        _ => Err(ambiguous(&paths, module)),
    }
}

/// The archives that may be opened in place of a submission without Rust files.
pub(super) fn inner_archives(listing: &FileListing, handout: &HandoutView) -> Vec<ListedFile> {
    if listing.rust_files().next().is_some() {
        return Vec::new();
    }
    inner_candidates(listing, &handout.slug).iter().map(|found| found.file.clone()).collect()
}

/// The archives near the top; only those with the module's name, if there are any.
fn inner_candidates<'a>(listing: &'a FileListing, module: &str) -> Vec<InnerArchive<'a>> {
    let all = archives_near_the_top(listing);
    let named: Vec<_> = all.iter().copied().filter(|found| found.is_of(module)).collect();
    if named.is_empty() { all } else { named }
}

/// A file whose name is that of an archive.
#[derive(Clone, Copy)]
struct InnerArchive<'a> {
    file: &'a ListedFile,
    stem: &'a str,
    format: ArchiveFormat,
}

impl InnerArchive<'_> {
    fn is_of(&self, module: &str) -> bool {
        names::contains_module_name(self.stem, module)
    }
}

fn archives_near_the_top(listing: &FileListing) -> Vec<InnerArchive<'_>> {
    let near = listing.files.iter().filter(|file| file.path.split('/').count() <= 2);
    near.filter_map(|file| {
        let (stem, format) = names::split_archive(last_component(&file.path))?;
        Some(InnerArchive { file, stem, format })
    })
    .collect()
}

/// Refuses an archive of an unsupported format.
pub(super) fn unsupported_archive(name: &str) -> IntakeRefusal {
    IntakeRefusal::UnsupportedArchive { name: name.into() }
}
