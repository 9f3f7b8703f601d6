//! The sample classes defined by edits of the reference solution, graded as a class: several at
//! once, with measurements alongside. Every member must have its expected result.

use grader_model::{Grade, Outcome, Submission};
use grader_pipeline::collect;
use grader_pipeline::{
    CachedGrade, ClassObserver, ClassRun, Fault, GradeOrigin, GradeRef, GradeStore,
    Result as StoreResult,
};
use libtest_mimic::{Arguments, Failed, Trial};
use regression::edited::ClassMember;
use regression::{explain, grader, grader_that_times, modules, root};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

fn main() {
    let arguments = Arguments::from_args();
    let slugs = modules().map(|module| module.slug.clone()).filter(|slug| folder(slug).is_dir());
    let trials = slugs
        .map(|slug| {
            Trial::test(format!("{slug}::every_member_ends_as_its_model_says"), move || {
                check(&slug)
            })
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn folder(slug: &str) -> PathBuf {
    root().join("regression").join(format!("class_{slug}"))
}

fn check(slug: &str) -> Result<(), Failed> {
    let members = ClassMember::class(&folder(slug))?;
    let class = tempfile::tempdir()?;
    for (name, member) in &members {
        member.hand_in(&root().join("solutions").join(slug), &class.path().join(name))?;
    }
    let grader = grader_that_times(slug, measured(slug, &members));
    let discovery = collect::discover(class.path()).map_err(|error| error.to_string())?;
    let run = ClassRun {
        grader: &grader,
        jobs: 4,
        seed: &|| Ok(4711),
        stop: &AtomicBool::new(false),
        store: &NullStore,
        watch: &NullStore,
    };
    let result = run.run(&discovery);
    let grades: Vec<_> = result.grades.iter().filter_map(GradeRef::here).collect();
    let mut wrong = Vec::new();
    for (name, member) in &members {
        let of = |grade: &&&Grade| grade.submission.student == *name;
        let Some(grade) = grades.iter().find(of) else {
            return Err(format!("{name} was not graded").into());
        };
        let differences = member.expected.differences(grade);
        if !differences.is_empty() {
            wrong.push(format!("{name}: {}\nin all: {}", differences.join("\n"), explain(grade)));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n\n").into()) }
}

/// The timed cases that some member fails and that can be decided on a busy machine. Cases that
/// need several quiet CPUs are measured by `tests/gates.rs`.
fn measured(slug: &str, members: &[(String, ClassMember)]) -> Vec<&'static str> {
    let setup = &grader(slug).module;
    let lists = || members.iter().filter_map(|(_, member)| member.expected.not_passed.as_ref());
    let mut cases = setup.suite.timed().to_vec();
    cases.retain(|case| {
        let gate = setup.rubric.gate_of(case.task, case.name);
        gate.is_some_and(|gate| gate.cpus.is_none()) && lists().any(|list| list.contains(case.name))
    });
    cases.into_iter().map(|case| case.name).collect()
}

struct NullStore;

impl GradeStore for NullStore {
    fn cached(&self, _: &str, _: &Submission) -> StoreResult<Option<CachedGrade>> {
        Ok(None)
    }
    fn record(&self, grade: &Grade) -> StoreResult<Option<i64>> {
        assert_ne!(grade.outcome, Outcome::GraderFault, "{}", explain(grade));
        Ok(None)
    }
    fn read(&self, number: i64) -> StoreResult<Grade> {
        Err(Fault::new(format!("nothing is kept, not even {number}")))
    }
}

impl ClassObserver for NullStore {
    fn started(&self, _: &str) {}
    fn finished(&self, _: &Grade, _: GradeOrigin) {}
}
