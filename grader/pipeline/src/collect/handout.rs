//! The handed-out workspace, and the names that distinguish its modules.

use super::token_scan::tokens::SourceTokens;
use ra_ap_rustc_lexer::TokenKind;
use std::collections::{BTreeMap, BTreeSet};

/// The files of a package by their names relative to it: `src/timer.rs`, `README.md`.
pub type PackageFiles = BTreeMap<String, Vec<u8>>;

/// The handed-out workspace, from the view of one module.
#[derive(Clone, Debug, Default)]
pub struct HandoutView {
    /// The module's slug.
    pub(super) slug: String,
    /// Its handed-out sources: `src/..`.
    sources: PackageFiles,
    /// Its other handed-out files, which a source may include: `README.md`.
    extras: PackageFiles,
    /// The names that only this module has.
    own: UniqueNames,
    /// The names that only one of the other packages has, by package.
    others: BTreeMap<String, UniqueNames>,
}

/// The names that one package has and no other package of the workspace.
#[derive(Clone, Debug, Default)]
struct UniqueNames {
    /// Names of source files.
    files: BTreeSet<String>,
    /// Names of public items.
    items: BTreeSet<String>,
}

/// The package of the course that sources belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SourceOwner<'a> {
    /// The graded module.
    Module,
    /// Another package of the workspace.
    Other(&'a str),
    /// The sources match no package.
    Unknown,
}

impl HandoutView {
    /// The module `slug` among the handed-out `packages`.
    ///
    /// # Cost
    /// Linear in the size of all packages.
    pub fn new(slug: &str, packages: &BTreeMap<String, PackageFiles>) -> Self {
        let mut handout = Self::of_name(slug);
        for (name, files) in packages {
            if name != slug {
                handout.others.insert(name.clone(), UniqueNames::of(files));
                continue;
            }
            handout.own = UniqueNames::of(files);
            let (sources, extras) =
                files.clone().into_iter().partition(|(name, _)| name.starts_with("src/"));
            handout.sources = sources;
            handout.extras = extras;
        }
        let all: Vec<UniqueNames> =
            handout.others.values().chain([&handout.own]).cloned().collect();
        handout.own.keep_unique(&all);
        handout.others.values_mut().for_each(|marks| marks.keep_unique(&all));
        handout
    }

    /// A module of which only the name is known.
    pub fn of_name(slug: &str) -> Self {
        Self { slug: slug.to_owned(), ..Self::default() }
    }

    /// The module's handed-out sources.
    pub const fn sources(&self) -> &PackageFiles {
        &self.sources
    }

    /// A handed-out file that is not a source.
    pub(super) fn extra(&self, name: &str) -> Option<&Vec<u8>> {
        self.extras.get(name)
    }

    /// All handed-out files that are not sources.
    pub(super) const fn extras(&self) -> &PackageFiles {
        &self.extras
    }

    /// Whether these Rust files equal the handed-out ones, apart from comments and layout.
    pub(super) fn is_untouched(&self, sources: &BTreeMap<String, Vec<u8>>) -> bool {
        let same = |(name, text): (&String, &Vec<u8>)| {
            self.sources.get(name).is_some_and(|stub| stub == text || is_same_code(stub, text))
        };
        let is_rust = |(name, _): &(&String, &Vec<u8>)| super::tree::is_rust(name);
        sources.iter().any(|file| is_rust(&file)) && sources.iter().filter(is_rust).all(same)
    }

    /// The other package of the workspace with this name.
    pub(super) fn other(&self, name: &str) -> Option<&str> {
        let found = self.others.keys().find(|other| super::names::is_module_name(name, other));
        found.map(String::as_str)
    }

    /// The owner of sources with these file names below `src`.
    pub(super) fn owner_of_names(&self, names: &BTreeSet<&str>) -> SourceOwner<'_> {
        let count =
            |marks: &UniqueNames| names.iter().filter(|name| marks.files.contains(**name)).count();
        self.owner(&count)
    }

    /// The owner of these sources, by the names of their files and public items.
    pub(super) fn owner_of_sources(&self, sources: &BTreeMap<String, Vec<u8>>) -> SourceOwner<'_> {
        let found = UniqueNames::of(sources);
        let count = |marks: &UniqueNames| {
            found.files.intersection(&marks.files).count()
                + found.items.intersection(&marks.items).count()
        };
        self.owner(&count)
    }

    /// The package with the most matching names; the graded module on a tie.
    fn owner(&self, count: &dyn Fn(&UniqueNames) -> usize) -> SourceOwner<'_> {
        let other = self.others.iter().map(|(name, marks)| (count(marks), name)).max();
        match (count(&self.own), other) {
            (ours, Some((theirs, name))) if theirs > ours => SourceOwner::Other(name),
            (0, _) => SourceOwner::Unknown,
            _ => SourceOwner::Module,
        }
    }

    /// Whether there are other packages to confuse the module with.
    pub(super) fn has_others(&self) -> bool {
        !self.others.is_empty()
    }
}

impl UniqueNames {
    fn of(files: &PackageFiles) -> Self {
        let sources = || files.iter().filter_map(|(name, text)| Some((below_src(name)?, text)));
        Self {
            files: sources().map(|(name, _)| name.to_owned()).collect(),
            items: sources()
                .flat_map(|(_, text)| public_items(&String::from_utf8_lossy(text)))
                .collect(),
        }
    }

    fn keep_unique(&mut self, all: &[Self]) {
        let once = |holds: &dyn Fn(&Self) -> bool| all.iter().filter(|one| holds(one)).count() == 1;
        self.files.retain(|name| once(&|marks| marks.files.contains(name)));
        self.items.retain(|name| once(&|marks| marks.items.contains(name)));
    }
}

fn below_src(name: &str) -> Option<&str> {
    name.strip_prefix("src/").filter(|name| super::tree::is_rust(name))
}

/// Whether two files have the same tokens. A comma before a closing bracket counts as layout.
fn is_same_code(one: &[u8], other: &[u8]) -> bool {
    let one = String::from_utf8_lossy(one);
    let other = String::from_utf8_lossy(other);
    let one = SourceTokens::new(&one);
    let other = SourceTokens::new(&other);
    tokens(&one).eq(tokens(&other))
}

fn tokens<'a>(code: &'a SourceTokens<'_>) -> impl Iterator<Item = &'a str> {
    let closes = |at| {
        matches!(
            code.kind(at),
            TokenKind::CloseBrace | TokenKind::CloseParen | TokenKind::CloseBracket
        )
    };
    let counts = move |at: &usize| !(code.kind(*at) == TokenKind::Comma && closes(at + 1));
    (0..code.len()).filter(counts).filter_map(|at| Some(code.get(at)?.text))
}

/// The names of the items that a source file exports with `pub`, and of the modules that it declares.
fn public_items(text: &str) -> BTreeSet<String> {
    const KINDS: [&str; 9] =
        ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "mod"];
    let code = SourceTokens::new(text);
    let public = (0..code.len()).filter(|&at| code.is_keyword(at, "pub"));
    let named = public.filter_map(|at| {
        let mut kind = at + 1;
        while ["const", "async", "unsafe"].iter().any(|word| code.is_keyword(kind, word))
            && code.is_keyword(kind + 1, "fn")
        {
            kind += 1;
        }
        let known = code.kind(kind) == TokenKind::Ident
            && code.name(kind).is_some_and(|word| KINDS.contains(&word));
        known.then(|| code.name(kind + 1)).flatten()
    });
    let modules = (0..code.len()).filter(|&at| code.is_keyword(at, "mod"));
    let declared = modules.filter_map(|at| code.name(at + 1));
    named.chain(declared).chain(exported(&code)).map(str::to_owned).collect()
}

/// The names in each `pub use`, including modules in its path.
fn exported<'a>(code: &'a SourceTokens<'_>) -> impl Iterator<Item = &'a str> {
    let public = |at: &usize| code.is_keyword(*at, "pub") && code.is_keyword(at + 1, "use");
    let names = |at: usize| {
        let end = (at..code.len()).find(|&end| code.kind(end) == TokenKind::Semi);
        (at + 2..end.unwrap_or(code.len())).filter_map(|at| code.name(at))
    };
    (0..code.len()).filter(public).flat_map(names)
}

/// The string value of `wanted` in the `[package]` section of a manifest.
pub(crate) fn package_text<'a>(manifest: &'a str, wanted: &str) -> Option<&'a str> {
    let mut in_package = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            in_package = line == "[package]";
        } else if in_package
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == wanted
        {
            return value.trim().strip_prefix(['"', '\''])?.split(['"', '\'']).next();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_items_are_found_by_name() {
        let text = "pub fn a() {} pub const fn b() {} pub struct C; pub(crate) fn d() {} fn e() {}\n\
                    pub const F: u8 = 0; // pub fn g() {}\n pub use h::{I, r#J as K}; use l::M; mod n;";
        let names: Vec<String> = public_items(text).into_iter().collect();
        assert_eq!(names, ["C", "F", "I", "J", "K", "a", "as", "b", "h", "n"]);
    }

    #[test]
    fn a_manifest_names_its_package() {
        for (manifest, name) in [
            ("[package]\nname = \"searching\"\n", Some("searching")),
            (
                "[workspace]\nname = \"x\"\n[package]\r\nedition=\"2024\"\r\nname='a-b' # x\r\n",
                Some("a-b"),
            ),
            ("[lib]\nname = \"x\"", None),
            ("", None),
        ] {
            assert_eq!(package_text(manifest, "name"), name, "{manifest}");
        }
    }
}
