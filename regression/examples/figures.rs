//! The figures of the README: what grading costs, beside `cargo test`, on this machine now.
//!
//! Ratios are of interleaved pairs, with a 95 % interval of the mean log-ratio; the two sides of a
//! pair run one after the other, in alternating order, so that a drifting machine hits both.
//! Run with nothing else on the machine: `cargo run --release -p regression --example figures`.

use grader_course::config::Course;
use grader_course::release;
use grader_model::{Grade, GradingStage, Submission};
use grader_pipeline::collect::{self, ClassContents};
use grader_pipeline::{
    CachedGrade, ClassObserver, ClassRun, Fault, GradeOrigin, GradeStore, Grader, GraderOptions,
    Result, Wire,
};
use grader_protocol::Transport;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const ROUNDS: usize = 5;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the root");
    let grader = open(&root);
    println!("{} CPUs, {}", cpus(), grader.toolchain.version());
    let work = tempfile::tempdir().expect("a temporary folder");
    stages(&grader, &root);
    against_cargo(&grader, &root, work.path());
    class(&grader, &root);
    round_trips(&grader, &root, work.path());
    println!("\npeak memory of the grader: {} MB", peak_memory_mb());
}

fn open(root: &Path) -> Grader {
    let course = Course::load(&root.join("config")).expect("the course");
    Grader::open(&course.modules[0], GraderOptions::of(root, &course, grader::MODULES))
        .expect("a grader")
}

fn grade(grader: &Grader, path: &Path, seed: u64) -> Grade {
    let found = collect::single(path).expect("a submission");
    let never = AtomicBool::new(false);
    grader.grade(grader.collect(&found), seed, &never).expect("not stopped")
}

/// Seconds of one grading, by stage.
fn stages(grader: &Grader, root: &Path) {
    println!("\none submission (the reference), median of {ROUNDS}");
    println!("{:<10} {:>8} {:>8}", "stage", "wall s", "CPU s");
    let grades: Vec<Grade> =
        (0..ROUNDS).map(|i| grade(grader, &root.join("solutions/profiling"), i as u64)).collect();
    let mut walls = 0.0;
    let mut cpus = 0.0;
    for stage in [
        GradingStage::Collect,
        GradingStage::Compile,
        GradingStage::Sandbox,
        GradingStage::Drive,
        GradingStage::Judge,
    ] {
        let costs =
            || grades.iter().flat_map(|grade| &grade.costs).filter(move |cost| cost.stage == stage);
        let wall = median(costs().map(|cost| cost.wall_seconds).collect());
        let cpu = median(costs().map(|cost| cost.cpu_seconds).collect());
        println!("{:<10} {wall:>8.3} {cpu:>8.3}", format!("{stage:?}").to_lowercase());
        walls += wall;
        cpus += cpu;
    }
    println!("{:<10} {walls:>8.3} {cpus:>8.3}", "all");
}

/// Ours beside `cargo test --release` on the same sources and the students' visible tests.
fn against_cargo(grader: &Grader, root: &Path, work: &Path) {
    let workspace = work.join("workspace");
    release::export(root, &workspace).expect("an exported workspace");
    let source = workspace.join("profiling/src");
    fs::remove_dir_all(&source).expect("stubs to remove");
    copy(&root.join("solutions/profiling/src"), &source);
    let shared = work.join("shared");
    cargo_test(&workspace, &shared);
    let mut warm = Vec::new();
    for round in 0..ROUNDS {
        let ours = || cost_of(&grade(grader, &root.join("solutions/profiling"), 9));
        let theirs = || {
            touch(&source.join("lib.rs"));
            cargo_test(&workspace, &shared)
        };
        warm.push(if round % 2 == 0 { (ours(), theirs()) } else { swap((theirs(), ours())) });
    }
    report("cargo test --release, shared target folder, dependencies warm", &warm);
    let mut cold = Vec::new();
    for round in 0..3 {
        let ours = cost_of(&grade(grader, &root.join("solutions/profiling"), 9));
        cold.push((ours, cargo_test(&workspace, &work.join(format!("cold-{round}")))));
    }
    report("cargo test --release, cold", &cold);
}

/// Wall and CPU seconds.
type CommandCost = (f64, f64);

fn report(name: &str, pairs: &[(CommandCost, CommandCost)]) {
    println!("\nours beside {name} ({} pairs)", pairs.len());
    for (what, pick) in [("wall", wall as fn(CommandCost) -> f64), ("CPU", cpu)] {
        let ours = median(pairs.iter().map(|pair| pick(pair.0)).collect());
        let theirs = median(pairs.iter().map(|pair| pick(pair.1)).collect());
        let logs: Vec<f64> = pairs.iter().map(|pair| (pick(pair.1) / pick(pair.0)).ln()).collect();
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let deviation =
            (logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let t = tinytorch::stats::t_quantile(0.975, n - 1.0).unwrap_or(f64::NAN);
        let half = t * deviation / n.sqrt();
        println!(
            "{what:<5} ours {ours:>7.2} s  theirs {theirs:>7.2} s  ratio {:>5.1}x [{:.1}, {:.1}]",
            mean.exp(),
            (mean - half).exp(),
            (mean + half).exp()
        );
    }
}

const fn wall(cost: CommandCost) -> f64 {
    cost.0
}

const fn cpu(cost: CommandCost) -> f64 {
    cost.1
}

const fn swap(pair: (CommandCost, CommandCost)) -> (CommandCost, CommandCost) {
    (pair.1, pair.0)
}

fn cost_of(grade: &Grade) -> CommandCost {
    let sum = |pick: fn(&grader_model::StageCost) -> f64| grade.costs.iter().map(pick).sum();
    (sum(|cost| cost.wall_seconds), sum(|cost| cost.cpu_seconds))
}

/// `cargo test`, timed by the shell, which counts the CPU time of all descendants.
fn cargo_test(workspace: &Path, target: &Path) -> CommandCost {
    let script = "TIMEFORMAT='%R %U %S'; time cargo test --release --offline -q -p profiling >/dev/null 2>&1";
    let output = Command::new("bash")
        .args(["-c", script])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("bash");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert_eq!(numbers.len(), 3, "bash's time said: {text}");
    assert!(output.status.success(), "the reference's visible tests pass");
    (numbers[0], numbers[1] + numbers[2])
}

fn touch(path: &Path) {
    let text = fs::read(path).expect("a source");
    fs::write(path, text).expect("to write it again");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// The sample class with 1, 2 and 4 jobs.
fn class(grader: &Grader, root: &Path) {
    let discovery = collect::discover(&root.join("regression/class")).expect("a class");
    println!("\nthe sample class, {} submissions", discovery.found.len());
    for jobs in [1, 2, 4] {
        let start = Instant::now();
        run_class(grader, &discovery, jobs);
        println!("{jobs} jobs: {:>6.1} s", start.elapsed().as_secs_f64());
    }
}

fn run_class(grader: &Grader, discovery: &ClassContents, jobs: usize) {
    let result = ClassRun {
        grader,
        jobs,
        seed: &|| Ok(3),
        stop: &AtomicBool::new(false),
        store: &NullStore,
        watch: &NullStore,
    }
    .run(discovery);
    assert_eq!(result.fresh, discovery.found.len());
}

struct NullStore;

impl GradeStore for NullStore {
    fn cached(&self, _: &str, _: &Submission) -> Result<Option<CachedGrade>> {
        Ok(None)
    }
    fn record(&self, _: &Grade) -> Result<Option<i64>> {
        Ok(None)
    }
    fn read(&self, number: i64) -> Result<Grade> {
        Err(Fault::new(format!("nothing is kept, not even {number}")))
    }
}

impl ClassObserver for NullStore {
    fn started(&self, _: &str) {}
    fn finished(&self, _: &Grade, _: GradeOrigin) {}
}

/// Spawn and teardown, and the round trip of one request, against a driver that was compiled for
/// the purpose: the honest one of a grading, with the stub (it panics at once) left out.
fn round_trips(grader: &Grader, root: &Path, work: &Path) {
    let driver = build_echo(grader, root, work);
    let limits = &grader.module.rubric.limits;
    let mut spawns = Vec::new();
    for _ in 0..40 {
        let mut wire = Wire::new(&grader.sandbox, &driver, limits, 1);
        wire.call(b"x").expect("an echo");
        let spent = wire.finish().expect("an end");
        spawns.push(spent.sandbox.as_secs_f64() * 1e3);
    }
    println!("\nsandbox: spawn and teardown {:.1} ms (median of 40)", median(spawns));
    for (name, bytes) in [("1 KB", 1 << 10), ("1 MB", 1 << 20)] {
        let mut wire = Wire::new(&grader.sandbox, &driver, limits, 1);
        let request = vec![7; bytes];
        let trip = |wire: &mut Wire<'_>| {
            let reply = wire.call(&request).expect("an echo");
            assert_eq!(reply.len(), bytes);
            wire.last_cost().wall.as_secs_f64() * 1e6
        };
        trip(&mut wire);
        let times = (0..200).map(|_| trip(&mut wire)).collect();
        println!("round trip of {name}: {:.0} us (median of 200)", median(times));
        wire.finish().expect("an end");
    }
}

/// A driver whose module answers each request with its own bytes.
fn build_echo(grader: &Grader, _root: &Path, work: &Path) -> PathBuf {
    let source = work.join("echo.rs");
    let text = "fn main() -> std::io::Result<()> { grader_driver::serve(|| |request: &[u8]| request.to_vec()) }";
    fs::write(&source, text).expect("a source");
    let deps = grader.kit.deps();
    let file = grader.kit.library("grader_driver").expect("the runtime");
    let driver = work.join("echo");
    let status = Command::new(grader.toolchain.sysroot.join("bin/rustc"))
        .arg(&source)
        .args(["--edition=2024", "-Copt-level=1", "-o"])
        .arg(&driver)
        .arg(format!("-Ldependency={}", deps.display()))
        .arg("--extern")
        .arg(format!("grader_driver={}", deps.join(file).display()))
        .status()
        .expect("rustc");
    assert!(status.success());
    driver
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn peak_memory_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
