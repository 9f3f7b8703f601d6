//! `assignments/` as a whole: writing, checking, exporting, and searching for leaked answers.

mod common;

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use common::{ADD, README, ScratchCourse};
use grader_course::release::{self, DriftKind};

fn written() -> ScratchCourse {
    let scratch = ScratchCourse::new();
    release::write(scratch.root()).unwrap();
    scratch
}

/// The leaks after writing `text` to `path` (relative to the root), as `file:line origin`.
fn leaks_with(path: &str, text: &str) -> Vec<String> {
    let scratch = written();
    scratch.put(path, text);
    leaks(&scratch)
}

fn leaks(scratch: &ScratchCourse) -> Vec<String> {
    let leaks = release::leaks(scratch.root()).unwrap();
    leaks
        .iter()
        .map(|leak| format!("{}:{} {}", leak.file.display(), leak.line, leak.origin))
        .collect()
}

#[test]
fn write_then_check_is_fresh() {
    let scratch = ScratchCourse::new();
    assert!(!release::check(scratch.root()).unwrap().is_fresh());
    let first = release::write(scratch.root()).unwrap();
    assert!(first.changed.contains(&"demo/src/add.rs".into()));
    assert!(release::check(scratch.root()).unwrap().is_fresh());
    assert_eq!(release::write(scratch.root()).unwrap(), release::WriteChanges::default());
}

#[test]
fn drift_is_reported_by_file() {
    let scratch = written();
    scratch.put("assignments/demo/src/add.rs", "pub fn add() {}\n");
    scratch.put("assignments/demo/src/old.rs", "");
    scratch.put("assignments/gone/Cargo.toml", "");
    std::fs::remove_file(scratch.path("assignments/demo/tests/add.rs")).unwrap();
    let drift = release::check(scratch.root()).unwrap();
    insta::assert_snapshot!(drift);
}

#[test]
fn a_repeated_line_is_a_difference_of_one_line() {
    let scratch = written();
    scratch.edit("assignments/demo/README.md", "# Demo\n", "# Demo\n# Demo\n");
    let drift = release::check(scratch.root()).unwrap();
    assert_eq!(drift.to_string(), "stale    assignments/demo/README.md\n  line 2:\n  - # Demo\n");
}

#[test]
fn a_lock_file_that_lacks_a_member_is_stale() {
    let scratch = written();
    scratch.put("assignments/Cargo.lock", "[[package]]\nname = \"toolkit\"\n");
    let drift = release::check(scratch.root()).unwrap();
    assert_eq!(drift.entries.len(), 1);
    let DriftKind::Stale { diff } = &drift.entries[0].kind else { panic!("{drift}") };
    assert!(diff.contains("name = \"demo\""), "{diff}");
    scratch.put("assignments/Cargo.lock", "name = \"toolkit\"\nname = \"demo\"\n");
    assert!(release::check(scratch.root()).unwrap().is_fresh());
}

#[test]
fn write_deletes_what_is_generated_no_more_and_nothing_else() {
    let scratch = written();
    scratch.put("assignments/demo/old/deep/file.rs", "");
    scratch.put("assignments/gone/Cargo.toml", "");
    let written = release::write(scratch.root()).unwrap();
    assert_eq!(written.removed, [Path::new("demo/old/deep/file.rs")]);
    assert!(!scratch.path("assignments/demo/old").exists());
    assert!(scratch.path("assignments/gone/Cargo.toml").exists());
    assert!(scratch.path("assignments/toolkit/src/lib.rs").exists());
    assert!(scratch.path("assignments/target/debug/junk").exists());
}

#[test]
fn a_mistake_leaves_everything_as_it_was() {
    let scratch = written();
    scratch.put("solutions/demo/README.md", &README.replace("# Demo", "# New"));
    scratch.put("solutions/demo/src/add.rs", &ADD.replace("// END SOLUTION", ""));
    scratch.put("assignments/demo/old.rs", "");
    release::write(scratch.root()).unwrap_err();
    assert!(scratch.text("assignments/demo/README.md").starts_with("# Demo\n"));
    assert!(scratch.path("assignments/demo/old.rs").exists());
}

#[test]
fn only_the_members_of_an_existing_manifest_change() {
    let scratch = ScratchCourse::new();
    let text =
        "# ours\n[workspace]\nmembers = [\n    \"toolkit\",\n]\n\n[profile.dev]\nopt-level = 2\n";
    scratch.put("assignments/Cargo.toml", text);
    release::write(scratch.root()).unwrap();
    let expected =
        "# ours\n[workspace]\nmembers = [\"toolkit\", \"demo\"]\n\n[profile.dev]\nopt-level = 2\n";
    assert_eq!(scratch.text("assignments/Cargo.toml"), expected);
}

#[test]
fn the_readme_says_that_red_tests_are_the_start() {
    let scratch = written();
    insta::assert_snapshot!(scratch.text("assignments/README.md"));
}

#[test]
fn a_course_without_a_foundation_names_none() {
    let scratch = ScratchCourse::new();
    scratch.edit("config/course.yaml", "foundation: { package: toolkit }\n", "about: You add.\n");
    scratch.edit(
        "solutions/demo/Cargo.toml",
        "toolkit = { path = \"../../assignments/toolkit\" }\n",
        "",
    );
    std::fs::remove_dir_all(scratch.path("assignments/toolkit")).unwrap();
    release::write(scratch.root()).unwrap();
    let readme = scratch.text("assignments/README.md");
    assert!(readme.starts_with("# Demo\n\nYou add. Everything here"), "{readme}");
    assert!(readme.contains("The standard library. Another crate"), "{readme}");
    assert!(!readme.contains("{{") && !readme.contains("given to you"), "{readme}");
    assert!(readme.contains("\n2. Download") && readme.contains("\n3. Run the tests"), "{readme}");
    let expected = "members = [\"demo\"]";
    assert!(scratch.text("assignments/Cargo.toml").contains(expected));
    assert!(release::check(scratch.root()).unwrap().is_fresh());
}

#[test]
fn an_export_builds_and_says_not_yet_implemented() {
    let scratch = written();
    let out = scratch.path("handed out");
    release::export(scratch.root(), &out).unwrap();
    assert!(!out.join("target").exists());
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let run = std::process::Command::new(cargo)
        .args(["test", "--offline", "-p", "demo", "--test", "add"])
        .env("CARGO_TARGET_DIR", scratch.path("built"))
        .env_remove("RUSTFLAGS")
        .current_dir(&out)
        .output()
        .unwrap();
    let shown =
        format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(!run.status.success(), "a stub must fail\n{shown}");
    assert!(shown.contains("not yet implemented: add the two numbers"), "{shown}");
    assert!(!shown.contains("warning:"), "{shown}");
}

#[test]
fn an_export_never_overwrites_what_it_did_not_write() {
    let scratch = written();
    let out = scratch.path("out");
    scratch.put("out/thesis.txt", "mine\n");
    release::export(scratch.root(), &out).unwrap_err();
    assert_eq!(scratch.text("out/thesis.txt"), "mine\n");
    assert!(!out.join("Cargo.toml").exists());
}

#[test]
fn an_export_is_renewed_until_somebody_works_in_it() {
    let scratch = written();
    let out = scratch.path("out");
    release::export(scratch.root(), &out).unwrap();
    scratch.put("solutions/demo/examples/new.rs", "fn main() {}\n");
    std::fs::remove_file(scratch.path("assignments/toolkit/src/lib.rs")).unwrap();
    scratch.put("assignments/toolkit/src/all.rs", "//! Given.\n");
    // Every build writes this file.
    scratch.put("out/Cargo.lock", "version = 4\n");
    release::export(scratch.root(), &out).unwrap();
    assert!(out.join("demo/examples/new.rs").exists());
    assert!(!out.join("toolkit/src/lib.rs").exists());
    scratch.put("out/demo/src/add.rs", "pub fn add() {} // my work\n");
    let errors = release::export(scratch.root(), &out).unwrap_err();
    assert!(errors.problems()[0].message.contains("this folder is in use"));
    assert_eq!(scratch.text("out/demo/src/add.rs"), "pub fn add() {} // my work\n");
}

/// Cargo compiles again what has a new modification time.
#[test]
fn an_export_again_touches_only_what_changed() {
    let scratch = written();
    let out = scratch.path("out");
    release::export(scratch.root(), &out).unwrap();
    let files = ["demo/src/lib.rs", "toolkit/src/lib.rs", "demo/src/add.rs"];
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for file in files {
        let file = File::options().write(true).open(out.join(file)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    scratch.edit("solutions/demo/src/add.rs", "//! Sums.", "//! The sums.");
    release::export(scratch.root(), &out).unwrap();
    let modified = |file: &str| std::fs::metadata(out.join(file)).unwrap().modified().unwrap();
    let kept = files.map(|file| modified(file) == long_ago);
    assert_eq!(kept, [true, true, false]);
    assert!(scratch.text("out/demo/src/add.rs").starts_with("//! The sums."));
}

#[test]
fn the_settings_of_the_formatter_are_handed_out() {
    let scratch = written();
    assert!(!scratch.path("assignments/rustfmt.toml").exists(), "the course has none");
    scratch.put("rustfmt.toml", "max_width = 70\n");
    assert!(!release::check(scratch.root()).unwrap().is_fresh());
    release::write(scratch.root()).unwrap();
    assert_eq!(scratch.text("assignments/rustfmt.toml"), "max_width = 70\n");
    release::export(scratch.root(), &scratch.path("out")).unwrap();
    assert_eq!(scratch.text("out/rustfmt.toml"), "max_width = 70\n");
}

#[test]
fn a_fresh_release_holds_no_answer() {
    assert_eq!(leaks(&written()), Vec::<String>::new());
}

#[test]
fn a_solution_line_leaks_from_any_kind_of_file() {
    let answer = "let the_whole_sum = left + right;";
    let origin = "solutions/demo/src/add.rs:6";
    for (file, text) in [
        ("demo/src/add.rs", format!("fn f() {{\n\t{answer}\n}}\n")),
        ("demo/src/add.rs", format!("// a\n/// {answer}\n")),
        ("demo/tests/add.rs", format!("\n    x(); // {answer} is it\n")),
        ("demo/README.md", "# Demo\n- `let  the_whole_sum =  left + right;`\n".to_owned()),
        ("demo/README.md", format!("# Demo\nWrite `{answer}`, then return.\n")),
    ] {
        let found = leaks_with(&format!("assignments/{file}"), &text);
        assert_eq!(found, [format!("{file}:2 {origin}")], "{text}");
    }
}

#[test]
fn an_answer_in_the_handout_leaks_before_it_is_written() {
    let scratch = written();
    let shown = "# Demo\n\n    let the_whole_sum = left + right;\n";
    scratch.put("solutions/demo/README.md", &README.replace("# Demo\n", shown));
    assert_eq!(leaks(&scratch), ["demo/README.md:3 solutions/demo/src/add.rs:6"]);
    release::export(scratch.root(), &scratch.path("out")).unwrap_err();
    assert!(!scratch.path("out").exists());
}

#[test]
fn an_answer_in_a_todo_text_leaks() {
    let scratch = ScratchCourse::new();
    let text = "let the_whole_sum = left + right;";
    scratch.put("solutions/demo/src/add.rs", &ADD.replace("add the two numbers", text));
    assert_eq!(leaks(&scratch), ["demo/src/add.rs:6 solutions/demo/src/add.rs:6"]);
}

#[test]
fn a_hidden_case_and_a_wrong_variant_leak() {
    let found =
        leaks_with("assignments/demo/tests/more.rs", "fn hidden_case_of_huge_numbers() {}\n");
    assert_eq!(found, ["demo/tests/more.rs:1 solutions/demo/grading/cases.rs:1"]);
    let found =
        leaks_with("assignments/demo/tests/more.rs", "pub fn add(a: f64) { a + 1.0 + b }\n");
    assert_eq!(found, ["demo/tests/more.rs:1 solutions/demo/wrong/off_by_one.rs:1"]);
}

#[test]
fn a_hidden_line_that_the_documentation_shows_is_given() {
    let line = "assert!((add(1.0, 2.0) - 3.0).abs() < 1e-12);";
    let scratch = ScratchCourse::with_solution(
        &ADD.replace("/// The sum", &format!("/// {line}\n/// The sum")),
    );
    scratch.put(
        "solutions/demo/grading/cases.rs",
        &format!("fn f() {{\n    {line}\n(add(1.0, 2.0) - 3.0).abs()\n}}\n"),
    );
    assert_eq!(leaks(&scratch), Vec::<String>::new());
}

#[test]
fn an_answer_in_the_documentation_leaks() {
    let line = "/// let the_whole_sum = left + right;\n/// The sum";
    let scratch = ScratchCourse::with_solution(&ADD.replace("/// The sum", line));
    assert_eq!(leaks(&scratch), ["demo/src/add.rs:3 solutions/demo/src/add.rs:7"]);
}

/// `grader cases` and other reports for instructors carry the mark.
#[test]
fn a_report_for_instructors_leaks() {
    let found = leaks_with("assignments/cases.html", "<h2>[not for students]</h2>\n");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn marker_words_and_secret_folders_leak() {
    let found = leaks_with("assignments/demo/src/add.rs", "//| todo!()\n// END STUB\n");
    assert_eq!(found.len(), 2, "{found:?}");
    let found = leaks_with("assignments/demo/grading/empty.txt", "");
    assert_eq!(
        found,
        ["demo/grading/empty.txt:0 folders called grading or wrong are never shipped"]
    );
}

#[test]
fn short_lines_and_given_lines_do_not_leak() {
    let solution = "\
pub fn twice(values: &[f64]) -> f64 {
    let total: f64 = values.iter().sum();
    total * 2.0
}

pub fn add(values: &[f64]) -> f64 {
    // BEGIN SOLUTION: add them
    let total: f64 = values.iter().sum();
    total / 2.0
    // END SOLUTION
}
";
    let scratch = ScratchCourse::with_solution(solution);
    scratch.put("solutions/demo/README.md", &README.replace("# Demo", "# Demo\ntotal / 2.0"));
    assert_eq!(leaks(&scratch), Vec::<String>::new());
}

#[test]
fn in_given_code_a_few_equal_lines_are_chance_and_a_whole_passage_is_not() {
    let lines = [
        "    let sum_of_the_products = left * right + left * left;\n",
        "    let scaled_down_by_half = sum_of_the_products / 2.0;\n",
        "    scaled_down_by_half.max(sum_of_the_products).sqrt()\n",
    ];
    let solution = ADD.replace("    the_whole_sum\n", &lines.concat());
    let scratch = ScratchCourse::with_solution(&solution);
    let given = |body: &str| format!("fn f() {{\n{body}}}\n");
    scratch.put("assignments/toolkit/src/lib.rs", &given(&lines[..2].concat()));
    assert_eq!(leaks(&scratch), Vec::<String>::new());
    scratch.put("assignments/toolkit/src/lib.rs", &given(&lines.join("\n")));
    assert_eq!(leaks(&scratch), ["toolkit/src/lib.rs:6 solutions/demo/src/add.rs:9"]);
    scratch.put("assignments/toolkit/src/lib.rs", &given(&[lines[0], lines[2], lines[1]].concat()));
    assert_eq!(leaks(&scratch), Vec::<String>::new());
}

#[test]
fn fields_imports_and_longer_code_that_contains_a_secret_are_no_leak() {
    let solution = "\
use std::collections::BTreeMap;

pub fn add(stride: (usize, usize)) -> f64 {
    // BEGIN SOLUTION: add
    pub_helper(stride)
    // END SOLUTION
}

// BEGIN SOLUTION: -
use std::collections::HashMap;
struct Private {
    stride: (usize, usize),
    padding: (usize, usize),
    dilation: (usize, usize),
}
fn pub_helper(stride: (usize, usize)) -> f64 { 0.0 }
// END SOLUTION
";
    let scratch = ScratchCourse::with_solution(solution);
    let shown = "# Demo\n    use std::collections::HashMap;\n";
    scratch.put("solutions/demo/README.md", &README.replace("# Demo\n", shown));
    scratch.put(
        "assignments/toolkit/src/lib.rs",
        "struct Given {\n    stride: (usize, usize),\n    padding: (usize, usize),\n    dilation: (usize, usize),\n}\n",
    );
    let shipped = format!("{solution}pub fn pub_helper(stride: (usize, usize)) -> f64 {{ 0.0 }}\n");
    scratch.put("solutions/demo/src/add.rs", &shipped);
    assert_eq!(leaks(&scratch), Vec::<String>::new());
}

#[test]
fn lines_of_a_manifest_are_looked_for_in_the_module_only() {
    let secret =
        "[lints.clippy]\nsimilar_names_are_fine = \"allow\"\nunsafe_code_is_not = \"deny\"\n";
    let long =
        "a_name_so_long_that_three_lines_exceed_the_limit_of_characters = \"allow\"\n".repeat(3);
    let scratch = ScratchCourse::new();
    let manifest = scratch.text("solutions/demo/Cargo.toml");
    let region = format!("# BEGIN INSTRUCTOR\n{secret}{long}# END INSTRUCTOR\n");
    scratch.put("solutions/demo/Cargo.toml", &format!("{manifest}{region}"));
    scratch.put("assignments/toolkit/Cargo.toml", &format!("{secret}{long}"));
    assert_eq!(leaks(&scratch), Vec::<String>::new());
    scratch.put("assignments/demo/Cargo.toml", "unsafe_code_is_not = \"deny\"\n");
    assert_eq!(leaks(&scratch), ["demo/Cargo.toml:1 solutions/demo/Cargo.toml:11"]);
}

#[test]
fn an_idiom_of_the_visible_tests_leaks_only_in_threes() {
    let solution = "\
pub fn add(left: f64) -> f64 {
    // BEGIN SOLUTION: add
    let first_part = left + 1.0;
    let second_part = first_part + 1.0;
    let third_part = second_part + 1.0;
    // END SOLUTION
}
";
    let test = |lines: &str| format!("#[test]\nfn works_on_one_number() {{\n{lines}}}\n");
    let scratch = ScratchCourse::with_solution(solution);
    let two = "    let first_part = left + 1.0;\n    let second_part = first_part + 1.0;\n";
    scratch.put("solutions/demo/tests/add.rs", &test(two));
    assert_eq!(leaks(&scratch), Vec::<String>::new());
    let three = format!("{two}    let third_part = second_part + 1.0;\n");
    scratch.put("solutions/demo/tests/add.rs", &test(&three));
    assert_eq!(leaks(&scratch), ["demo/tests/add.rs:5 solutions/demo/src/add.rs:5"]);
}
