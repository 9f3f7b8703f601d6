//! The course's real configuration, and what right files mean.

use std::path::{Path, PathBuf};

use grader_course::config::{Course, PartialCredit, Rubric, Visibility};

fn config_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

const SMALL: &str = "
module: small
title: Small
limits: { call_seconds: 1, cpu_seconds: 2, memory_mb: 3, threads: 4, compile_seconds: 5, compile_memory_mb: 6 }
visibility: name
links: { own: { one: [quick, slow] }, given: [Matrix::new], allow: [std, pulp] }
tasks:
  - id: one
    title: One
    points: 2.5
    file: src/one.rs
    hint: think
    cases:
      heavy: { weight: 3, visibility: nothing }
      light: { weight: 0.5 }
    gates: { quick: { at_least: 16, reference: 44, best_wrong: 9.8 } }
  - { id: two, title: Two, points: 4, file: src/two.rs, partial: steps, steps: {50: 0.5, 100: 1}, hint: think }
";

#[test]
fn every_module_of_the_course_has_a_rubric_that_loads() {
    let course = Course::load(&config_dir()).unwrap();
    assert!(!course.modules.is_empty());
    for module in &course.modules {
        let path = config_dir().join(format!("modules/{}.yaml", module.slug));
        let rubric = Rubric::load(&path).unwrap();
        assert_eq!(rubric.slug, module.slug);
    }
}

#[test]
fn profiling_is_worth_100_points_in_seven_tasks() {
    let rubric = Rubric::load(&config_dir().join("modules/profiling.yaml")).unwrap();
    let tasks: Vec<(&str, f64)> =
        rubric.tasks.iter().map(|task| (task.id.as_str(), task.points)).collect();
    let expected = [
        ("timer", 22.0),
        ("memory", 14.0),
        ("flops", 20.0),
        ("context", 10.0),
        ("spans", 12.0),
        ("bottleneck", 10.0),
        ("compare", 12.0),
    ];
    assert_eq!(tasks, expected);
    assert_eq!(rubric.points().to_bits(), 100.0_f64.to_bits());
}

#[test]
fn a_module_is_found_by_slug_and_by_number() {
    let course = Course::load(&config_dir()).unwrap();
    assert_eq!(course.resolve("profiling").unwrap(), course.resolve("15").unwrap());
}

#[test]
fn an_unknown_module_gets_the_nearest_name() {
    let course = Course::load(&config_dir()).unwrap();
    let error = course.resolve("profilling").unwrap_err();
    let text = grader_course::located::render_plain(&error, 80);
    assert!(text.contains("did you mean `profiling`?"), "{text}");
    assert!(text.contains("profiling (15)"), "{text}");
}

#[test]
fn a_case_counts_1_and_shows_what_the_module_says_unless_overridden() {
    let rubric = Rubric::parse("small.yaml", SMALL).unwrap();
    let of = |case| (rubric.weight_of("one", case), rubric.visibility_of("one", case));
    assert_eq!(of("heavy"), (3.0, Visibility::Nothing));
    assert_eq!(of("light"), (0.5, Visibility::Name));
    assert_eq!(of("other"), (1.0, Visibility::Name));
    assert_eq!(rubric.tasks[0].partial, PartialCredit::Proportional);
    assert!(matches!(&rubric.tasks[1].partial, PartialCredit::Steps(steps) if steps.len() == 2));
}

#[test]
fn hash_material_changes_with_grades_and_not_with_notation() {
    let material = |text: &str| Rubric::parse("small.yaml", text).unwrap().hash_material();
    let before = material(SMALL);
    assert_eq!(before, material(&SMALL.replace("hint: think\n", "hint: again # comment\n")));
    assert_eq!(before, material(&SMALL.replace("points: 2.5", "points: \n      2.50")));
    // What was measured of others is no part of a grade.
    assert_eq!(before, material(&SMALL.replace("reference: 44", "reference: 45")));
    for (from, to) in [
        ("points: 2.5", "points: 3"),
        ("weight: 3", "weight: 2"),
        ("visibility: nothing", "visibility: message"),
        ("threads: 4", "threads: 2"),
        ("50: 0.5", "60: 0.5"),
        ("id: two", "id: three"),
        ("at_least: 16", "at_least: 17"),
        ("[std, pulp]", "[std]"),
        ("[quick, slow]", "[quick]"),
    ] {
        assert!(SMALL.contains(from), "{from}");
        assert_ne!(before, material(&SMALL.replace(from, to)), "{from} -> {to}");
    }
}

/// Stored results are scored again after a change of points, weights or texts: their key must not change.
#[test]
fn evidence_material_changes_with_what_influences_running_and_not_with_scoring() {
    let material = |text: &str| Rubric::parse("small.yaml", text).unwrap().evidence_material();
    let before = material(SMALL);
    for (from, to) in [
        ("hint: think\n", "hint: again\n"),
        ("points: 2.5", "points: 3"),
        ("weight: 3", "weight: 2"),
        ("visibility: nothing", "visibility: message"),
        ("50: 0.5", "60: 0.5"),
        ("at_least: 16", "at_least: 17"),
    ] {
        assert!(SMALL.contains(from), "{from}");
        assert_eq!(before, material(&SMALL.replace(from, to)), "{from} -> {to}");
    }
    for (from, to) in
        [("threads: 4", "threads: 2"), ("[std, pulp]", "[std]"), ("[quick, slow]", "[quick]")]
    {
        assert!(SMALL.contains(from), "{from}");
        assert_ne!(before, material(&SMALL.replace(from, to)), "{from} -> {to}");
    }
}

#[test]
fn a_given_function_costs_all_tasks_that_have_functions_of_their_own() {
    let rubric = Rubric::parse("small.yaml", SMALL).unwrap();
    let links = rubric.links.unwrap();
    let roots: Vec<_> =
        links.roots().map(|(function, tasks)| (function, tasks.join(","))).collect();
    let expected = [("quick", "one"), ("slow", "one"), ("Matrix::new", "one")];
    assert_eq!(roots, expected.map(|(function, tasks)| (function, tasks.to_owned())));
}

#[test]
fn a_rubric_whose_overrides_name_real_cases_is_accepted() {
    let rubric = Rubric::parse("small.yaml", SMALL).unwrap();
    rubric.check_cases(&[("one", "heavy"), ("one", "light"), ("two", "any")]).unwrap();
}
