//! The messages for incorrectly marked solutions: one snapshot per kind of mistake.

mod common;

use common::{ADD, ScratchCourse};

/// The problems after each (from, to) replacement in a correct solution.
fn broken(changes: &[(&str, &str)]) -> String {
    let mut text = ADD.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "nothing to break: {from}");
        text = text.replacen(from, to, 1);
    }
    ScratchCourse::with_solution(&text).problems()
}

macro_rules! marker_mistakes {
    ($($name:ident: $changes:expr;)*) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(broken(&$changes));
        }
    )* };
}

marker_mistakes! {
    unclosed: [("    // END SOLUTION\n", "")];
    stray_end: [("    // BEGIN SOLUTION: add the two numbers\n", "")];
    nested: [("    let the_whole", "    // BEGIN INSTRUCTOR\n    let the_whole")];
    mismatched: [("END SOLUTION", "END INSTRUCTOR")];
    empty_text: [(": add the two numbers", ":")];
    no_colon: [(": add the two numbers", " add the two numbers")];
    trailing_junk: [("END SOLUTION", "END SOLUTION now")];
    misspelled_word: [("BEGIN SOLUTION", "BEGIN SOLUTON")];
    misspelled_verb: [("BEGIN SOLUTION", "BEGN SOLUTION")];
    lower_case: [("BEGIN SOLUTION", "begin solution")];
    unknown_word: [("END SOLUTION", "END ANSWER")];
    in_a_string: [("left + right", "left + right; let s = \"\n    // BEGIN SOLUTION: x\n\"")];
    in_a_doc_comment: [("// BEGIN", "/// BEGIN")];
    in_a_block_comment: [("// END SOLUTION", "/* END SOLUTION */")];
    behind_code: [("the_whole_sum\n    // END", "the_whole_sum // END")];
    in_the_middle_of_prose: [("//! Sums.", "// We use BEGIN SOLUTION below.")];
    no_lines: [("    let the_whole_sum = left + right;\n    the_whole_sum\n", "")];
    splits_a_block: [("    the_whole_sum\n", "    the_whole_sum }\n")];
    not_at_the_end_of_a_block: [("    // END SOLUTION\n", "    // END SOLUTION\n    ; 1.0\n")];
    outside_of_a_function: [
        ("pub fn add(left: f64, right: f64) -> f64 {", "pub mod sums {"),
    ];
    stub_without_solution: [("//! Sums.\n", "//! Sums.\n// BEGIN STUB\n//| x\n// END STUB\n")];
    stub_not_directly_after: [
        ("    // END SOLUTION\n", "    // END SOLUTION\n\n    // BEGIN STUB\n    //| todo!()\n    // END STUB\n"),
    ];
    stub_line_not_commented: [
        ("    // END SOLUTION\n", "    // END SOLUTION\n    // BEGIN STUB\n    //| todo!()\n    1.0\n    // END STUB\n"),
    ];
    stub_without_todo: [
        ("    // END SOLUTION\n", "    // END SOLUTION\n    // BEGIN STUB\n    //| 0.0\n    // END STUB\n"),
    ];
    stray_stub_line: [("    the_whole_sum\n", "    //| todo!()\n    the_whole_sum\n")];
    several_at_once: [
        ("//! Sums.", "// END STUB"),
        (": add the two numbers", ""),
        ("END SOLUTION", "END SOLUTIONS"),
    ];
}

#[test]
fn a_comment_that_only_begins_similarly_is_no_mistake() {
    for harmless in ["// End of the sum.", "// Begin with the left one.", "// begins here"] {
        ScratchCourse::with_solution(&ADD.replace("//! Sums.", harmless)).generate().unwrap();
    }
}

#[test]
fn a_marker_in_the_handout() {
    let scratch = ScratchCourse::new();
    scratch.put("solutions/demo/README.md", "# Demo\n\n// BEGIN SOLUTION: no\n");
    insta::assert_snapshot!(scratch.problems());
}

#[test]
fn a_solution_marker_in_toml() {
    let scratch = ScratchCourse::new();
    let manifest = scratch.text("solutions/demo/Cargo.toml");
    scratch.put("solutions/demo/Cargo.toml", &format!("{manifest}# BEGIN SOLUTION: no\n"));
    insta::assert_snapshot!(scratch.problems());
}

#[test]
fn a_manifest_that_leads_out() {
    let scratch = ScratchCourse::new();
    let manifest = scratch.text("solutions/demo/Cargo.toml");
    let more = "serde.workspace = true
grader-judge = { path = \"../../grader/judge\" }
ndarray = { workspace = true, features = [\"rayon\"] }

[[test]]
name = \"hidden\"
path = \"grading/cases.rs\"

[workspace]
";
    scratch.put("solutions/demo/Cargo.toml", &format!("{manifest}{more}"));
    insta::assert_snapshot!(scratch.problems());
}

#[test]
fn missing_files_are_named() {
    let scratch = ScratchCourse::new();
    std::fs::remove_file(scratch.path("solutions/demo/README.md")).unwrap();
    std::fs::remove_file(scratch.path("solutions/demo/tests/add.rs")).unwrap();
    let errors = grader_course::release::assignments(scratch.root()).unwrap_err();
    assert_eq!(errors.problems()[0].file, "solutions/demo/README.md");
    scratch.put("solutions/demo/README.md", common::README);
    let errors = grader_course::release::assignments(scratch.root()).unwrap_err();
    assert_eq!(errors.problems()[0].file, "solutions/demo/tests/add.rs");
    assert!(errors.problems()[0].message.contains("task `add` needs this file"));
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_not_followed() {
    let scratch = ScratchCourse::new();
    let link = scratch.path("solutions/demo/src/link.rs");
    std::os::unix::fs::symlink(scratch.path("solutions/demo/grading/cases.rs"), link).unwrap();
    assert!(scratch.generate().unwrap_err().problems()[0].message.contains("symbolic link"));
}
