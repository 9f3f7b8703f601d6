//! Which of the listed files are taken, and under which names.

use super::handout::Handout;
use super::module_tree::{self, Files, ModuleTree};
use super::platforms::copies::{self, Origin};
use super::root::{Root, listed};
use super::tree::{self, Listed, Special, Tree};
use super::{CollectLimits, Refusal, names, text};
use std::collections::BTreeMap;

/// What is taken of a submission.
#[derive(Debug)]
pub(super) struct Choice {
    /// Contents by name: what is compiled, and what that includes.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was left out or normalised.
    pub notes: Vec<String>,
}

/// Takes what the module tree reaches.
///
/// # Errors
/// A reached file that is no plain file or cannot be read; too many or too large files; nothing that is
/// reached at all.
pub(super) fn sources(
    tree: &mut dyn Tree,
    root: &Root,
    handout: &Handout,
    limits: &CollectLimits,
) -> Result<Choice, Refusal> {
    let mut submission = Submission::new(tree, root, handout, limits);
    let reached = ModuleTree::walk(&mut submission)?;
    if reached.submitted.is_empty() {
        return Err(nothing_reached(&submission, handout));
    }
    no_file_is_a_folder(&submission.taken)?;
    let mut notes = std::mem::take(&mut submission.notes);
    notes.extend(submission.unreached());
    notes.extend(submission.left_out());
    Ok(Choice { files: submission.taken, notes })
}

/// The files of a submission by their names in the package, read when the module tree reaches them.
struct Submission<'a> {
    tree: &'a mut dyn Tree,
    handout: &'a Handout,
    limits: &'a CollectLimits,
    /// All files of the package. Two of one name are possible in an archive.
    files: BTreeMap<String, Vec<Listed>>,
    /// Names that are equal but for case and accents, by what they have in common.
    folded: BTreeMap<String, Vec<String>>,
    /// What is no plain file, in the package and outside of it.
    special: Vec<(String, Special)>,
    taken: BTreeMap<String, Vec<u8>>,
    /// Names as they are in the submission, of what was taken.
    used: Vec<String>,
    total: u64,
    notes: Vec<String>,
}

impl<'a> Submission<'a> {
    fn new(
        tree: &'a mut dyn Tree,
        root: &Root,
        handout: &'a Handout,
        limits: &'a CollectLimits,
    ) -> Self {
        let mut files: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
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
            used: Vec::new(),
            total: 0,
            notes: Vec::new(),
        }
    }

    /// The file of this name. One that differs in upper and lower case alone is found where the student's
    /// file system finds it: on Windows and macOS.
    fn find(&self, name: &str) -> Result<Option<(String, Listed)>, Refusal> {
        let alike = self.folded.get(&names::folded(name)).map_or(&[][..], Vec::as_slice);
        let name = match (self.files.contains_key(name), alike) {
            (true, _) => name,
            (false, []) => return Ok(None),
            (false, [one]) => one,
            (false, several) => return Err(alike_but_for_case(name, several)),
        };
        match self.files.get(name).map_or(&[][..], Vec::as_slice) {
            [] => Ok(None),
            [one] => Ok(Some((name.to_owned(), one.clone()))),
            _ => Err(Refusal::new(format!(
                "`{name}` is in the archive twice, with different contents. Pack the folder again and \
                 hand it in."
            ))),
        }
    }

    /// Reads a file within the limits.
    fn read(&mut self, name: &str, file: &Listed) -> Result<Vec<u8>, Refusal> {
        if file.size > self.limits.file_bytes {
            return Err(tree::too_large(self.limits.file_bytes).inside(name));
        }
        let content =
            self.tree.read(file.at, self.limits.file_bytes).map_err(|why| why.inside(name))?;
        self.total += content.len() as u64;
        if self.total > self.limits.total_bytes {
            return Err(too_much_in_all(self.limits));
        }
        if self.taken.len() >= self.limits.files {
            return Err(Refusal::new(format!(
                "The submission holds more than {} source files. Hand in only code that you wrote.",
                self.limits.files
            )));
        }
        Ok(content)
    }

    /// Refuses a missing file that is there as a browser or an editor renamed it: `timer (1).rs`,
    /// `timer.rs.txt`. The handed-out file in its place would cost points that the student has earned.
    fn not_under_another_name(&self, name: &str) -> Result<(), Refusal> {
        let renamed = self.files.keys().find(|other| written_as(other).as_deref() == Some(name));
        match renamed {
            Some(other) if other != name => Err(Refusal::new(format!(
                "`{name}` is missing, and there is `{other}`, which looks like it under another name. Rename it \
                 to `{name}` and hand in again."
            ))),
            _ => Ok(()),
        }
    }

    /// Refuses a link or the like in the place of a file that is needed.
    fn no_special_at(&self, name: &str) -> Result<(), Refusal> {
        let here = |special: &str| {
            !special.is_empty() && (special == name || tree::is_inside(name, special))
        };
        match self.special.iter().find(|(special, _)| here(special)) {
            Some((_, Special { path, what })) => Err(Refusal::new(format!(
                "`{path}` is {what}, which is not followed. Hand in the file itself in its place."
            ))),
            None => Ok(()),
        }
    }

    /// Rust files that are no part of the crate.
    fn unreached(&self) -> Option<String> {
        let rust = self.files.keys().filter(|name| name.starts_with("src/") && tree::is_rust(name));
        let unreached: Vec<&String> = rust.filter(|name| !self.used.contains(name)).collect();
        (!unreached.is_empty()).then(|| {
            format!(
                "Only `src/lib.rs` and the modules that it declares are compiled. Left out: {}.",
                listed(&unreached)
            )
        })
    }

    /// Links and the like that nothing needs.
    fn left_out(&self) -> Option<String> {
        let paths: Vec<&String> = self.special.iter().map(|(_, special)| &special.path).collect();
        let kinds = self.special.iter().map(|(_, special)| special.what);
        (!paths.is_empty()).then(|| {
            let mut kinds: Vec<&str> = kinds.collect();
            kinds.sort_unstable();
            kinds.dedup();
            format!("Left out, because it is {}: {}.", kinds.join(" or "), listed(&paths))
        })
    }
}

impl Files for Submission<'_> {
    type Error = Refusal;

    fn submitted(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        if let Some(taken) = self.taken.get(name) {
            return Ok(Some(String::from_utf8_lossy(taken).into_owned()));
        }
        let Some((found, file)) = self.find(name)? else { return Ok(None) };
        let content = self.read(&found, &file)?;
        let normalised = text::normalise(&found, content)?;
        self.notes.extend(normalised.note);
        if found != name {
            self.notes.push(format!("`{found}` is compiled as `{name}`, the name of its module."));
        }
        self.used.push(found);
        let text = String::from_utf8_lossy(&normalised.text).into_owned();
        self.taken.insert(name.to_owned(), normalised.text);
        Ok(Some(text))
    }

    fn handed_out(&mut self, names: &[&str]) -> Result<Option<(usize, String)>, Refusal> {
        for name in names {
            self.no_special_at(name)?;
            self.not_under_another_name(name)?;
        }
        let sources = self.handout.sources();
        let found = names.iter().enumerate().find_map(|(at, name)| Some((at, sources.get(*name)?)));
        Ok(found.map(|(at, text)| (at, String::from_utf8_lossy(text).into_owned())))
    }

    fn include(&mut self, name: &str) -> Result<(), Refusal> {
        if self.taken.contains_key(name) {
            return Ok(());
        }
        if let Some((found, file)) = self.find(name)? {
            let content = self.read(&found, &file)?;
            self.used.push(found);
            self.taken.insert(name.to_owned(), content);
        } else if let Some(content) = self.handout.extra(name) {
            self.notes
                .push(format!("`{name}` was not handed in: it is taken as it was handed out."));
            self.taken.insert(name.to_owned(), content.clone());
        }
        Ok(())
    }

    /// A file that is too large, or one too many, is left out: nobody knows whether it is needed.
    fn include_all(&mut self) -> Result<(), Refusal> {
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
                self.used.push(name.clone());
                self.taken.insert(name, content);
            }
        }
        for (name, content) in self.handout.extras() {
            self.taken.entry(name.clone()).or_insert_with(|| content.clone());
        }
        Ok(())
    }

    fn all_submitted(&self) -> Vec<String> {
        module_tree::sources(self.files.keys())
    }

    fn all_handed_out(&self) -> Vec<String> {
        module_tree::sources(self.handout.sources().keys())
    }
}

/// The name that a source file had before a browser or an editor renamed it.
fn written_as(name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let file = file.strip_suffix(".txt").unwrap_or(file);
    let stem = file.strip_suffix(".rs")?;
    let stem = match copies::origin(stem, true) {
        Some(Origin::Sure(original) | Origin::Possible(original)) => original,
        None => stem.to_owned(),
    };
    Some(format!("{folder}/{stem}.rs"))
}

pub(super) fn too_much_in_all(limits: &CollectLimits) -> Refusal {
    Refusal::new(format!(
        "The source files hold more than {} together. Hand in only code that you wrote.",
        tree::size(limits.total_bytes)
    ))
}

fn alike_but_for_case(name: &str, several: &[String]) -> Refusal {
    Refusal::new(format!(
        "The module of `{name}` could be {}: they differ only in upper and lower case or in how accents are \
         stored. Remove or rename all but one.",
        listed(several)
    ))
}

fn nothing_reached(submission: &Submission<'_>, handout: &Handout) -> Refusal {
    let rust = submission.files.keys().filter(|name| tree::is_rust(name));
    let rust: Vec<&String> = rust.collect();
    Refusal::new(format!(
        "None of the Rust files ({}) is a part of `{}`: there is no `src/lib.rs` that declares them. Hand in \
         the whole folder `src`.",
        listed(&rust),
        handout.slug
    ))
}

/// Refuses a file that is the folder of another one, which only an archive can hold.
fn no_file_is_a_folder(files: &BTreeMap<String, Vec<u8>>) -> Result<(), Refusal> {
    for name in files.keys() {
        for (at, _) in name.match_indices('/') {
            if files.contains_key(&name[..at]) {
                return Err(Refusal::new(format!(
                    "`{}` is a file, and the folder of `{name}`. It cannot be both: hand in one.",
                    &name[..at]
                )));
            }
        }
    }
    Ok(())
}
