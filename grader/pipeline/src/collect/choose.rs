//! Chooses the listed files to take, and their names.

use super::handout::HandoutView;
use super::module_tree::{self, ModuleTree, SourceFiles};
use super::platforms::copies::{self, CopyOrigin};
use super::root::PackageRoot;
use super::tree::{self, FileTree, ListedFile, SpecialFile};
use super::{CollectLimits, names, text};
use grader_model::{FileList, IntakeRefusal, Remark};
use std::collections::BTreeMap;

/// The files chosen from a submission.
#[derive(Debug)]
pub(super) struct ChosenFiles {
    /// Contents by name: compiled files, and the files that they include.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Remarks on omitted or normalised files.
    pub notes: Vec<Remark>,
}

/// Takes the files that the module tree reaches.
///
/// # Errors
/// A reached file is not a plain file or cannot be read; files are too many or too large; or no file is
/// reached.
pub(super) fn choose(
    tree: &mut dyn FileTree,
    root: &PackageRoot,
    handout: &HandoutView,
    limits: &CollectLimits,
) -> Result<ChosenFiles, IntakeRefusal> {
    let mut submission = SubmissionFiles::new(tree, root, handout, limits);
    let reached = ModuleTree::walk(&mut submission)?;
    if reached.submitted.is_empty() {
        return Err(nothing_reached(&submission, handout));
    }
    refuse_file_as_folder(&submission.taken)?;
    let mut notes = std::mem::take(&mut submission.notes);
    notes.extend(submission.unreached_note());
    notes.extend(submission.special_files_note());
    Ok(ChosenFiles { files: submission.taken, notes })
}

/// The files of a submission by their names in the package, read on demand by the module tree.
struct SubmissionFiles<'a> {
    tree: &'a mut dyn FileTree,
    handout: &'a HandoutView,
    limits: &'a CollectLimits,
    /// All files of the package. An archive may contain two of the same name.
    files: BTreeMap<String, Vec<ListedFile>>,
    /// Names that differ only in case and accents, by their folded form.
    folded: BTreeMap<String, Vec<String>>,
    /// Links, devices and other special files, by their name in the package; empty outside it.
    special: Vec<(String, SpecialFile)>,
    taken: BTreeMap<String, Vec<u8>>,
    /// The names of the taken files in the submission, which may differ in case.
    taken_paths: Vec<String>,
    total: u64,
    notes: Vec<Remark>,
}

impl<'a> SubmissionFiles<'a> {
    fn new(
        tree: &'a mut dyn FileTree,
        root: &PackageRoot,
        handout: &'a HandoutView,
        limits: &'a CollectLimits,
    ) -> Self {
        let mut files: BTreeMap<String, Vec<ListedFile>> = BTreeMap::new();
        let mut folded: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in &tree.listing().files {
            let Some(name) = root.name_of(&file.path) else { continue };
            let of_name = files.entry(name.clone()).or_default();
            if of_name.is_empty() {
                folded.entry(names::folded(&name)).or_default().push(name);
            }
            of_name.push(file.clone());
        }
        let special = tree
            .listing()
            .special
            .iter()
            .map(|special| (root.name_of(&special.path).unwrap_or_default(), special.clone()));
        Self {
            special: special.collect(),
            tree,
            handout,
            limits,
            files,
            folded,
            taken: BTreeMap::new(),
            taken_paths: Vec::new(),
            total: 0,
            notes: Vec::new(),
        }
    }

    /// The file of this name, ignoring case and accents if necessary: the student's file system does so on
    /// Windows and macOS.
    fn find(&self, name: &str) -> Result<Option<(String, ListedFile)>, IntakeRefusal> {
        let alike = self.folded.get(&names::folded(name)).map_or(&[][..], Vec::as_slice);
        let name = match (self.files.contains_key(name), alike) {
            (true, _) => name,
            (false, []) => return Ok(None),
            (false, [one]) => one,
            (false, several) => return Err(ambiguous_case(name, several)),
        };
        match self.files.get(name).map_or(&[][..], Vec::as_slice) {
            [] => Ok(None),
            [one] => Ok(Some((name.to_owned(), one.clone()))),
            _ => Err(IntakeRefusal::RepeatedFile { name: name.into() }),
        }
    }

    /// Reads a file within the limits.
    fn read(&mut self, name: &str, file: &ListedFile) -> Result<Vec<u8>, IntakeRefusal> {
        if file.size > self.limits.file_bytes {
            return Err(tree::too_large(self.limits.file_bytes).inside(name));
        }
        let content =
            self.tree.read(file.at, self.limits.file_bytes).map_err(|why| why.inside(name))?;
        self.total += content.len() as u64;
        if self.total > self.limits.total_bytes {
            return Err(IntakeRefusal::SourcesTooLarge { limit_bytes: self.limits.total_bytes });
        }
        if self.taken.len() >= self.limits.files {
            return Err(IntakeRefusal::TooManySourceFiles { limit: self.limits.files });
        }
        Ok(content)
    }

    /// Refuses a missing file if a browser or an editor renamed it: `timer (1).rs`, `timer.rs.txt`. Using the
    /// handed-out file instead would cost points that the student has earned.
    fn refuse_renamed_file(&self, name: &str) -> Result<(), IntakeRefusal> {
        let renamed = self.files.keys().find(|other| original_name(other).as_deref() == Some(name));
        match renamed {
            Some(other) if other != name => {
                Err(IntakeRefusal::RenamedFile { name: name.into(), found: other.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Refuses a link or another special file in the place of a needed file.
    fn refuse_special_file(&self, name: &str) -> Result<(), IntakeRefusal> {
        let here = |special: &str| {
            !special.is_empty() && (special == name || tree::is_inside(name, special))
        };
        match self.special.iter().find(|(special, _)| here(special)) {
            Some((_, SpecialFile { path, what })) => {
                Err(IntakeRefusal::SpecialModuleFile { path: path.clone(), kind: (*what).into() })
            }
            None => Ok(()),
        }
    }

    /// The note on Rust files that are not part of the crate.
    fn unreached_note(&self) -> Option<Remark> {
        let rust = self.files.keys().filter(|name| name.starts_with("src/") && tree::is_rust(name));
        let unreached: Vec<&String> =
            rust.filter(|name| !self.taken_paths.contains(name)).collect();
        (!unreached.is_empty()).then(|| Remark::NotCompiled { files: FileList::new(&unreached) })
    }

    /// The note on special files that no module needs.
    fn special_files_note(&self) -> Option<Remark> {
        let paths: Vec<&String> = self.special.iter().map(|(_, special)| &special.path).collect();
        let kinds = self.special.iter().map(|(_, special)| special.what);
        (!paths.is_empty()).then(|| {
            let mut kinds: Vec<String> = kinds.map(str::to_owned).collect();
            kinds.sort_unstable();
            kinds.dedup();
            Remark::SpecialFiles { kinds, files: FileList::new(&paths) }
        })
    }
}

impl SourceFiles for SubmissionFiles<'_> {
    type Error = IntakeRefusal;

    fn submitted(&mut self, name: &str) -> Result<Option<String>, IntakeRefusal> {
        if let Some(taken) = self.taken.get(name) {
            return Ok(Some(String::from_utf8_lossy(taken).into_owned()));
        }
        let Some((found, file)) = self.find(name)? else { return Ok(None) };
        let content = self.read(&found, &file)?;
        let normalised = text::normalise(&found, content)?;
        self.notes.extend(normalised.note);
        if found != name {
            self.notes.push(Remark::OtherSpelling { found: found.clone(), name: name.to_owned() });
        }
        self.taken_paths.push(found);
        let text = String::from_utf8_lossy(&normalised.text).into_owned();
        self.taken.insert(name.to_owned(), normalised.text);
        Ok(Some(text))
    }

    fn handed_out(&mut self, names: &[&str]) -> Result<Option<(usize, String)>, IntakeRefusal> {
        for name in names {
            self.refuse_special_file(name)?;
            self.refuse_renamed_file(name)?;
        }
        let sources = self.handout.sources();
        let found = names.iter().enumerate().find_map(|(at, name)| Some((at, sources.get(*name)?)));
        Ok(found.map(|(at, text)| (at, String::from_utf8_lossy(text).into_owned())))
    }

    fn include(&mut self, name: &str) -> Result<(), IntakeRefusal> {
        if self.taken.contains_key(name) {
            return Ok(());
        }
        if let Some((found, file)) = self.find(name)? {
            let content = self.read(&found, &file)?;
            self.taken_paths.push(found);
            self.taken.insert(name.to_owned(), content);
        } else if let Some(content) = self.handout.extra(name) {
            self.notes.push(Remark::IncludedFromHandout { file: name.to_owned() });
            self.taken.insert(name.to_owned(), content.clone());
        }
        Ok(())
    }

    /// Leaves out files beyond a limit, because it is not known whether they are needed.
    fn include_all(&mut self) -> Result<(), IntakeRefusal> {
        let single = self.files.iter().filter_map(|(name, listed)| match &listed[..] {
            [one] if !tree::is_rust(name) => Some((name.clone(), one.clone())),
            _ => None,
        });
        for (name, file) in single.collect::<Vec<_>>() {
            let fits = file.size <= self.limits.file_bytes
                && self.total + file.size <= self.limits.total_bytes
                && self.taken.len() < self.limits.files;
            if fits && !self.taken.contains_key(&name) {
                let Ok(content) = self.read(&name, &file) else { continue };
                self.taken_paths.push(name.clone());
                self.taken.insert(name, content);
            }
        }
        for (name, content) in self.handout.extras() {
            self.taken.entry(name.clone()).or_insert_with(|| content.clone());
        }
        Ok(())
    }

    fn all_submitted(&self) -> Vec<String> {
        module_tree::source_names(self.files.keys())
    }

    fn all_handed_out(&self) -> Vec<String> {
        module_tree::source_names(self.handout.sources().keys())
    }
}

/// The name that a source file had before a browser or an editor renamed it.
fn original_name(name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let file = file.strip_suffix(".txt").unwrap_or(file);
    let stem = file.strip_suffix(".rs")?;
    let stem = match copies::origin(stem, true) {
        Some(CopyOrigin::Certain(original) | CopyOrigin::Possible(original)) => original,
        None => stem.to_owned(),
    };
    Some(format!("{folder}/{stem}.rs"))
}

fn ambiguous_case(name: &str, several: &[String]) -> IntakeRefusal {
    IntakeRefusal::AmbiguousCase { name: name.into(), candidates: FileList::new(several) }
}

fn nothing_reached(submission: &SubmissionFiles<'_>, handout: &HandoutView) -> IntakeRefusal {
    let rust = submission.files.keys().filter(|name| tree::is_rust(name));
    let rust: Vec<&String> = rust.collect();
    IntakeRefusal::NothingReached { files: FileList::new(&rust), module: handout.slug.clone() }
}

/// Refuses a file that is also the folder of another one, which is possible only in an archive.
fn refuse_file_as_folder(files: &BTreeMap<String, Vec<u8>>) -> Result<(), IntakeRefusal> {
    for name in files.keys() {
        for (at, _) in name.match_indices('/') {
            if files.contains_key(&name[..at]) {
                let file = name[..at].to_owned();
                return Err(IntakeRefusal::FileAndFolder { file, inside: name.clone() });
            }
        }
    }
    Ok(())
}
