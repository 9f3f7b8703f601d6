//! What `ARCHITECTURE.md` promises of the code, held against the manifests and the sources.

#[path = "architecture/dependencies.rs"]
mod dependencies;
mod support;

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, strip_shebang, tokenize};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use support::{repository_files, root};

/// "The crates and who may know whom": a crate may depend on what stands behind it, and on what
/// that may depend on.
const MAY_KNOW: [(&str, &[&str]); 16] = [
    ("model", &[]),
    ("contract", &[]),
    ("protocol", &["contract"]),
    ("probes", &[]),
    ("sandbox", &[]),
    ("sandbox-inherited", &[]),
    ("driver", &["protocol", "sandbox-inherited"]),
    ("judge", &["model", "protocol", "timing"]),
    ("timing", &["protocol"]),
    ("call-audit", &[]),
    ("course", &["call-audit"]),
    (
        "pipeline",
        &["sandbox", "judge", "timing", "call-audit", "probes", "course", "model", "protocol"],
    ),
    ("gradebook", &["model"]),
    ("report", &["model"]),
    ("cli", &["sandbox", "judge", "timing", "course", "pipeline", "model", "gradebook", "report"]),
    ("bin", &["cli", "judge"]),
];

/// Libraries that belong to one crate each.
const OWNERS: [(&str, &str); 10] = [
    ("rusqlite", "gradebook"),
    ("clap", "cli"),
    ("indicatif", "cli"),
    ("ctrlc", "cli"),
    ("landlock", "sandbox"),
    ("seccompiler", "sandbox"),
    ("object", "call-audit"),
    ("rustc-demangle", "call-audit"),
    ("zip", "pipeline"),
    ("tar", "pipeline"),
];

#[derive(Deserialize)]
struct CargoMetadata {
    packages: Vec<CargoPackage>,
}

#[derive(Deserialize)]
struct CargoPackage {
    name: String,
    manifest_path: String,
    dependencies: Vec<CargoDependency>,
}

#[derive(Deserialize)]
struct CargoDependency {
    name: String,
    /// `None` for what is linked, else `dev` or `build`.
    kind: Option<String>,
    /// Where it stands, when it is one of ours.
    path: Option<String>,
    /// The name that it has in the package's sources, when that is another.
    rename: Option<String>,
}

/// The packages of the workspace whose manifest is in `folder`.
fn packages_of(folder: &Path) -> Vec<CargoPackage> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(folder)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: CargoMetadata = serde_json::from_slice(&output.stdout).expect("cargo's JSON");
    metadata.packages
}

/// The crates under `grader/`, by their names in `ARCHITECTURE.md`.
fn crates() -> BTreeMap<String, Vec<CargoDependency>> {
    let folder = root().join("grader");
    let ours = |package: &CargoPackage| Path::new(&package.manifest_path).starts_with(&folder);
    let packages = packages_of(&root()).into_iter().filter(ours);
    packages.map(|package| (short(&package.name), package.dependencies)).collect()
}

fn short(name: &str) -> String {
    if name == "grader" { "bin".into() } else { name.trim_start_matches("grader-").into() }
}

fn may_know(name: &str) -> BTreeSet<&'static str> {
    let direct = MAY_KNOW.iter().find(|(known, _)| *known == name).map(|(_, may)| *may);
    let direct = direct.unwrap_or_else(|| panic!("`{name}` is not in the table")).iter().copied();
    direct.flat_map(|one| may_know(one).into_iter().chain([one])).collect()
}

#[test]
fn crates_depend_only_on_what_stands_in_the_table() {
    let crates = crates();
    let names: BTreeSet<_> = crates.keys().map(String::as_str).collect();
    assert_eq!(names, MAY_KNOW.iter().map(|(name, _)| *name).collect());
    for (name, dependencies) in &crates {
        let may = may_know(name);
        for dependency in dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            let other = short(&dependency.name);
            // Tests may use the bench of the suites, the whole program, and what uses a macro; what is linked may not.
            let is_of_tests = ["regression", "grader", "bin", "protocol"].contains(&other.as_str());
            if is_of_tests && dependency.kind.as_deref() == Some("dev") {
                continue;
            }
            // The crate that joins engine and course.
            if name == "bin" && other.ends_with("-grading") {
                continue;
            }
            assert!(
                may.contains(other.as_str()),
                "`{name}` depends on `{other}`, and the table in ARCHITECTURE.md does not let it"
            );
        }
    }
}

#[test]
fn the_table_is_the_one_in_the_document() {
    let document =
        std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let section =
        document.split("## The crates and who may know whom").nth(1).expect("the section");
    let block = section.split("```").nth(1).expect("the table");
    let mut written = BTreeMap::new();
    for line in block.lines() {
        let Some((before, after)) = line.split_once("─▶") else { continue };
        let name = before.split_whitespace().last().expect("a crate before the arrow");
        // Two blanks or more are between the list and a remark.
        let list = after.trim().split("  ").next().expect("a list");
        let list = list.replace("sandbox(one file)", "sandbox-inherited");
        written.insert(name.to_owned(), list.split(", ").map(str::to_owned).collect::<Vec<_>>());
    }
    let with_arrow = MAY_KNOW.iter().filter(|(_, may)| !may.is_empty());
    let ours: BTreeMap<_, Vec<_>> = with_arrow
        .map(|(name, may)| (name.to_string(), may.iter().map(ToString::to_string).collect()))
        .collect();
    assert_eq!(written, ours);
}

#[test]
fn the_model_depends_on_serde_and_thiserror_alone() {
    let crates = crates();
    let linked = crates["model"].iter().filter(|dependency| dependency.kind.is_none());
    assert_eq!(
        linked.map(|dependency| &*dependency.name).collect::<Vec<_>>(),
        ["serde", "thiserror"]
    );
}

#[test]
fn a_library_with_an_owner_is_used_nowhere_else() {
    for (name, dependencies) in &crates() {
        for dependency in dependencies.iter().filter(|dependency| dependency.kind.is_none()) {
            let owner = OWNERS.iter().find(|(library, _)| *library == dependency.name);
            assert!(
                owner.is_none_or(|(_, owner)| owner == name),
                "`{name}` depends on `{}`, which belongs to another crate",
                dependency.name
            );
        }
    }
}

/// The identifiers of a source file that are code (neither comment nor text), with their lines.
fn identifiers(text: &str) -> Vec<(usize, &str)> {
    let mut at = strip_shebang(text).unwrap_or(0);
    let mut found = Vec::new();
    for token in tokenize(&text[at..], FrontmatterAllowed::No) {
        let end = at + token.len as usize;
        if token.kind == TokenKind::Ident {
            found.push((1 + text[..at].matches('\n').count(), &text[at..end]));
        }
        at = end;
    }
    found
}

/// Asserts that no Rust file that `looked_at` chooses holds one of the identifiers. The submissions
/// of the sample class are nobody's code but their students'.
#[track_caller]
fn nowhere(forbidden: &[&str], why: &str, looked_at: impl Fn(&str) -> bool) {
    let mut files = 0;
    for file in repository_files() {
        let name = file.to_string_lossy();
        let input = ["regression/class/", "regression/fuzz/seeds/"];
        let ours = name.ends_with(".rs") && !input.iter().any(|folder| name.starts_with(folder));
        if !ours || !looked_at(&name) {
            continue;
        }
        files += 1;
        let text = std::fs::read_to_string(root().join(&file)).expect("sources are UTF-8");
        for (line, word) in identifiers(&text) {
            assert!(!forbidden.contains(&word), "{name}:{line}: `{word}`: {why}");
        }
    }
    assert!(files > 0, "no file was looked at");
}

#[test]
fn the_scan_sees_code_and_neither_comments_nor_texts() {
    let code =
        "// unsafe\n/* unsafe */ \"unsafe\" r#\"unsafe\"# b\"unsafe\" r#unsafe unsafe_code 'x'";
    assert!(identifiers(code).iter().all(|(_, word)| *word != "unsafe"), "{:?}", identifiers(code));
    assert_eq!(identifiers("fn f() {\n unsafe {} }")[2], (2, "unsafe"));
}

#[test]
fn unsafe_stands_in_the_sandbox_and_in_two_files_of_the_foundation_alone() {
    let why = "unsafe code stands in grader/sandbox, in the counting allocator and in the products of bytes only";
    let foundation =
        ["src/alloc.rs", "src/simd/vnni.rs"].map(|file| format!("assignments/tinytorch/{file}"));
    nowhere(&["unsafe"], why, |file| {
        !file.starts_with("grader/sandbox/") && !foundation.iter().any(|allowed| allowed == file)
    });
}

#[test]
fn sql_stands_in_the_gradebook_alone() {
    let why = "the gradebook is the only crate that knows SQL";
    nowhere(&["rusqlite"], why, |file| !file.starts_with("grader/gradebook/"));
}

#[test]
fn the_judge_starts_no_process_reads_no_clock_and_no_file() {
    let forbidden = ["Instant", "SystemTime", "Command", "process", "fs", "File", "net"];
    let hidden = |file: &str| {
        file.starts_with("solutions/")
            && (file.contains("/grading/cases/") || file.contains("/grading/oracle/"))
    };
    nowhere(&forbidden, "what a call cost comes from the transport", |file| {
        file.starts_with("grader/judge/src/") || hidden(file)
    });
}

#[test]
fn no_command_can_switch_a_layer_off() {
    let why = "switching layers off is for the suites of attacks";
    nowhere(&["DefenceLayer", "SwitchedOff", "Rlimits", "without"], why, |file| {
        file.starts_with("grader/cli/src/")
    });
}

/// Names of this course, without regard to case: its modules, its foundation, and two of their types.
fn names_of_the_course() -> Vec<String> {
    let course = regression::course();
    let types = ["Gpt", "KvCache", "TinyTorch"];
    let names = course.packages().chain(types);
    names.map(|name| name.replace('_', "").to_lowercase()).collect()
}

/// The lines of a text that hold one of the names, with their numbers.
fn lines_naming<'a>(text: &'a str, names: &[String]) -> Vec<(usize, &'a str)> {
    let holds = |line: &str| {
        let line = line.replace('_', "").to_lowercase();
        names.iter().any(|name| line.contains(name))
    };
    (1..).zip(text.lines()).filter(|(_, line)| holds(line) && !is_about_archives(line)).collect()
}

/// A module is called like what archives do. These are the ways in which the grader speaks of that.
fn is_about_archives(line: &str) -> bool {
    const WAYS: [&str; 6] = [
        "flate2::",
        "CompressionMethod",
        ".compression()",
        "\"its compression\"",
        "Compression::best()",
        "an_unknown_compression",
    ];
    WAYS.iter().any(|way| line.contains(way))
}

#[test]
fn the_scan_sees_a_name_in_any_spelling() {
    let names = names_of_the_course();
    let text = "sorting\nlet cache: KvCache;\n//! tiny_torch\nGPT\nTHE_CACHING\n\
                Compression::best()\ncompression::prune()\n";
    let lines: Vec<usize> = lines_naming(text, &names).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 7]);
}

/// The engine grades any course: `grader/bin` joins it with this one. Guides and figures are about this
/// course.
#[test]
fn no_other_crate_of_the_grader_names_this_course() {
    const EXEMPT: [&str; 1] = ["grader/bin/"];
    const DOCUMENTS: [&str; 3] = ["README.md", "THREATS.md", "FIGURES.md"];
    let names = names_of_the_course();
    let mut found = Vec::new();
    let mut files = 0;
    for file in repository_files() {
        let name = file.to_string_lossy();
        let is_document = DOCUMENTS.iter().any(|document| file.ends_with(document));
        let is_exempt = is_document || EXEMPT.iter().any(|folder| name.starts_with(folder));
        if !name.starts_with("grader/") || is_exempt {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(root().join(&file)) else { continue };
        files += 1;
        let lines = lines_naming(&text, &names).into_iter();
        found.extend(lines.map(|(line, text)| format!("{name}:{line}: {}", text.trim())));
    }
    assert!(files > 200, "only {files} files were looked at");
    assert!(
        found.is_empty(),
        "only grader/bin may know this course; take the name from config/course.yaml or from the module, and \
         use `sorting` and `hashing` in fixtures:\n{}",
        found.join("\n")
    );
}

#[test]
fn reports_read_no_file() {
    let forbidden = ["read", "read_to_string", "read_dir"];
    let why = "a report is made of what it is given";
    nowhere(&forbidden, why, |file| file.starts_with("grader/report/src/"));
}

#[test]
fn no_file_names_a_folder_of_somebodys_machine() {
    // In two parts, so that this file does not name one.
    let starts = ["root", "home", "Users", "work"].map(|folder| format!("/{folder}/"));
    for file in repository_files() {
        let Ok(text) = std::fs::read_to_string(root().join(&file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            let named = starts.iter().find(|start| {
                line.match_indices(start.as_str()).any(|(at, _)| begins_a_path(&line[..at]))
            });
            assert!(named.is_none(), "{}:{}: {line}", file.display(), number + 1);
        }
    }
}

/// Whether a slash after `before` begins an absolute path (and is not in the middle of one).
fn begins_a_path(before: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "._-~}>)*$".contains(c);
    !before.ends_with(inside)
}
