//! Random refactorings that preserve behaviour. A submission rearranged in a legal way compiles for
//! its student, so it must get full marks.
//!
//! They edit the text of sources formatted by rustfmt, such as the reference solutions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A crate's sources by their path in `src`.
#[derive(Clone, Debug)]
pub struct CrateSources {
    files: BTreeMap<String, String>,
    /// The applied refactorings, in order, for a test's failure message.
    pub steps: Vec<String>,
}

/// Seeded random numbers (xorshift64*), so that a failing round can be repeated.
pub struct SeededRandom(u64);

impl SeededRandom {
    /// A different sequence for each seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        // The first numbers of similar seeds are similar.
        for _ in 0..16 {
            random.below(2);
        }
        random
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }
}

/// A refactoring of one module declared in `lib.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refactoring {
    /// `x.rs` becomes `x/mod.rs`.
    MoveToModRs,
    /// Renames the private module, its file and all paths to it.
    Rename,
    /// Moves a private function to a new submodule.
    Split,
    /// Renames the file and adds `#[path]`.
    StatePath,
    /// `mod x;` becomes `mod x { .. }`.
    Inline,
}

impl Refactoring {
    /// All refactorings.
    pub const ALL: [Self; 5] =
        [Self::MoveToModRs, Self::Rename, Self::Split, Self::StatePath, Self::Inline];
}

impl CrateSources {
    /// Reads the `src` folder of a package.
    ///
    /// # Panics
    /// If it cannot be read as text.
    pub fn read(src: &Path) -> Self {
        let mut files = BTreeMap::new();
        read_folder(src, "", &mut files);
        Self { files, steps: Vec::new() }
    }

    /// Writes the files to the `src` folder of a package.
    ///
    /// # Panics
    /// If a file cannot be written.
    pub fn write(&self, src: &Path) {
        for (name, text) in &self.files {
            let path = src.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder around it")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
    }

    /// Applies up to `count` refactorings, cycling through the kinds, each to a different module.
    pub fn refactor(&mut self, count: usize, random: &mut SeededRandom) {
        let first = random.below(Refactoring::ALL.len());
        let mut left: Vec<String> = self.modules().into_iter().collect();
        while self.steps.len() < count && !left.is_empty() {
            let module = left.swap_remove(random.below(left.len()));
            let kind = (first + self.steps.len()) % Refactoring::ALL.len();
            let refactoring = Refactoring::ALL[kind];
            if self.apply(refactoring, &module) {
                self.steps.push(format!("{refactoring:?} of {module}"));
            }
        }
    }

    /// The modules that `lib.rs` declares and that have their own file.
    ///
    /// # Panics
    /// If there is no `lib.rs`.
    pub fn modules(&self) -> BTreeSet<String> {
        let declared = |line: &str| Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned());
        self.files["lib.rs"].lines().filter_map(declared).collect()
    }

    /// Applies the refactoring to the module. Returns false if it is not applicable.
    pub fn apply(&mut self, refactoring: Refactoring, module: &str) -> bool {
        let file = format!("{module}.rs");
        let has_children = self.files.keys().any(|name| name.starts_with(&format!("{module}/")));
        match refactoring {
            Refactoring::MoveToModRs => self.move_file(&file, &format!("{module}/mod.rs")),
            Refactoring::Rename => self.rename(module, &format!("{module}_renamed")),
            Refactoring::Split => self.split(module),
            Refactoring::StatePath if has_children => false,
            Refactoring::StatePath => {
                let other = format!("parts/the_{module}.rs");
                let stated = format!("#[path = \"{other}\"]\nmod {module};\n");
                self.edit("lib.rs", &format!("mod {module};\n"), &stated);
                self.move_file(&file, &other)
            }
            Refactoring::Inline => {
                let Some(text) = self.files.remove(&file) else { return false };
                self.edit(
                    "lib.rs",
                    &format!("mod {module};\n"),
                    &format!("mod {module} {{\n{text}}}\n"),
                );
                true
            }
        }
    }

    fn move_file(&mut self, from: &str, to: &str) -> bool {
        let Some(text) = self.files.remove(from) else { return false };
        self.files.insert(to.to_owned(), text);
        true
    }

    fn edit(&mut self, file: &str, old: &str, new: &str) {
        let text = self.files.get_mut(file).expect("a file to edit");
        *text = text.replace(old, new);
    }

    fn rename(&mut self, old: &str, new: &str) -> bool {
        let root = self.files.get_mut("lib.rs").expect("a root");
        *root = root
            .replace(&format!("mod {old};\n"), &format!("mod {new};\n"))
            .replace(&format!("use {old}::"), &format!("use {new}::"));
        let files = std::mem::take(&mut self.files);
        for (name, text) in files {
            let text = text
                .replace(
                    &format!("crate::{old}::{{self"),
                    &format!("crate::{new}::{{self as {old}"),
                )
                .replace(&format!("crate::{old}::"), &format!("crate::{new}::"));
            let moved = match name.strip_prefix(old) {
                Some(rest) if rest == ".rs" || rest.starts_with('/') => format!("{new}{rest}"),
                _ => name,
            };
            self.files.insert(moved, text);
        }
        true
    }

    fn split(&mut self, module: &str) -> bool {
        let file = format!("{module}.rs");
        let Some(text) = self.files.get(&file) else { return false };
        let lines: Vec<&str> = text.lines().collect();
        let Some(start) = lines.iter().position(|line| line.starts_with("fn ")) else {
            return false;
        };
        let is_about = |line: &&str| line.starts_with("///") || line.starts_with("#[");
        let first = start - lines[..start].iter().rev().take_while(|line| is_about(line)).count();
        let Some(length) = lines[start..].iter().position(|line| *line == "}") else {
            return false;
        };
        let last = start + length;
        let moved = lines[first..=last].join("\n").replacen("fn ", "pub(super) fn ", 1);
        let is_inner = |line: &&str| line.starts_with("//!") || line.starts_with("#![");
        let head = lines.iter().take_while(|line| is_inner(line)).count();
        let rest = [&lines[head..first], &lines[last + 1..]].concat().join("\n");
        let head = lines[..head].join("\n");
        let split = format!("{head}\n\nmod split_off;\nuse split_off::*;\n{rest}\n");
        self.files.insert(file, split);
        self.files.insert(format!("{module}/split_off.rs"), format!("use super::*;\n\n{moved}\n"));
        true
    }
}

fn read_folder(folder: &Path, above: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let entry = entry.expect("a readable entry");
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        if entry.file_type().expect("a type").is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read_to_string(entry.path()).expect("a text"));
        }
    }
}
