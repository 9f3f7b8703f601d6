//! Every dependency that a manifest declares is used, in all workspaces of the repository. `cargo-machete` looks
//! for the same. It is not used here because a fresh machine spends 155 CPU seconds on installing it, and because it
//! does not see that a dependency is used by tests alone.

use super::{CargoDependency, CargoPackage, packages_of, repository_files, root};
use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, strip_shebang, tokenize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Dependencies that no source file names, and what they are for.
const FOR_ANOTHER_REASON: [(&str, &str, &str); 9] = [
    ("tinytorch", "matrixmultiply", "switches on a feature of a dependency of ndarray"),
    ("peers", "gemm", "switches on a feature of a dependency of candle"),
    ("intake", "acceleration", "a driver that is built into this crate calls it"),
    ("intake", "caching", "a driver that is built into this crate calls it"),
    ("intake", "compression", "a driver that is built into this crate calls it"),
    ("intake", "profiling", "a driver that is built into this crate calls it"),
    ("intake", "quantization", "a driver that is built into this crate calls it"),
    ("intake", "course-data", "a driver that is built into this crate calls it"),
    ("text-grading", "text", "the driver's body calls `::text::count`"),
];

/// The source files of one package, each with its text.
type Sources = Vec<(PathBuf, String)>;

#[test]
fn every_dependency_is_used() {
    let files = repository_files();
    let manifests: Vec<_> = files.iter().filter(|file| file.ends_with("Cargo.toml")).collect();
    let folders: BTreeSet<&Path> = manifests.iter().filter_map(|file| file.parent()).collect();
    let mut unused = Vec::new();
    let mut workspaces = 0;
    for manifest in manifests {
        let text = read(manifest);
        let folder = manifest.parent().unwrap_or(Path::new(""));
        if !text.lines().any(|line| line == "[workspace]") {
            continue;
        }
        workspaces += 1;
        for package in packages_of(&root().join(folder)) {
            let sources = sources_of(&package, &files, &folders);
            let names = unused_dependencies(&package.dependencies, &sources);
            unused.extend(names.into_iter().map(|name| (package.name.clone(), name)));
        }
    }
    assert!(
        workspaces >= 4,
        "only {workspaces} workspaces: the course, assignments, peers, fuzzer"
    );
    let allowed = FOR_ANOTHER_REASON.map(|(package, name, _)| (package.into(), name.into()));
    unused.retain(|one| !allowed.contains(one));
    assert!(unused.is_empty(), "remove these from their manifests, nothing uses them: {unused:?}");
}

#[test]
fn every_dependency_of_the_workspace_is_taken_by_a_package() {
    let text = read(Path::new("Cargo.toml"));
    let section = text.split("[workspace.dependencies]").nth(1).expect("the section");
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let declared: Vec<&str> =
        lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
    assert!(declared.len() > 20, "only {declared:?}");
    let files = repository_files();
    let manifests = files.iter().filter(|file| file.ends_with("Cargo.toml"));
    let manifests: Vec<String> = manifests.map(|file| read(file)).collect();
    for name in declared {
        let short = format!("{name}.workspace = true");
        let long = format!("{name} = {{ workspace = true");
        let is_taken = |line: &str| line.starts_with(&short) || line.starts_with(&long);
        assert!(
            manifests.iter().any(|text| text.lines().any(is_taken)),
            "remove `{name}` from [workspace.dependencies]: no package takes it"
        );
    }
}

#[test]
fn a_dependency_that_nothing_uses_is_found() {
    let sources = |file: &str, text: &str| vec![(PathBuf::from(file), text.to_owned())];
    let declared = |name: &str, kind: Option<&str>| CargoDependency {
        name: name.into(),
        kind: kind.map(Into::into),
        path: None,
        rename: None,
    };
    let is_unused = |name: &str, kind: Option<&str>, file: &str, text: &str| {
        !unused_dependencies(&[declared(name, kind)], &sources(file, text)).is_empty()
    };
    for text in [
        "use serde_json::Value;",
        "serde_json::json!({})",
        "use serde_json as json;",
        "use serde_json;",
    ] {
        assert!(!is_unused("serde_json", None, "src/lib.rs", text), "{text}");
        assert!(!is_unused("serde-json", None, "src/lib.rs", text), "a hyphen: {text}");
        assert!(is_unused("serde_json", None, "tests/all.rs", text), "tests alone: {text}");
        assert!(!is_unused("serde_json", Some("dev"), "tests/all.rs", text), "{text}");
        assert!(is_unused("serde_json", Some("build"), "src/lib.rs", text), "{text}");
        assert!(!is_unused("serde_json", Some("build"), "build.rs", text), "{text}");
    }
    for text in [
        "// use time::Date;",
        "\"time::Date\"",
        "use std::time::Date;",
        "let time = 1;",
        "a.time()",
    ] {
        assert!(is_unused("time", None, "src/lib.rs", text), "{text}");
    }
    let renamed = CargoDependency { rename: Some("clock".into()), ..declared("time", None) };
    assert!(unused_dependencies(&[renamed], &sources("src/lib.rs", "use clock::Date;")).is_empty());
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(root().join(file)).expect("a text")
}

/// The Rust files of `package`, by their names in it. A file belongs to the nearest manifest above it.
fn sources_of(package: &CargoPackage, files: &[PathBuf], folders: &BTreeSet<&Path>) -> Sources {
    let manifest = Path::new(&package.manifest_path);
    let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root()).ok());
    let folder = folder.expect("a package of the repository");
    let is_rust = |file: &&PathBuf| file.extension().is_some_and(|ending| ending == "rs");
    let is_own = |file: &&PathBuf| {
        file.ancestors().skip(1).find(|above| folders.contains(above)) == Some(folder)
    };
    let own = files.iter().filter(is_rust).filter(is_own);
    // The submissions of the sample class are no part of the package.
    let own = own.filter(|file| !file.starts_with("regression/class"));
    let name = |file: &Path| file.strip_prefix(folder).expect("it is below").to_owned();
    own.map(|file| (name(file), read(file))).collect()
}

/// Those of `dependencies` that are named in none of the files in which they may be used.
fn unused_dependencies(dependencies: &[CargoDependency], sources: &Sources) -> Vec<String> {
    let is_used = |dependency: &&CargoDependency| {
        let name = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
        let files = sources.iter().filter(|(file, _)| match dependency.kind.as_deref() {
            Some("build") => file.starts_with("build.rs") || file.starts_with("build"),
            Some(_) => true,
            None => !["tests", "examples", "benches"].iter().any(|folder| file.starts_with(folder)),
        });
        files.into_iter().any(|(_, text)| crates_named_in(text).contains(name.as_str()))
    };
    let unused = dependencies.iter().filter(|dependency| !is_used(dependency));
    unused.map(|dependency| dependency.name.clone()).collect()
}

/// The names with which a path or an import begins.
fn crates_named_in(text: &str) -> BTreeSet<&str> {
    let mut at = strip_shebang(text).unwrap_or(0);
    let mut tokens = Vec::new();
    for token in tokenize(&text[at..], FrontmatterAllowed::No) {
        let end = at + token.len as usize;
        let blank = matches!(
            token.kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        );
        if !blank {
            tokens.push((token.kind, &text[at..end]));
        }
        at = end;
    }
    let words: Vec<&str> = tokens.iter().map(|(_, word)| *word).collect();
    let is_named = |at: usize| {
        let is_inside_a_path = words[..at].ends_with(&[":", ":"]);
        let begins_a_path = words[at + 1..].starts_with(&[":", ":"]);
        let is_imported =
            words[..at].ends_with(&["use"]) && matches!(words.get(at + 1), Some(&(";" | "as")));
        tokens[at].0 == TokenKind::Ident && !is_inside_a_path && (begins_a_path || is_imported)
    };
    (0..words.len()).filter(|at| is_named(*at)).map(|at| words[at]).collect()
}
