//! The messages for incorrect config files: one snapshot per kind of mistake.

use grader_course::config::{ConfigErrors, Course, ModuleFacts, Rubric, VectorSetting};
use grader_course::located::render_plain;

/// A correct rubric; each test introduces mistakes into it.
const RIGHT: &str = "\
module: demo
title: Demo
points_total: 10
limits: { call_seconds: 1, cpu_seconds: 2, memory_mb: 64, threads: 1, compile_seconds: 9, compile_memory_mb: 99 }
visibility: message
tasks:
  - id: timer
    title: Timer
    points: 4
    file: src/timer.rs
    hint: sort first
    cases:
      percentile_interpolates: { weight: 2, visibility: name }
  - id: memory
    title: Memory
    points: 6
    file: src/memory.rs
    partial: steps
    steps: {50: 0.5, 100: 1.0}
    hint: read it twice
";

/// The rendered errors after each (from, to) replacement in the correct rubric.
fn broken(changes: &[(&str, &str)]) -> String {
    let mut text = RIGHT.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "nothing to break: {from}");
        text = text.replacen(from, to, 1);
    }
    shown(&Rubric::parse("demo.yaml", &text).unwrap_err())
}

fn shown(errors: &ConfigErrors) -> String {
    render_plain(errors, 80)
}

fn course(text: &str) -> String {
    shown(&Course::parse("course.yaml", text).unwrap_err())
}

macro_rules! rubric_mistakes {
    ($($name:ident: $changes:expr;)*) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(broken(&$changes));
        }
    )* };
}

rubric_mistakes! {
    unknown_key_names_the_nearest: [("points: 4", "pionts: 4")];
    wrong_type: [("points: 4", "points: four")];
    quoted_number: [("title: Timer", "title: \"15\""), ("points: 4", "points: \"4\"")];
    missing_key: [("    hint: sort first\n", "")];
    missing_top_key: [("limits: {", "limit: {")];
    duplicate_task_id: [("id: memory", "id: timer")];
    duplicate_key: [("    title: Timer\n", "    title: Timer\n    title: Again\n")];
    negative_points: [("points: 4", "points: -4")];
    points_in_steps_of_a_half: [("points: 4", "points: 4.25")];
    points_off_the_stated_total: [("points: 4", "points: 5")];
    steps_not_ascending: [("{50: 0.5, 100: 1.0}", "{100: 0.5, 50: 1.0}")];
    fractions_not_ascending: [("{50: 0.5, 100: 1.0}", "{50: 1.0, 100: 0.5}")];
    steps_without_full_marks: [("{50: 0.5, 100: 1.0}", "{50: 0.5, 100: 0.9}")];
    steps_without_partial: [("    partial: steps\n", "")];
    partial_without_steps: [("    steps: {50: 0.5, 100: 1.0}\n", "")];
    unknown_choice: [("visibility: message", "visibility: mesage")];
    file_outside_src: [("file: src/timer.rs", "file: ../timer.rs")];
    negative_weight: [("weight: 2", "weight: -1")];
    no_points_at_all: [("points: 4", "points: 0"), ("points: 6", "points: 0")];
    dropped_perhaps: [("points: 4", "points: 4\n    dropped: maybe")];
    points_without_the_dropped_task: [("points: 4", "points: 4\n    dropped: true")];
    needs_a_later_task: [("points: 4", "points: 4\n    needs: [memory]"), ("points: 6", "points: 6\n    needs: [tmier]")];
    file_and_files: [("file: src/timer.rs", "file: src/timer.rs\n    files: [src/a.rs]")];
    a_file_outside_src_among_several: [("file: src/timer.rs", "files: [src/a.rs, ../b.rs]")];
    zero_limit: [("threads: 1", "threads: 0")];
    syntax: [("title: Timer", "title: [Timer")];
    anchor: [("title: Timer", "title: &name Timer")];
    gate_above_half_of_the_reference:
        [("    cases:\n", "    gates: { fast: { at_least: 16, reference: 31, best_wrong: 9 } }\n    cases:\n")];
    gate_too_near_to_the_best_wrong_approach:
        [("    cases:\n", "    gates: { fast: { at_least: 16, reference: 44, best_wrong: 11 } }\n    cases:\n")];
    no_gate_fits_at_all:
        [("    cases:\n", "    gates: { fast: { at_least: 2, reference: 2, best_wrong: 1 } }\n    cases:\n")];
    cpus_without_threads: [(
        "    cases:\n",
        "    gates: { fast: { at_least: 1.5, reference: 3, best_wrong: 1, cpus: 2 } }\n    cases:\n",
    )];
    gate_that_needs_unknown_instructions: [(
        "    cases:\n",
        "    gates: { fast: { at_least: 16, reference: 44, best_wrong: 9, needs: vnin } }\n    cases:\n",
    )];
    gate_without_what_was_measured:
        [("    cases:\n", "    gates: { fast: { at_least: 16, reference: 44 } }\n    cases:\n")];
    links_of_an_unknown_task: [("tasks:\n", "links: { own: { tmier: [percentile] }, allow: [std] }\ntasks:\n")];
    links_without_any_function: [("tasks:\n", "links: { own: { timer: [] }, allow: [std] }\ntasks:\n")];
    links_that_allow_nothing: [("tasks:\n", "links: { own: { timer: [percentile] } }\ntasks:\n")];
    links_with_an_unknown_key:
        [("tasks:\n", "links: { own: { timer: [percentile] }, alow: [std] }\ntasks:\n")];
    links_called_by_an_unknown_task: [(
        "tasks:\n",
        "links: { own: { timer: [percentile] }, allow: [std], callers: { tmier: [timer], timer: [\"a b\"] } }\ntasks:\n",
    )];
    links_that_name_nothing: [(
        "tasks:\n",
        "links: { own: { timer: [percentile, \"a b\", percentile] }, allow: [std, \"Tensor.*\"] }\ntasks:\n",
    )];
    several_at_once: [
        ("title: Demo", "titel: Demo"),
        ("threads: 1", "threads: many"),
        ("points: 4", "points: -4"),
        ("    hint: sort first\n", ""),
        ("id: memory", "id: timer"),
        ("50: 0.5", "0: 0.5"),
    ];
}

#[test]
fn empty_tasks() {
    let (head, _) = RIGHT.split_once("tasks:").unwrap();
    let errors = Rubric::parse("demo.yaml", &format!("{head}tasks: []\n")).unwrap_err();
    insta::assert_snapshot!(shown(&errors));
}

#[test]
fn empty_file() {
    insta::assert_snapshot!(shown(&Rubric::parse("demo.yaml", "# nothing\n").unwrap_err()));
}

#[test]
fn missing_file_says_which() {
    let scratch = tempfile::tempdir().unwrap();
    let errors = Rubric::load(&scratch.path().join("demo.yaml")).unwrap_err();
    assert!(errors.problems()[0].file.ends_with("demo.yaml"));
    assert!(errors.problems()[0].message.contains("cannot be read"));
}

#[test]
fn a_rubric_under_another_name_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("other.yaml");
    std::fs::write(&path, RIGHT).unwrap();
    let errors = Rubric::load(&path).unwrap_err();
    assert_eq!(
        errors.problems()[0].help.as_deref(),
        Some("rename it to demo.yaml, or change `module:`")
    );
}

/// The rendered errors for `text`, compared with these hidden cases and functions.
fn misfit(text: &str, facts: &ModuleFacts<'_>) -> String {
    shown(&Rubric::parse_fitting("demo.yaml", text, facts).unwrap_err())
}

const NOTHING: ModuleFacts<'_> = ModuleFacts { cases: &[], timed: &[], functions: &[] };

#[test]
fn rubric_and_judge_disagree() {
    let cases = [("timer", "percentile_interpolate"), ("flops", "linear")];
    insta::assert_snapshot!(misfit(RIGHT, &ModuleFacts { cases: &cases, ..NOTHING }));
}

/// Regression test: these mistakes used to be reported in three rounds (notation, then cases, then
/// functions).
#[test]
fn mistakes_of_all_layers_are_shown_in_one_round() {
    let mut text = RIGHT.replacen(
        "tasks:\n",
        "links: { own: { timer: [percentil] }, allow: [std] }\ntasks:\n",
        1,
    );
    for (from, to) in [
        ("threads: 1", "threads: many"),
        ("points: 4", "points: -4"),
        ("    cases:\n", GATED),
        ("percentile_interpolates:", "percentile_interpolate:"),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let cases = [("timer", "percentile_interpolates"), ("timer", "quick"), ("flops", "linear")];
    let functions = ["percentile".to_owned()];
    let facts = ModuleFacts { cases: &cases, timed: &[("timer", "quick")], functions: &functions };
    insta::assert_snapshot!(misfit(&text, &facts));
}

#[test]
fn a_task_without_a_readable_id_may_be_any() {
    let cases = [("timer", "percentile_interpolates"), ("memory", "peak")];
    let facts = ModuleFacts { cases: &cases, ..NOTHING };
    let text = RIGHT.replace("id: memory", "idd: memory");
    let errors = Rubric::parse_fitting("demo.yaml", &text, &facts).unwrap_err();
    let messages: Vec<_> = errors.problems().iter().map(|one| one.message.as_str()).collect();
    assert_eq!(messages, ["unknown key `idd` in a task"]);
}

#[test]
fn a_task_all_of_whose_cases_are_left_out_is_reported() {
    let cases = [("timer", "percentile_interpolates"), ("memory", "peak")];
    let text = RIGHT.replace("weight: 2", "weight: 0");
    insta::assert_snapshot!(misfit(&text, &ModuleFacts { cases: &cases, ..NOTHING }));
}

#[test]
fn mistakes_of_several_files_are_counted_together() {
    let of = |name: &str| Rubric::parse(name, "module: a\n").unwrap_err();
    let merged = ConfigErrors::merged(&[of("b.yaml"), of("a.yaml")]).unwrap();
    assert_eq!(merged.to_string(), "6 mistakes in 2 files");
    assert_eq!(merged.problems()[0].file, "a.yaml");
    assert!(ConfigErrors::merged([]).is_none());
}

#[test]
fn lines_and_columns_count_characters_from_1() {
    let text =
        RIGHT.replace("{ call_seconds: 1, cpu_seconds: 2", "{ çall_seconds: 1, cpu_seconds: 0");
    let errors = Rubric::parse("demo.yaml", &text).unwrap_err();
    let places: Vec<(usize, usize)> =
        errors.problems().iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(places, [(4, 11), (4, 41)]);
}

#[test]
fn course_mistakes_are_reported_together() {
    insta::assert_snapshot!(course(
        "title: Course
modules:
  - { slug: searching, number: 15, due: 2027-02-30 }
  - { slug: Hashing, number: 0, requires: [] }
  - { slug: searching, number: 16, requires: [searching, partitioning] }
  - { slug: last, nubmer: 17 }
"
    ));
}

#[test]
fn a_level_of_vector_instructions_that_cannot_be_kept_is_reported() {
    insta::assert_snapshot!(course(
        "title: Course
vector_level: x86-64-v2
modules:
  - { slug: searching, number: 15, requires: [] }
"
    ));
}

#[test]
fn mistakes_in_a_foundation_are_reported() {
    insta::assert_snapshot!(course(
        "title: Course
about: []
engine: { folder: grader }
foundation: { package: tool-kit, wide_vector_features: wide, features: [] }
modules:
  - { slug: sorting, number: 15 }
"
    ));
}

#[test]
fn a_foundation_that_is_no_package_is_reported() {
    let scratch = tempfile::tempdir().unwrap();
    let config = scratch.path().join("config");
    std::fs::create_dir_all(config.join("modules")).unwrap();
    std::fs::write(config.join("modules/sorting.yaml"), "").unwrap();
    let text = "title: Course\nfoundation: { package: toolkit }\nmodules: [{ slug: sorting, number: 1 }]\n";
    std::fs::write(config.join("course.yaml"), text).unwrap();
    let errors = Course::load(&config).unwrap_err();
    let problem = &errors.problems()[0];
    assert_eq!((errors.problems().len(), problem.line, problem.column), (1, 2, 24));
    assert!(problem.label.contains("assignments/toolkit/Cargo.toml"), "{problem:?}");
    std::fs::create_dir_all(scratch.path().join("assignments/toolkit")).unwrap();
    std::fs::write(scratch.path().join("assignments/toolkit/Cargo.toml"), "").unwrap();
    Course::load(&config).unwrap();
}

#[test]
fn an_engine_that_is_not_there_is_reported() {
    let scratch = tempfile::tempdir().unwrap();
    let config = scratch.path().join("course/config");
    std::fs::create_dir_all(config.join("modules")).unwrap();
    std::fs::write(config.join("modules/sorting.yaml"), "").unwrap();
    let text = "title: Course\nengine: ../grader\nmodules: [{ slug: sorting, number: 1 }]\n";
    std::fs::write(config.join("course.yaml"), text).unwrap();
    let errors = Course::load(&config).unwrap_err();
    let problem = &errors.problems()[0];
    assert_eq!((errors.problems().len(), problem.line, problem.column), (1, 2, 9));
    assert!(problem.label.contains("../grader/driver/Cargo.toml"), "{problem:?}");
    std::fs::create_dir_all(scratch.path().join("grader/driver")).unwrap();
    std::fs::write(scratch.path().join("grader/driver/Cargo.toml"), "").unwrap();
    assert_eq!(Course::load(&config).unwrap().engine, "../grader");
}

#[test]
fn the_level_of_vector_instructions_is_the_widest_unless_stated() {
    let level = |line: &str| {
        let modules = "modules: [{ slug: searching, number: 15, requires: [] }]";
        let text = format!("title: Course\n{line}\n{modules}\n");
        Course::parse("course.yaml", &text).unwrap().vector_level
    };
    assert_eq!(level(""), VectorSetting::Widest);
    assert_eq!(level("vector_level: widest"), VectorSetting::Widest);
    assert_eq!(level("vector_level: x86-64-v3"), VectorSetting::V3);
}

#[test]
fn a_listed_module_without_a_rubric_is_reported() {
    let scratch = tempfile::tempdir().unwrap();
    let text = "title: Course\nmodules:\n  - { slug: hashing, number: 19 }\n";
    std::fs::write(scratch.path().join("course.yaml"), text).unwrap();
    let errors = Course::load(scratch.path()).unwrap_err();
    assert_eq!(errors.problems().len(), 1);
    assert_eq!(errors.problems()[0].line, 3);
    assert!(errors.problems()[0].label.contains("modules/hashing.yaml"));
}

#[test]
fn links_name_functions_of_the_reference() {
    let text = RIGHT.replacen(
        "tasks:\n",
        "links: { own: { timer: [percentile, percentil] }, given: [Timer::new], allow: [std] }\ntasks:\n",
        1,
    );
    let known = ["percentile", "Timer::new", "percentil"].map(str::to_owned);
    let facts = ModuleFacts { cases: &CASES, timed: &[], functions: &known };
    Rubric::parse_fitting("demo.yaml", &text, &facts).unwrap();
    let facts = ModuleFacts { functions: &known[..2], ..facts };
    insta::assert_snapshot!(misfit(&text, &facts));
}

/// The hidden cases of the correct rubric.
const CASES: [(&str, &str); 2] = [("timer", "percentile_interpolates"), ("memory", "peak")];

const GATED: &str =
    "    gates:\n      fast: { at_least: 16, reference: 44, best_wrong: 9.8 }\n    cases:\n";

#[test]
fn gates_and_timed_cases_need_each_other() {
    let text = RIGHT.replacen("    cases:\n", GATED, 1);
    let facts = ModuleFacts { cases: &CASES, timed: &[("timer", "fast")], functions: &[] };
    Rubric::parse_fitting("demo.yaml", &text, &facts).unwrap();
    let facts = ModuleFacts { timed: &[("timer", "faster"), ("memory", "small")], ..facts };
    insta::assert_snapshot!(misfit(&text, &facts));
}

/// Regression test: each mistake is looked up in the text, and a file with 20,000 of them took a
/// minute.
#[test]
fn a_file_that_is_all_mistakes_is_not_listed_to_its_end() {
    let tasks = format!("tasks:\n{}", "  - {}\n".repeat(20_000));
    let keys: Vec<_> = (0..20_000).map(|key| format!("k{key}: 1\nsame: 1\n")).collect();
    for text in [tasks, keys.concat()] {
        let errors = Rubric::parse("demo.yaml", &text).unwrap_err();
        assert_eq!(errors.problems().len(), 101);
        let last = errors.problems().last().unwrap();
        assert_eq!(last.message, "more than 100 mistakes");
        assert!(last.line > 20, "at its place, not at the top: {last}");
    }
}
