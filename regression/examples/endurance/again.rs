//! Honest submissions, graded again and again on a machine that is busy with something else.

use super::bench::{ClassProgram, program};
use super::class;
use regression::expectation::ExpectedResult;
use regression::root;
use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Grades honest submissions `count` times in all, with fresh inputs each time, while every CPU has
/// something else to do. Not one grade may differ from its model.
pub fn run(count: usize) -> Result<(), String> {
    let work = tempfile::tempdir().map_err(|error| error.to_string())?;
    let at = |name: &str| work.path().join(name);
    let class = at("class");
    let out = at("out");
    let temp = at("temp");
    let program = program();
    fs::create_dir(&temp).map_err(|error| error.to_string())?;
    class::write(&class, &class::HONEST, count);
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let run = ClassProgram { program: &program, class: &class, out: &out, temp: &temp, jobs: cpus };
    let done = AtomicBool::new(false);
    let ended = thread::scope(|scope| {
        for _ in 0..cpus {
            scope.spawn(|| busy(&done));
        }
        let ended = run.to_its_end();
        done.store(true, Ordering::Relaxed);
        ended
    });
    ended?;
    let outcomes = run.outcomes()?.ok_or("no gradebook")?;
    let mut models = BTreeMap::new();
    for name in class::HONEST {
        let path = root().join("regression/class").join(name).join("expected.yaml");
        let model = ExpectedResult::load(&path)?;
        models.insert(name, (model.points, model.outcome.to_string()));
    }
    let differs = |student: &str, outcome| models.get(class::origin(student)) != Some(outcome);
    let changed: Vec<_> =
        outcomes.iter().filter(|(student, outcome)| differs(student, outcome)).collect();
    println!("{} gradings on {cpus} busy CPUs, {} changed", outcomes.len(), changed.len());
    if outcomes.len() == count && changed.is_empty() {
        return Ok(());
    }
    Err(format!("{changed:?}"))
}

/// Computes, and goes through more memory than a cache holds.
fn busy(done: &AtomicBool) {
    let mut memory = vec![1_u64; 1 << 22];
    while !done.load(Ordering::Relaxed) {
        for slot in &mut memory {
            *slot = black_box(slot.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
    }
}
