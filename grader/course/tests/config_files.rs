//! The meaning of correct configuration files.

use std::path::Path;

use grader_course::config::{Course, ModuleFacts, PartialCredit, Rubric, VisibilityRule};

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

fn two_modules() -> Course {
    let text = "title: Course\nmodules:\n  - { slug: sorting, number: 15 }\n  - { slug: hashing, number: 16 }\n";
    Course::parse("course.yaml", text).unwrap()
}

#[test]
fn a_module_is_found_by_slug_and_by_number() {
    let course = two_modules();
    assert_eq!(course.resolve("sorting").unwrap(), course.resolve("15").unwrap());
}

#[test]
fn an_unknown_module_gets_the_nearest_name() {
    let error = two_modules().resolve("sortting").unwrap_err();
    let text = grader_course::located::render_plain(&error, 80);
    assert!(text.contains("did you mean `sorting`?"), "{text}");
    assert!(text.contains("sorting (15)"), "{text}");
}

/// The students' workspace lists the foundation first, if there is one.
#[test]
fn a_foundation_is_a_package_with_its_wide_features() {
    let with = |line: &str| {
        let text = format!("title: Course\n{line}\nmodules: [{{ slug: sorting, number: 15 }}]\n");
        Course::parse("course.yaml", &text).unwrap()
    };
    let without = with("");
    assert_eq!(without.foundation, None);
    assert_eq!(without.packages().collect::<Vec<_>>(), ["sorting"]);
    let course = with("foundation: { package: toolkit, wide_vector_features: [wide] }");
    assert_eq!(course.packages().collect::<Vec<_>>(), ["toolkit", "sorting"]);
    assert_eq!(course.foundation.unwrap().wide_vector_features, ["wide"]);
}

#[test]
fn a_case_counts_1_and_shows_what_the_module_says_unless_overridden() {
    let rubric = Rubric::parse("small.yaml", SMALL).unwrap();
    let of = |case| (rubric.weight_of("one", case), rubric.visibility_of("one", case));
    assert_eq!(of("heavy"), (3.0, VisibilityRule::Nothing));
    assert_eq!(of("light"), (0.5, VisibilityRule::Name));
    assert_eq!(of("other"), (1.0, VisibilityRule::Name));
    assert_eq!(rubric.tasks[0].partial, PartialCredit::Proportional);
    assert!(matches!(&rubric.tasks[1].partial, PartialCredit::Steps(steps) if steps.len() == 2));
}

#[test]
fn hash_material_changes_with_grades_and_not_with_notation() {
    let material = |text: &str| Rubric::parse("small.yaml", text).unwrap().hash_material();
    let before = material(SMALL);
    assert_eq!(before, material(&SMALL.replace("hint: think\n", "hint: again # comment\n")));
    assert_eq!(before, material(&SMALL.replace("points: 2.5", "points: \n      2.50")));
    // Measurements of other code do not affect a student's grade.
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

#[test]
fn a_gate_can_ask_to_be_measured_alone() {
    let alone = |text: &str| {
        let rubric = Rubric::parse("small.yaml", text).unwrap();
        let gates = rubric.tasks.iter().flat_map(|task| task.gates.values());
        gates.map(|gate| gate.alone).collect::<Vec<_>>()
    };
    assert_eq!(alone(SMALL), [false]);
    let text = SMALL.replace("best_wrong: 9.8 }", "best_wrong: 9.8, alone: true }");
    assert_eq!(alone(&text), [true]);
    let text = SMALL.replace("best_wrong: 9.8 }", "best_wrong: 9.8, alone: 1 }");
    assert!(Rubric::parse("small.yaml", &text).is_err());
}

/// Stored results are rescored after changes to points, weights or texts, so their key must not
/// change.
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

/// The hidden cases and timed cases that match [`SMALL`].
const FACTS: ModuleFacts<'_> = ModuleFacts {
    cases: &[("one", "heavy"), ("one", "light"), ("one", "quick"), ("two", "any")],
    timed: &[("one", "quick")],
    functions: &[],
};

/// [`SMALL`] after one edit, checked against [`FACTS`].
fn fitting(from: &str, to: &str) -> Rubric {
    assert!(SMALL.contains(from), "{from}");
    let functions = ["quick", "slow", "Matrix::new"].map(str::to_owned);
    let facts = ModuleFacts { functions: &functions, ..FACTS };
    Rubric::parse_fitting("small.yaml", &SMALL.replacen(from, to, 1), &facts).unwrap()
}

#[test]
fn a_rubric_whose_overrides_name_real_cases_is_accepted() {
    let rubric = fitting("", "");
    assert!(rubric.dropped.is_empty() && !rubric.leaves_out("one", "heavy"));
}

/// Regression test: only `grade` rejected dropped tasks, after students had the handout.
#[test]
fn a_dropped_task_counts_nothing_and_keeps_its_entry() {
    let rubric = fitting("    hint: think\n", "    hint: think\n    dropped: true\n");
    assert_eq!(rubric.points().to_bits(), 4.0_f64.to_bits());
    let ids = |tasks: &[grader_course::config::TaskRubric]| -> Vec<(String, usize)> {
        tasks.iter().map(|task| (task.id.clone(), task.number)).collect()
    };
    assert_eq!(ids(&rubric.dropped), [("one".to_owned(), 1)]);
    assert_eq!(ids(&rubric.tasks), [("two".to_owned(), 2)]);
    assert!(rubric.leaves_out("one", "quick") && !rubric.leaves_out("two", "any"));
    assert!(rubric.task("one").is_none() && rubric.task_or_dropped("one").is_some());
}

#[test]
fn a_dropped_task_needs_no_gate() {
    let gate = "    gates: { quick: { at_least: 16, reference: 44, best_wrong: 9.8 } }\n";
    fitting(gate, "    dropped: true\n");
}

#[test]
fn a_case_of_weight_0_is_left_out() {
    let rubric = fitting("weight: 3", "weight: 0");
    assert!(rubric.leaves_out("one", "heavy") && !rubric.leaves_out("one", "light"));
}

#[test]
fn a_task_for_practice_is_worth_0_points() {
    let rubric = fitting("points: 2.5", "points: 0");
    assert_eq!(rubric.points().to_bits(), 4.0_f64.to_bits());
    assert_eq!(rubric.tasks.len(), 2);
}

#[test]
fn a_task_may_have_several_files_and_need_others() {
    let rubric = fitting("file: src/two.rs", "files: [src/two.rs, src/two/b.rs], needs: [one]");
    let task = rubric.task("two").unwrap();
    assert_eq!(task.files, [Path::new("src/two.rs"), Path::new("src/two/b.rs")]);
    assert_eq!(task.needs, ["one"]);
}

/// The budget for a task's calls has a default, and is never less than one call may take.
#[test]
fn a_task_has_a_budget_of_its_own() {
    let seconds = |limits: &str| {
        let text = SMALL.replace("call_seconds: 1", limits);
        Rubric::parse("small.yaml", &text).map(|rubric| rubric.limits.task_seconds)
    };
    assert_eq!(seconds("call_seconds: 1").unwrap(), 8);
    assert_eq!(seconds("call_seconds: 20").unwrap(), 20);
    assert_eq!(seconds("call_seconds: 2, task_seconds: 5").unwrap(), 5);
    let error = seconds("call_seconds: 6, task_seconds: 5").unwrap_err();
    assert!(error.problems()[0].label.contains("at least `call_seconds`, 6"));
}

/// Training takes longer than all that other tasks do. Raised for every task, the limit let a submission of ten tasks
/// hang for five minutes.
#[test]
fn a_task_may_have_seconds_of_its_own() {
    let with = |line: &str| {
        let text = SMALL.replace("call_seconds: 1", "call_seconds: 2, task_seconds: 5");
        Rubric::parse("small.yaml", &text.replacen("    points:", &format!("{line}    points:"), 1))
    };
    let rubric = with("    task_seconds: 12\n").unwrap();
    let first = &rubric.tasks[0].id;
    let others: u32 = rubric.tasks[1..].iter().map(|_| 5).sum();
    assert_eq!(rubric.limits_of(first).task_seconds, 12);
    assert_eq!(rubric.limits_of("no such task").task_seconds, 5);
    assert_eq!(rubric.elapsed_seconds(), 2 * (12 + others));
    let error = with("    task_seconds: 1\n").unwrap_err();
    assert!(error.problems()[0].label.contains("at least `call_seconds`, 2"));
}
