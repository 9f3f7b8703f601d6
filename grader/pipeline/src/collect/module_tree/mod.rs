//! The source files of a crate: those that `lib.rs` reaches, and no others.
//!
//! The rules are the compiler's: `mod x;` is `x.rs` or `x/mod.rs` beside the file or in its folder,
//! `#[path]` names a file, and `include_str!` and similar macros name one that is not a module.

mod module_file;
mod path_target;
mod source_files;

pub(super) use path_target::{PathTarget, include_target, resolve};
pub(super) use source_files::source_names;
pub(crate) use source_files::{InMemoryFiles, SourceFiles};

use super::outline::{FileOutline, IncludedFile};
use super::token_scan::tokens::SourceTokens;
use module_file::{ModuleFile, ModuleFolder};
use path_target::{folder_of, last_component};
use std::collections::BTreeSet;

/// The root file of the crate.
pub(crate) const ROOT: &str = "src/lib.rs";
/// Modules nested deeper than this are not followed.
const MAX_NESTING: usize = 64;

/// The source files of a crate, by origin.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ModuleTree {
    /// Files that the student handed in.
    pub submitted: BTreeSet<String>,
    /// Files that the student did not hand in, taken as the course handed them out.
    pub handed_out: BTreeSet<String>,
}

impl ModuleTree {
    /// Follows the declared modules from `src/lib.rs`. A handed-out file replaces only a module that was
    /// handed in neither as `x.rs` nor as `x/mod.rs`. If a macro declares modules, each Rust file below
    /// `src` may be one.
    ///
    /// # Errors
    /// The first file that exists and cannot be read.
    ///
    /// # Cost
    /// Each reached file is read once.
    pub fn walk<F: SourceFiles>(files: &mut F) -> Result<Self, F::Error> {
        let mut tree = Self::default();
        let root = ModuleFile { name: ROOT.into(), children: ModuleFolder::new("src"), depth: 0 };
        let mut pending = Vec::new();
        tree.take(files, vec![root], &mut pending)?;
        let mut hidden = HiddenReferences::default();
        while let Some((module, text)) = pending.pop() {
            let code = SourceTokens::new(&text);
            let outline = FileOutline::of(&code);
            hidden.add(&code, &outline);
            for include in &outline.includes {
                tree.take_include(files, &module, include, &mut pending)?;
            }
            for declared in outline.modules.iter().filter(|_| module.depth < MAX_NESTING) {
                tree.take(files, module.files_of(declared), &mut pending)?;
            }
            if pending.is_empty() && hidden.modules && !hidden.macro_modules_taken {
                hidden.macro_modules_taken = true;
                tree.take_macro_modules(files, &hidden, &mut pending)?;
            }
        }
        if hidden.includes {
            files.include_all()?;
        }
        Ok(tree)
    }

    /// Takes each file that may be a module declared by a macro: all handed-in files, and those handed-out
    /// files whose module name occurs in a reached file.
    fn take_macro_modules<F: SourceFiles>(
        &mut self,
        files: &mut F,
        hidden: &HiddenReferences,
        pending: &mut Vec<(ModuleFile, String)>,
    ) -> Result<(), F::Error> {
        let is_program = |name: &String| name == "src/main.rs" || name.starts_with("src/bin/");
        for name in files.all_submitted().into_iter().filter(|name| !is_program(name)) {
            self.take(files, vec![ModuleFile::of_file(&name)], pending)?;
        }
        for name in files.all_handed_out() {
            let own = name.strip_suffix("/mod.rs").or_else(|| name.strip_suffix(".rs"));
            let Some(own) = own.filter(|own| hidden.names.contains(last_component(own))) else {
                continue;
            };
            let forms = [format!("{own}.rs"), format!("{own}/mod.rs")];
            self.take(
                files,
                forms.iter().map(|name| ModuleFile::of_file(name)).collect(),
                pending,
            )?;
        }
        Ok(())
    }

    /// Takes the possible files of a module that exist: those handed in, or else the first handed-out one.
    fn take<F: SourceFiles>(
        &mut self,
        files: &mut F,
        mut possible: Vec<ModuleFile>,
        pending: &mut Vec<(ModuleFile, String)>,
    ) -> Result<(), F::Error> {
        let mut found = false;
        for module in &possible {
            if self.submitted.contains(&module.name) {
                found = true;
            } else if let Some(text) = files.submitted(&module.name)? {
                found = true;
                self.submitted.insert(module.name.clone());
                pending.push((module.clone(), text));
            }
        }
        if found {
            return Ok(());
        }
        let names: Vec<&str> = possible.iter().map(|module| &*module.name).collect();
        if let Some((at, text)) = files.handed_out(&names)? {
            let module = possible.swap_remove(at);
            if self.handed_out.insert(module.name.clone()) {
                pending.push((module, text));
            }
        }
        Ok(())
    }

    fn take_include<F: SourceFiles>(
        &mut self,
        files: &mut F,
        module: &ModuleFile,
        include: &IncludedFile,
        pending: &mut Vec<(ModuleFile, String)>,
    ) -> Result<(), F::Error> {
        let PathTarget::Inside(name) = include_target(&module.name, include) else { return Ok(()) };
        if include.is_code && module.depth < MAX_NESTING {
            let children = ModuleFolder::new(folder_of(&name));
            let included = ModuleFile { name, children, depth: module.depth + 1 };
            return self.take(files, vec![included], pending);
        }
        files.include(&name)
    }
}

/// References that the reached files do not state, because a macro generates them.
#[derive(Default)]
struct HiddenReferences {
    modules: bool,
    includes: bool,
    /// Whether the files that may be modules have been taken.
    macro_modules_taken: bool,
    /// All identifiers in the reached files.
    names: BTreeSet<String>,
}

impl HiddenReferences {
    fn add(&mut self, code: &SourceTokens<'_>, outline: &FileOutline) {
        self.modules |= outline.hides_modules;
        self.includes |= outline.hides_includes;
        self.names.extend((0..code.len()).filter_map(|at| code.name(at)).map(str::to_owned));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn files(names_and_texts: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        let file = |(name, text): &(&str, &str)| (format!("src/{name}"), text.as_bytes().to_vec());
        names_and_texts.iter().map(file).collect()
    }

    /// The names below `src` of the reached files, handed-out ones in brackets.
    fn reached(submitted: &[(&str, &str)], handed_out: &[(&str, &str)]) -> Vec<String> {
        let submitted = files(submitted);
        let handed_out = files(handed_out);
        let mut files = InMemoryFiles { submitted: &submitted, handed_out: &handed_out };
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
    fn a_stub_replaces_only_a_module_without_a_file() {
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
            // This is the student's error, and the compiler explains it.
            (
                vec![("lib.rs", "mod a;"), ("a.rs", ""), ("a/mod.rs", "")],
                vec!["a.rs", "a/mod.rs", "lib.rs"],
            ),
        ] {
            assert_eq!(reached(&submitted, &OUT), expected, "{submitted:?}");
        }
    }

    #[test]
    fn paths_resolve_as_in_the_compiler() {
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
    fn a_path_targets_the_package_the_outside_or_the_system() {
        for (path, expected) in [
            ("../README.md", PathTarget::Inside("README.md".into())),
            ("./a/../b.rs", PathTarget::Inside("src/b.rs".into())),
            ("../../data.txt", PathTarget::Outside),
            ("/srv/ada/data.txt", PathTarget::Outside),
            (concat!("/ro", "ot/course/data.txt"), PathTarget::Outside),
            ("/var/home/ada/data.txt", PathTarget::Outside),
            ("/run/media/ada/data.txt", PathTarget::Outside),
            ("C:\\data.txt", PathTarget::Outside),
            ("/etc/passwd", PathTarget::System),
            ("//proc/self/environ", PathTarget::System),
            ("../../../../../etc/passwd", PathTarget::System),
            ("../../etc/data.txt", PathTarget::Outside),
        ] {
            assert_eq!(resolve("src", path), expected, "{path}");
        }
    }
}
