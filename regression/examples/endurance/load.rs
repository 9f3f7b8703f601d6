//! A class of a thousand, watched from outside.

use super::bench::{ClassProgram, program};
use super::class;
use regression::processes::{descriptors, status};
use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

/// What the grader may need more for each further submission: its row of the class's page. Its grade,
/// some 70 kB of JSON, is read back when its report is written.
const KB_A_SUBMISSION: u64 = 2;
/// What allocators keep and give back.
const SLACK_KB: u64 = 8 << 10;

/// What was seen of the running grader.
struct LoadRecord {
    seconds: f64,
    memory_kb: u64,
    descriptors: usize,
}

/// Grades `count` submissions at once and, before that, each kind of them alone.
pub fn run(count: usize) -> Result<(), String> {
    let work = tempfile::tempdir().map_err(|error| error.to_string())?;
    let at = |name: &str| work.path().join(name);
    let temp = at("temp");
    let program = program();
    let kinds = class::mixed();
    fs::create_dir(&temp).map_err(|error| error.to_string())?;
    let alone = {
        let class = at("kinds");
        let out = at("alone");
        class::write(&class, &kinds, kinds.len());
        let run =
            ClassProgram { program: &program, class: &class, out: &out, temp: &temp, jobs: 1 };
        run.to_its_end()?;
        run.outcomes()?.ok_or("no gradebook")?
    };
    println!("{} kinds of submission graded one by one", alone.len());

    let class = at("class");
    let out = at("out");
    class::write(&class, &kinds, count);
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let run = ClassProgram { program: &program, class: &class, out: &out, temp: &temp, jobs };
    let seen = watch(run.start())?;
    let outcomes = run.outcomes()?.ok_or("no gradebook")?;
    let of = |student: &str| alone.iter().find(|(name, _)| class::origin(name) == student);
    let changed: Vec<_> = outcomes
        .iter()
        .filter(|(student, outcome)| of(class::origin(student)).map(|one| one.1) != Some(outcome))
        .collect();
    println!("{} of {count} graded, {} not as alone: {changed:?}", outcomes.len(), changed.len());
    table(&seen);
    if outcomes.len() != count || !changed.is_empty() {
        return Err("not the outcomes of one by one".into());
    }
    growth(&seen, count)
}

/// Looks at the grader once a second until it ends.
fn watch(mut child: Child) -> Result<Vec<LoadRecord>, String> {
    let start = Instant::now();
    let mut seen = Vec::new();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return if status.success() { Ok(seen) } else { Err(format!("ended with {status}")) };
        }
        let pid = child.id();
        if let (Some(memory_kb), Some(descriptors)) = (status(pid, "VmRSS"), descriptors(pid)) {
            seen.push(LoadRecord {
                seconds: start.elapsed().as_secs_f64(),
                memory_kb,
                descriptors,
            });
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn table(seen: &[LoadRecord]) {
    println!("{:>8} {:>12} {:>12}", "s", "memory MB", "descriptors");
    let step = (seen.len() / 12).max(1);
    for one in seen.iter().step_by(step).chain(seen.last()) {
        let megabytes = one.memory_kb as f64 / 1024.0;
        println!("{:>8.0} {megabytes:>12.1} {:>12}", one.seconds, one.descriptors);
    }
}

/// Compares the last quarter with the second.
fn growth(seen: &[LoadRecord], count: usize) -> Result<(), String> {
    let quarter = |number: usize| {
        let part = seen.len() / 4;
        &seen[number * part..(number + 1) * part]
    };
    let memory = |part: &[LoadRecord]| part.iter().map(|one| one.memory_kb).max().unwrap_or(0);
    let open = |part: &[LoadRecord]| part.iter().map(|one| one.descriptors).max().unwrap_or(0);
    let early = quarter(1);
    let late = quarter(3);
    let allowed = memory(early) + SLACK_KB + KB_A_SUBMISSION * count as u64 / 2;
    println!(
        "second and last quarter: {} and {} kB, {} and {} descriptors",
        memory(early),
        memory(late),
        open(early),
        open(late)
    );
    if memory(late) > allowed {
        return Err(format!("memory grows: more than {allowed} kB"));
    }
    if open(late) > open(early) + 8 {
        return Err("descriptors grow".into());
    }
    Ok(())
}
