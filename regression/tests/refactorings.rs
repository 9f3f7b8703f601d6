//! If a submission compiles for the student, it compiles in the grader: every reference solution,
//! rearranged randomly in legal ways, gets full marks.
//!
//! `cargo test -p regression --test refactorings -- --nocapture` prints the refactorings.

use grader_model::Outcome;
use regression::refactoring::{CrateSources, Refactoring, SeededRandom};
use regression::{explain, grade, modules, root};

/// Number of rounds for each module.
const ROUNDS: u64 = 4;
/// Number of refactorings in a round.
const STEPS: usize = 4;

fn full_marks(slug: &str, sources: &CrateSources) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    sources.write(&folder.path().join("src"));
    let grade = grade(slug, folder.path(), 31);
    let what = format!("{slug}: {}", sources.steps.join(", "));
    println!("{what}: {}", grade.outcome);
    assert_eq!(grade.outcome, Outcome::Pass, "{what}\n{}", explain(&grade));
    assert_eq!(grade.points, Some(grade.max_points), "{what}\n{}", explain(&grade));
    // No file was ignored, and none was filled in.
    assert!(grade.all_remarks().next().is_none(), "{what}: {:?}", grade.notes);
}

#[test]
fn random_refactorings_are_graded_at_full_marks() {
    for (seed, module) in (0..).map(|at: u64| at * 100).zip(modules()) {
        let reference =
            CrateSources::read(&root().join("solutions").join(&module.slug).join("src"));
        for round in 0..ROUNDS {
            let mut sources = reference.clone();
            sources.refactor(STEPS, &mut SeededRandom::new(seed + round));
            assert_eq!(sources.steps.len(), STEPS, "{}: {:?}", module.slug, sources.steps);
            full_marks(&module.slug, &sources);
        }
    }
}

/// Applies one refactoring to all modules: every file in its own folder, or all code in one file.
#[test]
fn the_extremes_are_graded_at_full_marks() {
    for (slug, refactoring) in
        [("profiling", Refactoring::MoveToModRs), ("caching", Refactoring::Inline)]
    {
        let mut sources = CrateSources::read(&root().join("solutions").join(slug).join("src"));
        for module in sources.modules() {
            assert!(sources.apply(refactoring, &module), "{refactoring:?} of {module}");
        }
        sources.steps.push(format!("{refactoring:?} of all modules"));
        full_marks(slug, &sources);
    }
}
