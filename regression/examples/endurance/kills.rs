//! The grader is killed again and again, at random moments, and started again.

use super::bench::{ClassProgram, StudentOutcomes, differences, program};
use super::class;
use regression::processes::{ProcessInfo, cgroups_of, descendants};
use std::collections::BTreeSet;
use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

const SUBMISSIONS: usize = 12;
/// How long the kernel may take to end what a dead grader had started.
const PATIENCE: Duration = Duration::from_mins(1);

/// Kills it `kills` times.
pub fn run(kills: usize) -> Result<(), String> {
    let work = tempfile::tempdir().map_err(|error| error.to_string())?;
    let at = |name: &str| work.path().join(name);
    let class = at("class");
    let temp = at("temp");
    let program = program();
    fs::create_dir(&temp).map_err(|error| error.to_string())?;
    class::write(&class, &class::mixed(), SUBMISSIONS);
    let out = at("undisturbed");
    let undisturbed =
        ClassProgram { program: &program, class: &class, out: &out, temp: &temp, jobs: 4 };
    undisturbed.to_its_end()?;
    let start = Instant::now();
    fs::remove_dir_all(&out).map_err(|error| error.to_string())?;
    undisturbed.to_its_end()?;
    let whole = start.elapsed();
    let expected = undisturbed.outcomes()?.ok_or("no gradebook")?;
    println!("{SUBMISSIONS} submissions, {:.1} s when nobody disturbs", whole.as_secs_f64());

    let mounts = mounts();
    let mut killed = KilledRuns { expected, pids: Vec::new(), runs: 0 };
    let mut moments = KillMoments(0x9E37_79B9_7F4A_7C15);
    while killed.pids.len() < kills {
        let out = at(&format!("run-{}", killed.runs));
        let run =
            ClassProgram { program: &program, class: &class, out: &out, temp: &temp, jobs: 4 };
        killed.one(&run, moments.below(whole), kills)?;
    }
    let out = at(&format!("run-{}", killed.runs));
    let last = ClassProgram { program: &program, class: &class, out: &out, temp: &temp, jobs: 4 };
    last.to_its_end()?;
    killed.compare(&last)?;
    killed.nothing_is_left(&temp, mounts)?;
    println!(
        "{} kills, {} class runs finished in spite of them: each gradebook is that of the \
         undisturbed run; no process, cgroup, mount or temporary folder is left",
        killed.pids.len(),
        killed.runs
    );
    Ok(())
}

struct KilledRuns {
    expected: StudentOutcomes,
    pids: Vec<u32>,
    /// Class runs that came to their end.
    runs: usize,
}

impl KilledRuns {
    /// Starts the grader and kills it after `moment`, unless it is done before.
    fn one(
        &mut self,
        run: &ClassProgram<'_>,
        moment: Duration,
        kills: usize,
    ) -> Result<(), String> {
        let mut child = run.start();
        let start = Instant::now();
        while start.elapsed() < moment {
            if child.try_wait().map_err(|error| error.to_string())?.is_some() {
                self.compare(run)?;
                self.runs += 1;
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let family = descendants(child.id());
        end(&mut child, &family)?;
        self.pids.push(child.id());
        let graded = run.outcomes()?.unwrap_or_default();
        for (student, outcome) in &graded {
            if self.expected.get(student) != Some(outcome) {
                return Err(format!(
                    "{student}: {outcome:?} after a kill, in {}",
                    run.out.display()
                ));
            }
        }
        eprint!(
            "\r{} of {kills}: after {:4.1} s, {} processes below it, {} of {SUBMISSIONS} graded   ",
            self.pids.len(),
            moment.as_secs_f64(),
            family.len(),
            graded.len()
        );
        Ok(())
    }

    fn compare(&self, run: &ClassProgram<'_>) -> Result<(), String> {
        let outcomes = run.outcomes()?.unwrap_or_default();
        let differences = differences(&self.expected, &outcomes);
        let what = format!("after {} kills: {differences:?}", self.pids.len());
        if differences.is_empty() { Ok(()) } else { Err(what) }
    }

    fn nothing_is_left(&self, temp: &std::path::Path, before: usize) -> Result<(), String> {
        let cgroups: Vec<_> = self.pids.iter().flat_map(|pid| cgroups_of(*pid)).collect();
        let folders: BTreeSet<_> = fs::read_dir(temp)
            .map_err(|error| error.to_string())?
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        let mounts = mounts();
        if cgroups.is_empty() && folders.is_empty() && mounts == before {
            return Ok(());
        }
        Err(format!("left: {cgroups:?}, {folders:?}, {mounts} mounts instead of {before}"))
    }
}

/// Kills the grader, and waits for the end of what it had started.
fn end(child: &mut Child, family: &[ProcessInfo]) -> Result<(), String> {
    child.kill().map_err(|error| error.to_string())?;
    child.wait().map_err(|error| error.to_string())?;
    let start = Instant::now();
    while family.iter().any(|one| one.is_alive()) {
        if start.elapsed() > PATIENCE {
            return Err(format!("an orphan of {} is alive: {family:?}", child.id()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn mounts() -> usize {
    fs::read_to_string("/proc/self/mounts").unwrap_or_default().lines().count()
}

/// Moments spread evenly: the same ones each time, so that a failure can be looked for again.
struct KillMoments(u64);

impl KillMoments {
    fn below(&mut self, whole: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        whole.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}
