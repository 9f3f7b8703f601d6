//! The recipes of `CONTRIBUTING.md`, followed to the letter on a copy of the course.

mod copy;
#[path = "../support/mod.rs"]
mod support;

use copy::CourseCopy;
use serde_json::Value;
use std::path::Path;
use support::{ProgramOutput, contents, edit};

/// The code blocks below a heading of `CONTRIBUTING.md`, without the indentation of the list that
/// they stand in.
fn code_blocks(document: &str, heading: &str) -> Vec<String> {
    let section = document.split("\n## ").find(|section| section.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("no section {heading:?}"));
    let mut blocks = Vec::new();
    for block in section.split("```").skip(1).step_by(2) {
        let lines = block.lines().skip(1).map(|line| line.strip_prefix("   ").unwrap_or(line));
        let block: String = lines.map(|line| line.trim_end().to_owned() + "\n").collect();
        blocks.push(block.trim_end().to_owned() + "\n");
    }
    blocks
}

/// A student's report, as JSON.
fn report(ended: ProgramOutput) -> Value {
    let ended = ended.done();
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.stdout))
}

#[test]
fn a_hidden_test_is_added_as_it_says() {
    let copy = CourseCopy::new();
    let blocks = code_blocks(&copy.read("CONTRIBUTING.md"), "Add a hidden test");
    let [listed, written] = &blocks[..] else { panic!("two blocks, not {blocks:#?}") };
    let name = written.strip_prefix("fn ").and_then(|text| text.split('(').next());
    let name = name.expect("the second block is a function");
    assert!(listed.contains(name), "{name} is not in the first block:\n{listed}");

    let file = "solutions/profiling/grading/cases/timer.rs";
    let cases = copy.read(file);
    let (list, rest) = cases.split_once("\n}\n").expect("the `cases!` block ends");
    assert!(list.contains("cases! {") && !list.contains("\nfn "), "that is no `cases!` block");
    copy.put(Path::new(file), format!("{list}\n{listed}}}\n{rest}\n{written}").as_bytes());

    // It is there, it passes, and students read its claim.
    let in_process = ["test", "-p", "profiling-grading", "--lib"];
    copy.cargo(&in_process).done();
    let case = case_of_the_reference(&copy, name);
    assert_eq!(case["outcome"], "pass", "{case}");
    let claim = listed.lines().find_map(|line| line.trim().strip_prefix("/// "));
    assert_eq!(case["claim"].as_str(), claim);

    // It can fail.
    let right = "Ok(below + position.fract() * (above - below))";
    edit(&copy.at("solutions/profiling/src/timer.rs"), right, "Ok(below.min(above))");
    let failed = copy.cargo(&in_process);
    assert_eq!(failed.code, Some(101), "{}", failed.stdout);
    assert!(failed.stdout.contains("the_reference_passes_every_hidden_case ... FAILED"));
    let case = case_of_the_reference(&copy, name);
    assert_eq!(case["outcome"], "wrong_answer", "{case}");
}

/// What the copy's own grader says of one case on the copy's own reference.
#[track_caller]
fn case_of_the_reference(copy: &CourseCopy, name: &str) -> Value {
    let submission = copy.at("solutions/profiling").display().to_string();
    let check = ["check", &submission, "-m", "profiling", "--format", "json"];
    let report = report(copy.grader(&check));
    let tasks = report["tasks"].as_array().into_iter().flatten();
    let mut cases = tasks.flat_map(|task| task["cases"].as_array().into_iter().flatten());
    cases.find(|case| case["name"] == name).expect("the case is run").clone()
}

#[test]
fn a_module_is_one_folder_one_yaml_and_its_name_in_course_and_grader() {
    let copy = CourseCopy::new();
    let new = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recipes/new_module");
    for (path, bytes) in contents(&new) {
        copy.put(path.strip_prefix(&new).expect("is below"), &bytes);
    }
    let course = copy.read("config/course.yaml");
    let line = "  - { slug: scratch, number: 99, requires: [profiling] }\n";
    copy.put(Path::new("config/course.yaml"), (course + line).as_bytes());
    let dependency = "profiling-grading = { path = \"../../solutions/profiling/grading\" }\n";
    edit(
        &copy.at("grader/bin/Cargo.toml"),
        dependency,
        &format!("{dependency}{}", dependency.replace("profiling", "scratch")),
    );
    edit(
        &copy.at("grader/bin/src/lib.rs"),
        "profiling_grading::MODULE,",
        "profiling_grading::MODULE, scratch_grading::MODULE,",
    );

    copy.grader(&["release"]).done().saying(&["written  assignments/scratch/src/double.rs"]);
    copy.grader(&["release"]).done().saying(&["was up to date"]);
    copy.grader(&["release", "--check"]).done().saying(&["up to date and holds no answer"]);
    let stub = copy.read("assignments/scratch/src/double.rs");
    assert!(stub.contains("todo!(\"return twice the argument\")"), "{stub}");
    assert!(!copy.at("assignments/scratch/grading").exists());

    let check = |folder: &str| {
        let submission = copy.at(folder).display().to_string();
        report(copy.grader(&["check", &submission, "-m", "scratch", "--format", "json"]))
    };
    let reference = check("solutions/scratch");
    assert_eq!((&reference["points"], &reference["outcome"]), (&10.0.into(), &"pass".into()));
    let handed_out = check("assignments/scratch");
    assert_eq!(
        (&handed_out["points"], &handed_out["outcome"]),
        (&0.0.into(), &"not_started".into())
    );
}
