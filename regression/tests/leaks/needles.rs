//! The needles to search for: texts and numbers that occur only in hidden files.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};
use regression::{grader, modules, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Shorter texts can be in any program by chance.
const SHORTEST: usize = 14;

/// The hidden files from which a driver is built. They are next to the student's code, so they
/// contain no secret.
const BESIDE_THE_STUDENT: [&str; 2] = ["contract.rs", "kernels.rs"];

/// All files in a folder, recursively.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => all.extend(files(&path)),
            Ok(kind) if kind.is_file() => all.push(path),
            _ => {}
        }
    }
    all.sort();
    all
}

/// The files of all modules that only the grader has.
pub fn hidden_files() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for module in modules() {
        let hidden = root().join("solutions").join(&module.slug).join("grading");
        let ours = |path: &PathBuf| {
            let name = path.strip_prefix(&hidden).unwrap_or(path);
            !name.starts_with("driver") && !BESIDE_THE_STUDENT.iter().any(|one| name == *one)
        };
        all.extend(files(&hidden).into_iter().filter(ours));
    }
    all
}

/// Names and claims of all hidden cases.
pub fn of_cases() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for module in modules() {
        let suite = &grader(&module.slug).module.suite;
        let cases = suite.cases().iter().map(|case| (case.name, case.claim));
        let timed = suite.timed().iter().map(|case| (case.name, case.claim));
        for (name, claim) in cases.chain(timed) {
            all.extend([name.to_owned(), claim.to_owned()]);
        }
    }
    all
}

/// All string literals of a file: messages, details, names of models.
pub fn of_literals(text: &str) -> BTreeSet<String> {
    let (mut all, mut at) = (BTreeSet::new(), 0);
    for token in tokenize(text, FrontmatterAllowed::No) {
        let end = at + token.len as usize;
        if let TokenKind::Literal { kind: LiteralKind::Str { .. }, .. } = token.kind {
            // Placeholders and escapes are not text of the program, so the literal is split there.
            let pieces = text[at..end].split(['"', '{', '}', '\\', '\n']);
            all.extend(pieces.map(str::trim).map(str::to_owned));
        }
        at = end;
    }
    all
}

/// Numbers with ten digits or more, as written.
pub fn of_numbers(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    let digits = |word: &&str| word.bytes().filter(u8::is_ascii_digit).count() >= 10;
    words.filter(digits).map(str::to_owned).collect()
}

/// The module path of a hidden Rust file as it appears in a program's symbols: both mangling
/// schemes write a path as names preceded by their lengths. It identifies a file that has no text.
pub fn of_module(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("solutions")).ok()?;
    let names = inside.iter().filter_map(|name| name.to_str());
    let names = names.map(|name| name.trim_end_matches(".rs").replace('-', "_"));
    let names: Vec<_> =
        names.filter(|name| !["grading", "mod", "lib"].contains(&name.as_str())).collect();
    let names: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(at, name)| if at == 0 { format!("{name}_grading") } else { name.clone() })
        .collect();
    // The root of a crate has no path of its own.
    (names.len() > 1)
        .then(|| names.iter().flat_map(|name| [name.len().to_string(), name.clone()]).collect())
}

/// Texts that are also in libraries or given files by chance.
const BY_CHANCE: [&str; 5] = [
    // Where a crate is that judge and drivers share.
    "solutions/data",
    // Layer names of the foundation, assembled at run time.
    "blocks.0.mlp.fc1",
    "blocks.0.mlp.fc2",
    // A comment in the kernels, and a text from an error library.
    "computing everything again",
    ", expected at least",
];

/// All needles from the hidden files, each with its file. Texts that students have anyway are
/// excluded.
pub fn all() -> BTreeMap<String, String> {
    let mut given = String::new();
    for path in files(&root().join("assignments")) {
        given += &fs::read_to_string(path).unwrap_or_default();
    }
    let mut all = BTreeMap::new();
    let mut add = |texts: BTreeSet<String>, place: &str| {
        let tells = |text: &String| text.len() >= SHORTEST && !BY_CHANCE.contains(&text.as_str());
        let new = texts.into_iter().filter(tells).filter(|text| !given.contains(text));
        all.extend(new.map(|text| (text, place.to_owned())));
    };
    for path in hidden_files() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let place = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => {
                add(of_literals(&text), &place);
                add(of_module(&path).into_iter().collect(), &place);
            }
            Some("json") => add(of_numbers(&text), &place),
            _ => {}
        }
    }
    add(of_cases(), "a case's name or claim");
    all
}

/// Searches for many texts at once.
pub struct TextSearch {
    needles: Vec<Vec<u8>>,
    /// The needles that begin with these eight bytes.
    begins: BTreeMap<[u8; 8], Vec<usize>>,
    /// Whether any needle's first eight bytes have this hash. Rejects most positions quickly.
    filter: Vec<bool>,
}

const FILTER_BITS: u32 = 20;

fn hash(first: [u8; 8]) -> usize {
    (u64::from_le_bytes(first).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS)) as usize
}

impl TextSearch {
    /// A search for `needles`, each of at least eight bytes.
    pub fn new(needles: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let needles: Vec<Vec<u8>> = needles.into_iter().collect();
        let (mut begins, mut filter) =
            (BTreeMap::<_, Vec<_>>::new(), vec![false; 1 << FILTER_BITS]);
        for (number, needle) in needles.iter().enumerate() {
            let first = *needle.first_chunk().expect("eight bytes or more");
            begins.entry(first).or_default().push(number);
            filter[hash(first)] = true;
        }
        Self { needles, begins, filter }
    }

    /// The indices of the needles that occur in `bytes`.
    pub fn found_in(&self, bytes: &[u8]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for (at, window) in bytes.windows(8).enumerate() {
            let first = window.try_into().unwrap_or_default();
            if !self.filter[hash(first)] {
                continue;
            }
            for number in self.begins.get(&first).into_iter().flatten() {
                if bytes[at..].starts_with(&self.needles[*number]) {
                    found.insert(*number);
                }
            }
        }
        found
    }
}
