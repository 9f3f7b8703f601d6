//! Every known-wrong variant fails the cases it lists, and none that has to pass before these. With `COMPLETE_LISTS=1`, which takes
//! half as long again, it must fail no other case of the broken task and of what it needs, either: run it when you have changed
//! cases or lists. Only cases that depend on the listed ones are skipped.
//!
//! Compiling takes most of the time, so variants of tasks that have nothing to do with each other are graded together. If a group
//! does not end as it must, each of its variants is graded alone, and those that fail alone fail the group.

mod groups;

use grader_judge::{Module, Suite};
use grader_model::{CaseResult, Grade, Outcome};
use grader_pipeline::{DefenceLayer, Grader};
use groups::{Grouping, Named};
use libtest_mimic::{Arguments, Failed, Trial};
use regression::variant::{ExpectedRefusal, Variant};
use regression::{copy_of, explain, grade, grade_with, grader, grader_that_times, modules, root};
use std::collections::BTreeSet;
use std::path::PathBuf;
use tempfile::TempDir;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for module in modules() {
        let slug = &module.slug;
        trials.extend(trials_of(slug).unwrap_or_else(|error| {
            vec![Trial::test(format!("{slug}::variants"), move || Err(error))]
        }));
        let name = format!("{slug}::every_case_can_fail");
        let slug = slug.clone();
        trials.push(Trial::test(name, move || every_case_can_fail(&slug)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// One trial for each group, whose name lists all variants in it.
fn trials_of(slug: &str) -> Result<Vec<Trial>, Failed> {
    let suite = suite_of(slug)?;
    let rubric = &grader(slug).module.rubric;
    let variants = Variant::all(&root().join("solutions").join(slug))?;
    let variants = variants.into_iter().map(|(name, variant)| Named { name, variant }).collect();
    let trial = |group: Vec<Named>| {
        let names: Vec<&str> = group.iter().map(|named| named.name.as_str()).collect();
        let name = format!("{slug}::{}", names.join("+"));
        let slug = slug.to_owned();
        Trial::test(name, move || check_group(&slug, &group))
    };
    Ok(Grouping { suite: &suite, rubric }.groups(variants).into_iter().map(trial).collect())
}

/// All cases, also those that this processor cannot run.
fn suite_of(slug: &str) -> Result<Suite, Failed> {
    Ok(Module::named(grader::MODULES, slug).ok_or("no such module")?.suite()?)
}

fn check_group(slug: &str, group: &[Named]) -> Result<(), Failed> {
    let together: Vec<&Variant> = group.iter().map(|named| &named.variant).collect();
    let outcome = check(slug, &together);
    if outcome.is_ok() || group.len() == 1 {
        return outcome;
    }
    let mut failures = Vec::new();
    for named in group {
        if let Err(failed) = check(slug, &[&named.variant]) {
            failures.push(format!("{}: {}", named.name, failed.message().unwrap_or_default()));
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n").into()) }
}

/// Checks one variant, or several of tasks that have nothing to do with each other.
fn check(slug: &str, variants: &[&Variant]) -> Result<(), Failed> {
    if let [Variant { refused: Some(refused), .. }] = variants {
        return is_refused(slug, variants[0], refused);
    }
    let all = suite_of(slug)?;
    let mut named = BTreeSet::new();
    for variant in variants {
        named.extend(cases_of(&all, variant)?);
    }
    let suite = &grader(slug).module.suite;
    // `tests/gates.rs` measures slow variants, and fails if one passes.
    if variants.iter().any(|variant| variant.slow) {
        return Ok(());
    }
    // A processor may lack the instructions that a timed case needs.
    named.retain(|name| suite.contains(name));
    if named.is_empty() {
        return Ok(());
    }
    // Measuring takes seconds, so only the cases that must catch the mistake are measured.
    let mut grader = grader_that_times(slug, named.iter().copied());
    let grouping = Grouping { suite, rubric: &grader.module.rubric };
    let asked = grouping.asked(named.iter().copied());
    // What is built on a broken task may be wrong with it, or not; what has nothing to do with it costs time.
    let with_earlier = with_earlier(suite, &named);
    grader.module.suite = if std::env::var_os("COMPLETE_LISTS").is_some() {
        suite.clone().without(&|task, _| !asked.contains(task))
    } else {
        suite.clone().without(&|_, name| !with_earlier.contains(name))
    };
    // Hidden cases must catch it, without the audit, whose optimized build takes most of the time.
    grader.module = grader.module.without(DefenceLayer::LinkCheck);
    let grade = grade_what_is_asked(&grader, slug, &asked, variants)?;
    let told = || explain(&grade);
    if grade.cases.is_empty() {
        return Err(format!("it was not run at all: {}", told()).into());
    }
    let dependents: BTreeSet<&str> = named.iter().flat_map(|name| suite.dependents(name)).collect();
    for case in &grade.cases {
        let name = case.name.as_str();
        let right = match case.outcome {
            Outcome::Pass => !named.contains(name),
            // Elapsed time on a busy machine proves nothing.
            Outcome::Undecided => by_elapsed_time(&grader, case),
            Outcome::Skipped => dependents.contains(name) && !named.contains(name),
            Outcome::GraderFault => false,
            _ => named.contains(name),
        };
        if !right {
            return Err(format!("{name} ended as {:?}; {}", case.outcome, told()).into());
        }
    }
    Ok(())
}

/// These cases, and those that must pass before them.
fn with_earlier<'a>(suite: &'a Suite, named: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let is_earlier = |name: &&str| {
        let later = suite.dependents(name);
        named.iter().any(|named| later.contains(named))
    };
    let all = suite.names().map(|(_, name)| name);
    all.filter(|name| named.contains(name) || is_earlier(name)).collect()
}

/// Grades the variants without what is not asked: code that is not there is not compiled. Where the parts do not fit together, all of
/// the solution is graded.
fn grade_what_is_asked(
    grader: &Grader,
    slug: &str,
    asked: &BTreeSet<String>,
    variants: &[&Variant],
) -> Result<Grade, Failed> {
    let (kept, others): (Vec<_>, Vec<_>) =
        grader.module.rubric.tasks.iter().partition(|task| asked.contains(&task.id));
    let is_kept = |file: &PathBuf| kept.iter().any(|task| task.files.contains(file));
    let stubs = others.iter().flat_map(|task| &task.files).filter(|file| !is_kept(file));
    let without = with_mistakes(slug, variants)?;
    for file in stubs {
        let stub = std::fs::read_to_string(root().join("assignments").join(slug).join(file))?;
        // The reference of a task may call more of another one than students have to write.
        let called = root().join("regression/tests/variants/missing").join(slug).join(file);
        let called = std::fs::read_to_string(called).unwrap_or_default();
        std::fs::write(without.path().join(file), stub + &called)?;
    }
    let grade = grade_with(grader, without.path(), 1);
    if grade.outcome == Outcome::CompileError {
        eprintln!("{slug}: {asked:?} do not compile without the other tasks");
        return Ok(grade_with(grader, with_mistakes(slug, variants)?.path(), 1));
    }
    Ok(grade)
}

/// The solution with the edits of these variants.
fn with_mistakes(slug: &str, variants: &[&Variant]) -> Result<TempDir, Failed> {
    let folder = copy_of(&root().join("solutions").join(slug));
    variants.iter().try_for_each(|variant| variant.apply(folder.path()))?;
    Ok(folder)
}

/// Checks that the tasks are refused with a reason, and that no other task is affected.
fn is_refused(slug: &str, variant: &Variant, refused: &ExpectedRefusal) -> Result<(), Failed> {
    let folder = with_mistakes(slug, &[variant])?;
    let grade = grade_with(grader(slug), folder.path(), 1);
    let told = || format!("{}\n{}", explain(&grade), grade.remark_texts().join("\n"));
    if grade.cases.is_empty() {
        return Err(format!("it was not run at all: {}", told()).into());
    }
    for case in &grade.cases {
        let expected =
            if refused.tasks.contains(&case.task) { Outcome::Refused } else { Outcome::Pass };
        let named = case.message.iter().all(|message| message.contains(&refused.leads_to));
        if case.outcome != expected || !named {
            return Err(format!("{} ended as {:?}; {}", case.name, case.outcome, told()).into());
        }
    }
    let mut lost = grade.tasks.iter().filter(|task| refused.tasks.contains(&task.id));
    let told_once = grade.notes.iter().any(|note| note.to_string().contains(&refused.leads_to));
    if !told_once || lost.any(|task| task.points > 0.0 || task.outcome != Outcome::Refused) {
        return Err(told().into());
    }
    Ok(())
}

fn by_elapsed_time(grader: &Grader, case: &CaseResult) -> bool {
    let gate = grader.module.rubric.gate_of(&case.task, &case.name);
    gate.is_some_and(|gate| gate.cpus.is_some())
}

/// The cases that must catch it.
fn cases_of<'a>(suite: &Suite, variant: &'a Variant) -> Result<BTreeSet<&'a str>, Failed> {
    if variant.caught_by.is_empty() {
        return Err("it names no case that must catch it".into());
    }
    match variant.caught_by.iter().find(|name| !suite.contains(name)) {
        Some(unknown) => Err(format!("there is no case `{unknown}`").into()),
        None => Ok(variant.caught_by.iter().map(String::as_str).collect()),
    }
}

/// A case that cannot fail proves nothing. Each case must be listed by a variant or fail on the
/// stub, which shows that it checks something.
fn every_case_can_fail(slug: &str) -> Result<(), Failed> {
    let mut failing = BTreeSet::new();
    for (_, variant) in Variant::all(&root().join("solutions").join(slug))? {
        failing.extend(variant.caught_by);
    }
    let stub = grade(slug, &root().join("assignments").join(slug), 1);
    failing.extend(regression::failed(&stub).iter().map(|case| case.name.clone()));
    // A case that was skipped on the stub depends on one that failed there.
    let suite = &grader(slug).module.suite;
    let first = suite.cases().iter().filter(|case| case.after.is_empty()).map(|case| case.name);
    // The stub is not measured, so every timed case must be listed by a slow variant.
    let timed = suite.timed().iter().map(|case| case.name);
    let idle: Vec<_> = first.chain(timed).filter(|name| !failing.contains(*name)).collect();
    if idle.is_empty() { Ok(()) } else { Err(format!("nothing fails these: {idle:?}").into()) }
}
