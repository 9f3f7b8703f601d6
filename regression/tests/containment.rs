//! A failure costs only what it touches. Whatever the code of one task does, the other tasks get at
//! least the points they get if it panics there, and the total time of the submission is bounded.

use grader_model::{Grade, GradingStage, Outcome};
use grader_pipeline::Grader;
use regression::variant::{TextEdit, Variant};
use regression::{beside, copy_of, explain, grade_with, grader, root};

/// A place in the reference solution: the task, its file, and the first line of one of its
/// functions.
struct SourcePlace {
    task: &'static str,
    file: &'static str,
    line: &'static str,
}

/// A function of the first task, and one of a task near the end. Each is called by only some of its
/// task's cases.
const PLACES: [SourcePlace; 2] = [
    SourcePlace {
        task: "timer",
        file: "src/timer.rs",
        line: "check_samples(samples, f64::is_finite)?;",
    },
    SourcePlace {
        task: "bottleneck",
        file: "src/bottleneck.rs",
        line: "// BEGIN SOLUTION: check both numbers, then apply the formula",
    },
];

const PANIC: &str = "if std::hint::black_box(true) { panic!(\"on purpose\") }";

/// A failure of a function: what it does before it answers, if it ever does, in words and as statements.
type Failure = (&'static str, &'static str);

/// Failures that use no CPU time, so they can be tried beside each other. All calls of one task may take 8 seconds
/// together.
const WAITS: [Failure; 3] = [
    ("sleeps", "std::thread::sleep(std::time::Duration::from_secs(3600));"),
    (
        "waits for itself",
        "let lock = std::sync::Mutex::new(()); let _one = lock.lock(); let _two = lock.lock();",
    ),
    ("answers late", "std::thread::sleep(std::time::Duration::from_millis(2800));"),
];

/// Failures that use CPU time. They are tried one after the other, because limits of elapsed time apply as well.
const COMPUTATIONS: [Failure; 8] = [
    ("computes for ever", "loop { std::hint::spin_loop(); }"),
    (
        "computes nearly too long",
        "let start = std::time::Instant::now(); while start.elapsed().as_millis() < 900 {}",
    ),
    ("aborts", "if std::hint::black_box(true) { std::process::abort(); }"),
    ("exits", "if std::hint::black_box(true) { std::process::exit(0); }"),
    (
        "overflows its stack",
        "fn deeper(n: u64) -> u64 { if n == u64::MAX { 0 } else { deeper(std::hint::black_box(n + 1)) + 1 } }
         std::hint::black_box(deeper(0));",
    ),
    ("prints for ever", "loop { println!(\"{}\", \"y\".repeat(4096)); }"),
    (
        "keeps all memory",
        "let mut all: Vec<Vec<u8>> = Vec::new(); while all.len() < 4096 { all.push(vec![1; 1 << 20]); }
         std::hint::black_box(&all);",
    ),
    (
        "allocates and frees",
        "for _ in 0..8 { std::hint::black_box(vec![1_u8; 400 << 20]); }",
    ),
];

/// The module's grader, with low limits to keep the tests fast.
fn impatient() -> Grader {
    let mut grader = grader("profiling").clone();
    let limits = &mut grader.module.rubric.limits;
    (limits.call_seconds, limits.task_seconds) = (1, 4);
    grader
}

/// The grade of the reference solution with `statements` inserted at a place.
fn graded_with(grader: &Grader, place: &SourcePlace, statements: &str) -> Grade {
    let copy = copy_of(&root().join("solutions/profiling"));
    let replace = format!("{}\n{statements}", place.line);
    let edit = TextEdit { file: place.file.into(), find: place.line.into(), replace };
    Variant::edit(&[edit], copy.path()).unwrap();
    grade_with(grader, copy.path(), 7)
}

fn points_of_others<'a>(grade: &'a Grade, place: &SourcePlace) -> Vec<(&'a str, f64)> {
    let others = grade.tasks.iter().filter(|task| task.id != place.task);
    others.map(|task| (task.id.as_str(), task.points)).collect()
}

/// Elapsed seconds of the sandbox, drive and judge stages.
fn judging_seconds(grade: &Grade) -> f64 {
    let of = |stage| grade.costs.iter().filter(move |cost| cost.stage == stage);
    let stages = [GradingStage::Sandbox, GradingStage::Drive, GradingStage::Judge].into_iter();
    stages.flat_map(of).map(|cost| cost.wall_seconds).sum()
}

/// Regression test: an endless loop in `percentile` left 0 to 1.19 of 100 points, but a panic left
/// 76.43.
#[test]
fn a_failure_costs_no_other_task_a_point() {
    let grader = impatient();
    for place in &PLACES {
        let panicked = graded_with(&grader, place, PANIC);
        let expected = points_of_others(&panicked, place);
        assert!(expected.iter().any(|(_, points)| *points > 0.0), "{}", explain(&panicked));
        let fail = |failure: &Failure| graded_with(&grader, place, failure.1);
        let mut grades = beside::map(&WAITS, fail);
        grades.extend(COMPUTATIONS.iter().map(fail));
        for ((words, _), grade) in WAITS.iter().chain(&COMPUTATIONS).zip(&grades) {
            let others = points_of_others(grade, place);
            // Code that answers, even if late, may get more points than code that panics.
            let kept = expected.iter().zip(&others).all(|(least, got)| got.1 >= least.1);
            assert!(kept, "{words} in {}: {others:?}\n{}", place.task, explain(grade));
            println!(
                "{words} in {}: {:?} points, {:.1} s",
                place.task,
                grade.points,
                judging_seconds(grade)
            );
        }
    }
}

/// Two tasks have a function that never returns. Cases that made no call are reported as such, not
/// as timed out.
#[test]
fn a_submission_that_hangs_everywhere_ends_in_the_sum_of_its_tasks_bounds() {
    let grader = impatient();
    let copy = copy_of(&root().join("solutions/profiling"));
    for place in &PLACES {
        let replace =
            format!("{}\nstd::thread::sleep(std::time::Duration::from_secs(3600));", place.line);
        let edit = TextEdit { file: place.file.into(), find: place.line.into(), replace };
        Variant::edit(&[edit], copy.path()).unwrap();
    }
    let grade = grade_with(&grader, copy.path(), 7);
    let bound = f64::from(grader.module.rubric.elapsed_seconds());
    assert!(judging_seconds(&grade) < bound, "{}", explain(&grade));
    let told = |outcome| grade.cases.iter().filter(move |case| case.outcome == outcome);
    assert!(told(Outcome::TimedOut).count() > 0 && told(Outcome::NotAsked).count() > 0);
    let reason = |case: &grader_model::CaseResult| {
        case.message.as_ref().is_some_and(|text| text.contains("had used up its"))
    };
    assert!(told(Outcome::NotAsked).all(reason), "{}", explain(&grade));
}

/// Timed cases not included. Instructors may rely on this for every module of the course.
#[test]
fn the_bounds_of_all_tasks_are_two_minutes_at_most() {
    for module in regression::modules() {
        let seconds = grader(&module.slug).module.rubric.elapsed_seconds();
        assert!(seconds <= 120, "{}: {seconds} s", module.slug);
    }
}

/// Regression test: a thread of one task aborted the process later, during a call of another task.
#[test]
fn a_late_abort_is_charged_to_no_other_task() {
    let grader = impatient();
    // No other task calls this function, so no other task starts the thread.
    let place = &PLACES[1];
    let honest = graded_with(&grader, place, "");
    let whole = points_of_others(&honest, place);
    beside::map(&[1, 5, 20, 100, 400], |milliseconds| {
        let late = format!(
            "std::thread::spawn(|| {{ std::thread::sleep(std::time::Duration::from_millis({milliseconds})); \
             std::process::abort(); }});"
        );
        let grade = graded_with(&grader, place, &late);
        let others = points_of_others(&grade, place);
        assert_eq!(others, whole, "after {milliseconds} ms: {}", explain(&grade));
    });
}

/// Regression test: starting the maximum number of scoped threads several times in a row lost cases
/// at random, because the kernel still counts a thread whose scope has just ended.
#[test]
fn threads_at_the_limit_may_be_started_again_and_again() {
    let rounds = "for _ in 0..5 { std::thread::scope(|s| for _ in 0..4 { s.spawn(|| 1); }); }";
    let mut patient = grader("profiling").clone();
    // The time to start a thread varies tenfold between machines, and this test is not about time.
    patient.module.rubric.limits.task_seconds *= 20;
    let grade = graded_with(&patient, &PLACES[0], rounds);
    assert_eq!(grade.outcome, Outcome::Pass, "{}", explain(&grade));
}

/// Regression test: a student who started too many threads saw `Resource temporarily unavailable`
/// and not the limit.
#[test]
fn too_many_threads_are_told_the_limit() {
    let grader = impatient();
    let nap = "std::thread::sleep(std::time::Duration::from_millis(50))";
    let scoped = format!("std::thread::scope(|s| for _ in 0..64 {{ s.spawn(|| {nap}); }});");
    let spawned = format!(
        "let all: Vec<_> = (0..64).map(|_| std::thread::spawn(|| {nap})).collect();
         for one in all {{ one.join().unwrap(); }}"
    );
    let built = format!(
        "let all: Vec<_> = (0..64).map(|_| std::thread::Builder::new().spawn(|| {nap}).unwrap()).collect();
         drop(all);"
    );
    beside::map(&[scoped, spawned, built], |statements| {
        let grade = graded_with(&grader, &PLACES[0], statements);
        let limit = "At most 4 threads may run at once here";
        let told = |case: &grader_model::CaseResult| {
            case.message.as_ref().is_some_and(|text| text.contains(limit))
        };
        assert!(grade.cases.iter().any(told), "{statements}: {}", explain(&grade));
    });
}
