//! The handout follows the rubric: points, files, limits and the tasks of this term.

mod common;

use common::{ADD, README, ScratchCourse};
use grader_course::located::render_plain;
use grader_course::release::{self, ReleaseTree};
use std::path::Path;

const ENTRY: &str = "    title: \"Task 1: add\"\n    points: 4\n";

/// The course with a second task, `twice`, that needs the first one.
fn with_two_tasks() -> ScratchCourse {
    let scratch = ScratchCourse::new();
    let task = "  - { id: twice, title: \"Task 2: twice\", points: 2, files: [src/twice.rs, src/twice/b.rs], \
                needs: [add], hint: Think of add. }\n";
    scratch.edit(
        "config/modules/demo.yaml",
        "    hint: Think of plus.\n",
        "    hint: Think of plus.\n@",
    );
    scratch.edit("config/modules/demo.yaml", "@", task);
    let body =
        "    // BEGIN SOLUTION: add it to itself\n    crate::add::add(x, x)\n    // END SOLUTION\n";
    let twice = format!("//! Twice.\n\n/// Twice `x`.\npub fn twice(x: f64) -> f64 {{\n{body}}}\n");
    scratch.put("solutions/demo/src/twice.rs", &twice);
    scratch.put("solutions/demo/src/twice/b.rs", &twice);
    scratch.put("solutions/demo/tests/twice.rs", "#[test]\nfn twice_one_is_two() {}\n");
    let sections =
        "Write `add`.\n\n## Task 2: `twice`\n\nWrite `twice`.\n\n## Put it to use\n\nDo.\n";
    scratch.put("solutions/demo/README.md", &format!("{README}{sections}"));
    scratch
}

fn made(scratch: &ScratchCourse) -> ReleaseTree {
    release::assignments(scratch.root())
        .unwrap_or_else(|errors| panic!("{}", render_plain(&errors, 100)))
}

fn text(tree: &ReleaseTree, path: &str) -> String {
    String::from_utf8(tree[Path::new(path)].clone()).unwrap()
}

fn messages(scratch: &ScratchCourse) -> Vec<String> {
    let errors = release::assignments(scratch.root()).unwrap_err();
    errors.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn the_readme_of_a_module_is_filled_from_its_rubric() {
    insta::assert_snapshot!(text(&made(&with_two_tasks()), "demo/README.md"));
}

/// Regression test: the workspace's README showed the new points and the module's README the old
/// ones.
#[test]
fn changed_points_are_everywhere() {
    let scratch = with_two_tasks();
    scratch.edit("config/modules/demo.yaml", "points: 4", "points: 7.5");
    scratch.edit("config/modules/demo.yaml", "points: 2", "points: 1");
    let tree = made(&scratch);
    let module = text(&tree, "demo/README.md");
    for words in ["`src/add.rs` | 7.5 |", "## Task 1: `add` (7.5 points)", "`twice` (1 point)"] {
        assert!(module.contains(words), "{words}: {module}");
    }
    let workspace = text(&tree, "README.md");
    assert!(workspace.contains("8.5 points.") && workspace.contains("| 7.5 |"), "{workspace}");
}

/// The same course with the second task dropped.
fn without_twice() -> ScratchCourse {
    let scratch = with_two_tasks();
    scratch.edit("config/modules/demo.yaml", "points: 2,", "points: 2, dropped: true,");
    scratch
}

#[test]
fn a_dropped_task_is_left_out_everywhere() {
    let tree = made(&without_twice());
    assert!(!tree.contains_key(Path::new("demo/tests/twice.rs")));
    assert!(tree.contains_key(Path::new("demo/tests/add.rs")));
    let stub = text(&tree, "demo/src/twice/b.rs");
    let note =
        "// Not part of this term: task 2 (`twice`). Leave this file as it is.\n//! Twice.\n";
    assert!(stub.starts_with(note) && stub.contains("todo!("), "{stub}");
    assert!(text(&tree, "demo/src/add.rs").starts_with(&ADD[..12]));
    insta::assert_snapshot!(text(&tree, "demo/README.md"));
    let workspace = text(&tree, "README.md");
    let section = &workspace[workspace.find("## The tasks").unwrap()..];
    insta::assert_snapshot!("a_dropped_task_in_the_workspace", section);
}

/// Otherwise students could not solve the task that needs it.
#[test]
fn a_dropped_task_that_another_needs_is_handed_out_without_points() {
    let scratch = with_two_tasks();
    scratch.edit("config/modules/demo.yaml", ENTRY, &format!("{ENTRY}    dropped: true\n"));
    let tree = made(&scratch);
    assert!(tree.contains_key(Path::new("demo/tests/add.rs")));
    assert!(text(&tree, "demo/src/add.rs").starts_with("//! Sums."));
    let module = text(&tree, "demo/README.md");
    assert!(module.contains("| 1 `add` | `src/add.rs` | not graded |"), "{module}");
    assert!(module.contains("## Task 1: `add` (not graded this term)"), "{module}");
    let workspace = text(&tree, "README.md");
    assert!(workspace.contains("\nDue 2027-02-15. 2 points."), "{workspace}");
    assert!(workspace.contains("| Task 1: add | not graded |"), "{workspace}");
}

#[test]
fn a_file_of_two_tasks_stays_when_one_of_them_is_dropped() {
    let scratch = without_twice();
    scratch.edit(
        "config/modules/demo.yaml",
        "file: src/add.rs",
        "files: [src/add.rs, src/twice.rs]",
    );
    assert!(text(&made(&scratch), "demo/src/twice.rs").starts_with("//! Twice."));
}

#[test]
fn dropping_a_task_takes_its_tests_out_of_what_was_written_before() {
    let scratch = with_two_tasks();
    release::write(scratch.root()).unwrap();
    scratch.edit("config/modules/demo.yaml", "points: 2,", "points: 2, dropped: true,");
    assert!(!release::check(scratch.root()).unwrap().is_fresh());
    let written = release::write(scratch.root()).unwrap();
    assert_eq!(written.removed, [Path::new("demo/tests/twice.rs")]);
    assert!(release::check(scratch.root()).unwrap().is_fresh());
}

#[test]
fn a_task_for_practice_says_so() {
    let scratch = with_two_tasks();
    scratch.edit("config/modules/demo.yaml", "points: 2", "points: 0");
    let module = text(&made(&scratch), "demo/README.md");
    assert!(module.contains("## Task 2: `twice` (practice, no points)"), "{module}");
}

#[test]
fn mistakes_in_the_readme_of_a_module() {
    let scratch = with_two_tasks();
    let readme = "# Demo, for 6 points\n\n{{task}}\n\n```text\n## Task 9: `none`\n{{any}}\n```\n\n\
                  ## Task 1: `add` (4 points)\n## Task 3: `twice`\n## Task 4: `thrice`\n";
    scratch.put("solutions/demo/README.md", readme);
    let errors = release::assignments(scratch.root()).unwrap_err();
    insta::assert_snapshot!(render_plain(&errors, 80));
}

/// Regression test: no list of files to edit contained the second file of a task.
#[test]
fn a_stub_that_no_task_lists_is_a_problem_and_so_is_a_file_without_a_stub() {
    let scratch = with_two_tasks();
    scratch.edit("config/modules/demo.yaml", "src/twice/b.rs", "src/lib.rs");
    let expected = [
        "solutions/demo/src/lib.rs: task `twice` lists this file, but nothing in it is left to write",
        "solutions/demo/src/twice/b.rs: no task lists this file, but parts of it are left to write",
    ];
    assert_eq!(messages(&scratch), expected);
}

/// Regression test: a mistake in the sources hid the mistakes in the rubric.
#[test]
fn mistakes_in_the_rubric_and_in_the_sources_are_shown_together() {
    let scratch = with_two_tasks();
    scratch.edit("config/modules/demo.yaml", "points: 4", "points: four");
    scratch.edit("solutions/demo/src/add.rs", "// END SOLUTION", "");
    let messages = messages(&scratch);
    assert_eq!(messages.len(), 2, "{messages:#?}");
    assert!(messages[0].contains("demo.yaml:7:"), "{messages:#?}");
    assert!(messages[1].contains("src/add.rs:5:"), "{messages:#?}");
}
