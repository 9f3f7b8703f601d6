//! The files that a crate is made of: what `lib.rs` reaches, and nothing else.
//!
//! The rules are the compiler's own: `mod x;` is `x.rs` or `x/mod.rs` beside the file or in its folder,
//! `#[path]` names a file, and `include_str!` and its kin name one that is no module.

use super::outline::{Declaration, Include, Outline};
use super::token_scan::tokens::Code;
use std::collections::{BTreeMap, BTreeSet};

/// The crate's root.
pub(crate) const ROOT: &str = "src/lib.rs";
/// Modules inside each other beyond this are not followed.
const DEEPEST: usize = 64;

/// Where files may come from. Names are relative to the package: `src/timer.rs`.
pub(crate) trait Files {
    /// Why a file that is there cannot be had.
    type Error;

    /// The text of a handed-in file; `None` when there is none of this name.
    fn submitted(&mut self, name: &str) -> Result<Option<String>, Self::Error>;

    /// The text of the first of these files that was handed out, and its place among the names. None of
    /// them was handed in.
    fn handed_out(&mut self, names: &[&str]) -> Result<Option<(usize, String)>, Self::Error>;

    /// Takes note of a file that is included and is no module.
    fn include(&mut self, name: &str) -> Result<(), Self::Error>;

    /// Takes note of every file that may be included, where a path cannot be read.
    fn include_all(&mut self) -> Result<(), Self::Error>;

    /// The names of the handed-in Rust files below `src`.
    fn all_submitted(&self) -> Vec<String>;

    /// The names of the handed-out Rust files below `src`.
    fn all_handed_out(&self) -> Vec<String>;
}

/// The source files of a crate, by where they come from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ModuleTree {
    /// Handed in.
    pub submitted: BTreeSet<String>,
    /// Not handed in, and taken as they were handed out.
    pub handed_out: BTreeSet<String>,
}

impl ModuleTree {
    /// Walks from `src/lib.rs` over the declared modules. A handed-out file stands in only for a module
    /// that was handed in neither as `x.rs` nor as `x/mod.rs`. Where a macro makes modules, each Rust file
    /// below `src` may be one.
    ///
    /// # Errors
    /// The first file that is there and cannot be had.
    ///
    /// # Cost
    /// Each reached file is read once.
    pub fn walk<F: Files>(files: &mut F) -> Result<Self, F::Error> {
        let mut tree = Self::default();
        let root = Module { name: ROOT.into(), children: Place::folder("src"), depth: 0 };
        let mut open = Vec::new();
        tree.take(files, vec![root], &mut open)?;
        let mut hidden = Hidden::default();
        while let Some((module, text)) = open.pop() {
            let code = Code::new(&text);
            let outline = Outline::of(&code);
            hidden.add(&code, &outline);
            for include in &outline.includes {
                tree.take_include(files, &module, include, &mut open)?;
            }
            for declared in outline.modules.iter().filter(|_| module.depth < DEEPEST) {
                tree.take(files, module.files_of(declared), &mut open)?;
            }
            if open.is_empty() && hidden.modules && !hidden.looked_up {
                hidden.looked_up = true;
                tree.take_all(files, &hidden, &mut open)?;
            }
        }
        if hidden.includes {
            files.include_all()?;
        }
        Ok(tree)
    }

    /// Takes each file that may be the module of a macro: all that were handed in, and of those that were
    /// handed out the ones that a source file names.
    fn take_all<F: Files>(
        &mut self,
        files: &mut F,
        hidden: &Hidden,
        open: &mut Vec<(Module, String)>,
    ) -> Result<(), F::Error> {
        let is_program = |name: &String| name == "src/main.rs" || name.starts_with("src/bin/");
        for name in files.all_submitted().into_iter().filter(|name| !is_program(name)) {
            self.take(files, vec![Module::of_file(&name)], open)?;
        }
        for name in files.all_handed_out() {
            let own = name.strip_suffix("/mod.rs").or_else(|| name.strip_suffix(".rs"));
            let Some(own) = own.filter(|own| hidden.words.contains(last(own))) else { continue };
            let forms = [format!("{own}.rs"), format!("{own}/mod.rs")];
            self.take(files, forms.iter().map(|name| Module::of_file(name)).collect(), open)?;
        }
        Ok(())
    }

    /// Takes those of the possible files of a module that there are.
    fn take<F: Files>(
        &mut self,
        files: &mut F,
        mut possible: Vec<Module>,
        open: &mut Vec<(Module, String)>,
    ) -> Result<(), F::Error> {
        let mut found = false;
        for module in &possible {
            if self.submitted.contains(&module.name) {
                found = true;
            } else if let Some(text) = files.submitted(&module.name)? {
                found = true;
                self.submitted.insert(module.name.clone());
                open.push((module.clone(), text));
            }
        }
        if found {
            return Ok(());
        }
        let names: Vec<&str> = possible.iter().map(|module| &*module.name).collect();
        if let Some((at, text)) = files.handed_out(&names)? {
            let module = possible.swap_remove(at);
            if self.handed_out.insert(module.name.clone()) {
                open.push((module, text));
            }
        }
        Ok(())
    }

    fn take_include<F: Files>(
        &mut self,
        files: &mut F,
        module: &Module,
        include: &Include,
        open: &mut Vec<(Module, String)>,
    ) -> Result<(), F::Error> {
        let Target::Inside(name) = target(&module.name, include) else { return Ok(()) };
        if include.is_code && module.depth < DEEPEST {
            let children = Place::folder(folder_of(&name));
            let included = Module { name, children, depth: module.depth + 1 };
            return self.take(files, vec![included], open);
        }
        files.include(&name)
    }
}

/// What the reached files do not say themselves, because a macro decides it.
#[derive(Default)]
struct Hidden {
    modules: bool,
    includes: bool,
    /// Whether the files that may be modules were taken already.
    looked_up: bool,
    /// All names in the reached files.
    words: BTreeSet<String>,
}

impl Hidden {
    fn add(&mut self, code: &Code<'_>, outline: &Outline) {
        self.modules |= outline.hides_modules;
        self.includes |= outline.hides_includes;
        self.words.extend((0..code.len()).filter_map(|at| code.name(at)).map(str::to_owned));
    }
}

/// A file that may be a module's.
#[derive(Clone, Debug)]
struct Module {
    name: String,
    /// Where the files of its own modules are.
    children: Place,
    depth: usize,
}

/// Where a file's modules have their files.
#[derive(Clone, Debug)]
struct Place {
    folder: String,
    /// The folder below that a file other than `mod.rs` has for its modules; `#[path]` ignores it.
    own: Option<String>,
}

impl Place {
    fn folder(folder: &str) -> Self {
        Self { folder: folder.to_owned(), own: None }
    }

    /// The place inside of a module with a body.
    fn inside(self, name: &str, path: Option<&str>) -> Option<Self> {
        let folder = match path {
            Some(path) => joined(&self.folder, path)?,
            None => joined(&self.of_modules(), name)?,
        };
        Some(Self { folder, own: None })
    }

    fn of_modules(&self) -> String {
        match &self.own {
            Some(own) => format!("{}/{own}", self.folder),
            None => self.folder.clone(),
        }
    }
}

impl Module {
    /// The module of a file of which only the name is known.
    fn of_file(name: &str) -> Self {
        let folder = folder_of(name);
        let stem = last(name).trim_end_matches(".rs");
        let own = (stem != "mod" && name != ROOT).then(|| stem.to_owned());
        Self { name: name.to_owned(), children: Place { folder: folder.to_owned(), own }, depth: 1 }
    }

    /// The files that the module `declared` in this one may have, the usual one first.
    fn files_of(&self, declared: &Declaration) -> Vec<Self> {
        let inside = |place: Place, inline: &super::outline::Inline| {
            place.inside(&inline.name, inline.path.as_deref())
        };
        let Some(place) = declared.around.iter().try_fold(self.children.clone(), inside) else {
            return Vec::new();
        };
        let depth = self.depth + 1;
        if let Some(path) = &declared.path {
            let Some(name) = joined(&place.folder, path) else { return Vec::new() };
            let children = Place::folder(folder_of(&name));
            return vec![Self { name, children, depth }];
        }
        let folder = place.of_modules();
        let own = format!("{folder}/{}", declared.name);
        let beside = Place { folder, own: Some(declared.name.clone()) };
        vec![
            Self { name: format!("{own}.rs"), children: beside, depth },
            Self { name: format!("{own}/mod.rs"), children: Place::folder(&own), depth },
        ]
    }
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

/// What a path in a source file leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A file of the package, by its name relative to it.
    Inside(String),
    /// A place outside of the package.
    Outside,
    /// A place that holds nothing but the system's own files, such as `/etc`.
    System,
}

/// Folders at the top of a file system that no student keeps work in.
const SYSTEM: [&str; 5] = ["boot", "dev", "etc", "proc", "sys"];

/// What `include` leads to, written in the file `name`.
pub(super) fn target(name: &str, include: &Include) -> Target {
    if include.from_package {
        return leads_to("", include.path.trim_start_matches('/'));
    }
    leads_to(folder_of(name), &include.path)
}

/// What `path` leads to from the folder `from` of the package.
pub(super) fn leads_to(from: &str, path: &str) -> Target {
    let path = path.replace('\\', "/");
    if let Some(absolute) = path.strip_prefix('/') {
        let top = absolute.split('/').find(|part| !part.is_empty() && *part != ".");
        let system = top.is_some_and(|top| SYSTEM.contains(&top));
        return if system { Target::System } else { Target::Outside };
    }
    if path.as_bytes().get(1) == Some(&b':') {
        return Target::Outside;
    }
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let mut climbed = 0;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => climbed += usize::from(parts.pop().is_none()),
            part => parts.push(part),
        }
    }
    match climbed {
        0 => Target::Inside(parts.join("/")),
        // So far up there is nothing but the top of the file system.
        3.. if parts.first().is_some_and(|top| SYSTEM.contains(top)) => Target::System,
        _ => Target::Outside,
    }
}

fn joined(folder: &str, path: &str) -> Option<String> {
    match leads_to(folder, path) {
        Target::Inside(name) => Some(name),
        Target::Outside | Target::System => None,
    }
}

/// Files in memory.
pub(crate) struct InMemory<'a> {
    /// Handed in.
    pub submitted: &'a BTreeMap<String, Vec<u8>>,
    /// Handed out.
    pub handed_out: &'a BTreeMap<String, Vec<u8>>,
}

impl Files for InMemory<'_> {
    type Error = std::convert::Infallible;

    fn submitted(&mut self, name: &str) -> Result<Option<String>, Self::Error> {
        Ok(self.submitted.get(name).map(|text| String::from_utf8_lossy(text).into_owned()))
    }

    fn handed_out(&mut self, names: &[&str]) -> Result<Option<(usize, String)>, Self::Error> {
        let found = names.iter().enumerate();
        let mut found = found.filter_map(|(at, name)| Some((at, self.handed_out.get(*name)?)));
        Ok(found.next().map(|(at, text)| (at, String::from_utf8_lossy(text).into_owned())))
    }

    fn include(&mut self, _: &str) -> Result<(), Self::Error> {
        Ok(())
    }

    fn include_all(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn all_submitted(&self) -> Vec<String> {
        sources(self.submitted.keys())
    }

    fn all_handed_out(&self) -> Vec<String> {
        sources(self.handed_out.keys())
    }
}

/// The Rust files below `src` among these.
pub(super) fn sources<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let is_source = |name: &&String| name.starts_with("src/") && super::tree::is_rust(name);
    names.filter(is_source).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names_and_texts: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        let file = |(name, text): &(&str, &str)| (format!("src/{name}"), text.as_bytes().to_vec());
        names_and_texts.iter().map(file).collect()
    }

    /// The names below `src` of the reached files, those that were handed out in brackets.
    fn reached(submitted: &[(&str, &str)], handed_out: &[(&str, &str)]) -> Vec<String> {
        let (submitted, handed_out) = (files(submitted), files(handed_out));
        let mut files = InMemory { submitted: &submitted, handed_out: &handed_out };
        let Ok(tree) = ModuleTree::walk(&mut files);
        let below = |name: &String| name.trim_start_matches("src/").to_owned();
        let ours = tree.handed_out.iter().map(|name| format!("[{}]", below(name)));
        tree.submitted.iter().map(below).chain(ours).collect()
    }

    const OUT: [(&str, &str); 4] = [
        ("lib.rs", "mod flops; mod timer;"),
        ("flops.rs", "mod report;"),
        ("flops/report.rs", ""),
        ("timer.rs", ""),
    ];

    #[test]
    fn a_stub_stands_in_only_for_a_module_without_a_file() {
        let lib = ("lib.rs", "mod flops; mod timer;");
        for (submitted, expected) in [
            (vec![], vec!["[flops.rs]", "[flops/report.rs]", "[lib.rs]", "[timer.rs]"]),
            (
                vec![lib, ("timer.rs", "")],
                vec!["lib.rs", "timer.rs", "[flops.rs]", "[flops/report.rs]"],
            ),
            (
                vec![lib, ("flops/mod.rs", ""), ("timer/mod.rs", "")],
                vec!["flops/mod.rs", "lib.rs", "timer/mod.rs"],
            ),
            (
                vec![lib, ("flops/mod.rs", "mod report;"), ("timer.rs", "")],
                vec!["flops/mod.rs", "lib.rs", "timer.rs", "[flops/report.rs]"],
            ),
            (
                vec![("lib.rs", "mod flop_counter; mod timer { }"), ("flop_counter.rs", "")],
                vec!["flop_counter.rs", "lib.rs"],
            ),
            (vec![("lib.rs", "mod flops { mod report; }")], vec!["lib.rs", "[flops/report.rs]"]),
            (
                vec![("timer.rs", "")],
                vec!["timer.rs", "[flops.rs]", "[flops/report.rs]", "[lib.rs]"],
            ),
            (
                vec![("lib.rs", ""), ("main.rs", ""), ("bin/a.rs", ""), ("timer (1).rs", "")],
                vec!["lib.rs"],
            ),
            (
                vec![
                    (
                        "lib.rs",
                        "macro_rules! m { ($($m:ident)*) => { $(mod $m;)* } } m!(timer flops a);",
                    ),
                    ("a/mod.rs", "mod b;"),
                    ("a/b.rs", ""),
                    ("flops/mod.rs", "mod report;"),
                    ("main.rs", ""),
                    ("bin/x.rs", ""),
                ],
                vec![
                    "a/b.rs",
                    "a/mod.rs",
                    "flops/mod.rs",
                    "lib.rs",
                    "[flops/report.rs]",
                    "[timer.rs]",
                ],
            ),
            // The student's own error, which the compiler explains.
            (
                vec![("lib.rs", "mod a;"), ("a.rs", ""), ("a/mod.rs", "")],
                vec!["a.rs", "a/mod.rs", "lib.rs"],
            ),
        ] {
            assert_eq!(reached(&submitted, &OUT), expected, "{submitted:?}");
        }
    }

    #[test]
    fn paths_are_resolved_as_the_compiler_does() {
        for (submitted, file) in [
            (
                vec![
                    ("lib.rs", "#[path = \"x/y.rs\"] mod a;"),
                    ("x/y.rs", "mod b;"),
                    ("x/b.rs", ""),
                ],
                "x/b.rs",
            ),
            (
                vec![("lib.rs", "mod a;"), ("a.rs", "#[path = \"c.rs\"] mod b;"), ("c.rs", "")],
                "c.rs",
            ),
            (
                vec![("lib.rs", "mod a;"), ("a.rs", "mod b { mod c; }"), ("a/b/c.rs", "")],
                "a/b/c.rs",
            ),
            (vec![("lib.rs", "#[path = \"p\"] mod a { mod b; }"), ("p/b.rs", "")], "p/b.rs"),
            (vec![("lib.rs", "mod a;"), ("a/mod.rs", "mod b;"), ("a/b/mod.rs", "")], "a/b/mod.rs"),
            (vec![("lib.rs", "mod r#fn;"), ("fn.rs", "")], "fn.rs"),
            (vec![("lib.rs", "include!(\"t.rs\");"), ("t.rs", "mod u;"), ("u.rs", "")], "u.rs"),
            (vec![("lib.rs", "#[path = \"../src/./a.rs\"] mod b;"), ("a.rs", "mod b;")], "a.rs"),
        ] {
            assert!(reached(&submitted, &[]).contains(&file.to_owned()), "{submitted:?}");
        }
        let itself = [("lib.rs", "#[path = \"lib.rs\"] mod a;")];
        assert_eq!(reached(&itself, &[]), ["lib.rs"], "a circle ends");
    }

    #[test]
    fn a_path_leads_inside_outside_or_to_the_system() {
        for (path, expected) in [
            ("../README.md", Target::Inside("README.md".into())),
            ("./a/../b.rs", Target::Inside("src/b.rs".into())),
            ("../../data.txt", Target::Outside),
            ("/srv/ada/data.txt", Target::Outside),
            (concat!("/ro", "ot/course/data.txt"), Target::Outside),
            ("/var/home/ada/data.txt", Target::Outside),
            ("/run/media/ada/data.txt", Target::Outside),
            ("C:\\data.txt", Target::Outside),
            ("/etc/passwd", Target::System),
            ("//proc/self/environ", Target::System),
            ("../../../../../etc/passwd", Target::System),
            ("../../etc/data.txt", Target::Outside),
        ] {
            assert_eq!(leads_to("src", path), expected, "{path}");
        }
    }
}
