//! Every known-wrong variant fails the cases it lists, and no other of the broken task and of what it needs.
//! Only cases that depend on the listed ones are skipped.

use grader_course::config::{Rubric, TaskRubric};
use grader_judge::{Module, Suite};
use grader_model::{CaseResult, Outcome};
use grader_pipeline::{DefenceLayer, Grader};
use libtest_mimic::{Arguments, Failed, Trial};
use regression::variant::{ExpectedRefusal, Variant};
use regression::{copy_of, explain, grade, grade_with, grader, grader_that_times, modules, root};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for module in modules() {
        for path in variants(&module.slug) {
            let slug = module.slug.clone();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let name = format!("{slug}::{stem}");
            trials.push(Trial::test(name, move || check(&slug, &path)));
        }
        let slug = module.slug.clone();
        let name = format!("{slug}::every_case_can_fail");
        trials.push(Trial::test(name, move || every_case_can_fail(&slug)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn variants(slug: &str) -> Vec<PathBuf> {
    let folder = root().join("solutions").join(slug).join("wrong");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    paths
}

fn check(slug: &str, path: &Path) -> Result<(), Failed> {
    let variant = Variant::load(path)?;
    if let Some(refused) = &variant.refused {
        return is_refused(slug, &variant, refused);
    }
    let module = Module::named(grader::MODULES, slug).ok_or("no such module")?;
    let mut named = named(&module.suite()?, &variant)?;
    let suite = &grader(slug).module.suite;
    if variant.slow {
        // `tests/gates.rs` measures slow variants, and fails if one passes.
        return Ok(());
    }
    // A processor may lack the instructions that a timed case needs.
    named.retain(|name| suite.contains(name));
    if named.is_empty() {
        return Ok(());
    }
    // Measuring takes seconds, so only the cases that must catch the mistake are measured.
    let mut grader = grader_that_times(slug, named.iter().copied());
    let tasks = suite.names().filter(|(_, name)| named.contains(name)).map(|(task, _)| task);
    let asked = with_needed(&grader.module.rubric, tasks);
    // What is built on a broken task may be wrong with it, or not; what has nothing to do with it costs time.
    grader.module.suite = suite.clone().without(&|task, _| !asked.contains(task));
    // Hidden cases must catch it, without the audit, whose optimized build takes most of the time.
    grader.module = grader.module.without(DefenceLayer::LinkCheck);
    let folder = copy_of(&root().join("solutions").join(slug));
    variant.apply(folder.path())?;
    let grade = grade_with(&grader, folder.path(), 1);
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

/// Checks that the tasks are refused with a reason, and that no other task is affected.
fn is_refused(slug: &str, variant: &Variant, refused: &ExpectedRefusal) -> Result<(), Failed> {
    let folder = copy_of(&root().join("solutions").join(slug));
    variant.apply(folder.path())?;
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

/// These tasks, and all that they need, directly or through others.
fn with_needed<'a>(rubric: &Rubric, broken: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = broken.map(str::to_owned).collect();
    loop {
        let is_reached = |task: &&TaskRubric| reached.contains(&task.id);
        let needs = rubric.tasks.iter().filter(is_reached).flat_map(|task| &task.needs);
        let needs: Vec<String> = needs.cloned().collect();
        let before = reached.len();
        reached.extend(needs);
        if reached.len() == before {
            return reached;
        }
    }
}

fn by_elapsed_time(grader: &Grader, case: &CaseResult) -> bool {
    let gate = grader.module.rubric.gate_of(&case.task, &case.name);
    gate.is_some_and(|gate| gate.cpus.is_some())
}

fn named<'a>(suite: &Suite, variant: &'a Variant) -> Result<BTreeSet<&'a str>, Failed> {
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
    for path in variants(slug) {
        failing.extend(Variant::load(&path)?.caught_by);
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
