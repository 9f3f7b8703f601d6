//! Files that honest students submit along with the sources, and sources that use macros, files and
//! `unsafe` in good faith. These cost nothing, or the report says what is allowed.

use grader_model::{Grade, Outcome};
use regression::{copy_of, explain, grade, root};
use std::fs;
use std::path::Path;

/// Grades the reference solution of profiling after `change`.
fn changed(change: impl FnOnce(&Path)) -> Grade {
    let folder = copy_of(&root().join("solutions/profiling"));
    change(folder.path());
    grade("profiling", folder.path(), 41)
}

fn in_lib(folder: &Path, before: &str, after: &str) {
    let lib = folder.join("src/lib.rs");
    let text = fs::read_to_string(&lib).expect("a root");
    fs::write(lib, format!("{before}{text}{after}")).expect("a file");
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder around it")).expect("a folder");
    fs::write(path, text).expect("a file");
}

#[track_caller]
fn passes(grade: &Grade) {
    assert_eq!(grade.outcome, Outcome::Pass, "{}\n{:?}", explain(grade), grade.notes);
    assert_eq!(grade.points, Some(100.0), "{}", explain(grade));
}

#[test]
fn included_files_and_cargos_variables_are_there() {
    let grade = changed(|folder| {
        in_lib(
            folder,
            "#![doc = include_str!(\"../README.md\")]\n",
            concat!(
                "/// Of the package.\npub const VERSION: &str = env!(\"CARGO_PKG_VERSION\");\n",
                "const NAME: &str = env!(\"CARGO_PKG_NAME\");\n",
                "const DATA: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/data/x.txt\"));\n",
                "const _: () = assert!(VERSION.len() == 5 && NAME.len() == 9 && DATA.len() == 3);\n",
            ),
        );
        write(folder, "README.md", "# My notes\n");
        write(folder, "data/x.txt", "one");
    });
    passes(&grade);
}

/// Which modules and files exist is known only after macro expansion.
#[test]
fn what_a_macro_decides_compiles_here() {
    let grade = changed(|folder| {
        let lib = folder.join("src/lib.rs");
        let text = fs::read_to_string(&lib).expect("a root");
        assert!(text.contains("\nmod timer;\n"), "the reference changed");
        let modules =
            "\nmacro_rules! modules { ($($m:ident),*) => { $(mod $m;)* } }\nmodules!(timer);\n";
        fs::write(lib, text.replacen("\nmod timer;\n", modules, 1)).expect("a file");
        in_lib(
            folder,
            "",
            concat!(
                "\nmacro_rules! data { ($n:literal) => { include_str!(concat!(\"../data/\", $n)) } }\n",
                "const X: &str = data!(\"x.txt\");\n",
                "const Y: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/data\", \"/y.txt\"));\n",
                "const MANIFEST: &str = include_str!(env!(\"CARGO_MANIFEST_PATH\"));\n",
                "const _: () = assert!(X.len() == 3 && Y.len() == 5 && !MANIFEST.is_empty());\n",
            ),
        );
        write(folder, "data/x.txt", "one");
        write(folder, "data/y.txt", "three");
    });
    passes(&grade);
}

/// The student has the README because it was handed out, but submitted only `src`.
#[test]
fn a_readme_that_was_handed_out_can_be_included() {
    let grade = changed(|folder| in_lib(folder, "#![doc = include_str!(\"../README.md\")]\n", ""));
    passes(&grade);
    assert!(
        grade.all_remarks().any(|note| note.to_string().contains("`README.md` was not handed in"))
    );
}

#[test]
fn what_is_never_compiled_costs_nothing() {
    let grade = changed(|folder| {
        let steals = "fn main() { unsafe { f() }; include_str!(\"/etc/passwd\"); }\n";
        for name in ["src/main.rs", "src/bin/bench.rs", "examples/x.rs", "src/timer (1).rs"] {
            write(folder, name, steals);
        }
        in_lib(
            folder,
            "",
            "\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn f() { unsafe { g() } }\n}\n",
        );
    });
    passes(&grade);
    assert!(
        grade.all_remarks().any(|note| note.to_string().contains("`src/main.rs`")),
        "{:?}",
        grade.notes
    );
}

#[test]
fn unsafe_code_does_not_compile_and_the_report_says_what_is_allowed() {
    let grade = changed(|folder| {
        in_lib(folder, "", "\npub fn f(x: &[u8]) -> u8 {\n    unsafe { *x.get_unchecked(0) }\n}\n");
    });
    assert_eq!((grade.outcome, grade.points), (Outcome::CompileError, Some(0.0)));
    let first = &grade.problems[0];
    assert!(first.explanation.contains("safe Rust"), "{}", explain(&grade));
    assert_eq!(grade.problems.len(), 1, "once: {}", explain(&grade));
}

#[test]
fn reading_the_machine_in_built_code_is_refused() {
    let grade = changed(|folder| {
        in_lib(folder, "", "\npub const S: &str = include_str!(\"/etc/passwd\");\n");
    });
    assert_eq!((grade.outcome, grade.points), (Outcome::Refused, Some(0.0)), "{}", explain(&grade));
}

/// Code in the sandbox sees what the remarks say about files, variables and the network.
#[test]
fn remarks_on_the_sandbox_are_true() {
    let code = concat!(
        "\nfn check() {\n",
        "    std::fs::write(\"trace.txt\", \"x\").expect(\"a file of its own\");\n",
        "    assert_eq!(std::fs::read_to_string(\"trace.txt\").expect(\"it is there\"), \"x\");\n",
        "    assert!(std::fs::read_dir(\"/home\").is_err(), \"nobody's files\");\n",
        "    assert_eq!(std::env::vars().filter(|(name, _)| !name.starts_with(\"MALLOC_\")).count(), 0);\n",
        "    assert!(std::env::args().count() <= 1);\n",
        "}\n"
    );
    let grade = changed(|folder| {
        let path = folder.join("src/bottleneck.rs");
        let text = fs::read_to_string(&path).expect("a source");
        let called = "pub fn amdahl(fraction: f64, factor: f64) -> Result<f64> {\n";
        assert!(text.contains(called), "the reference changed");
        fs::write(path, text.replacen(called, &format!("{called}    check();\n"), 1) + code)
            .expect("a file");
    });
    passes(&grade);
    assert!(
        grade.all_remarks().any(|note| note.to_string().contains("empty folder")),
        "{:?}",
        grade.notes
    );
}
