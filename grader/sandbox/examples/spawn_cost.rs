//! What confinement costs: median time from the start to the end of a program that does nothing, at
//! each level this machine has, against a plain fork and exec. Rounds are interleaved, so that a
//! busy or drifting machine slows all of them alike.
//!
//! `cargo run --release -p grader-sandbox --example spawn_cost [rounds]`

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use grader_sandbox::{
    BindMount, ConfinedCommand, ConfinementLayer, ConfinementLevel, ProbeOptions, ProcessEnd,
    ProcessLimits, Sandbox, SandboxPolicy, SyscallProfile,
};

const PROGRAM: &str = "/usr/bin/true";

/// One way to run the program.
struct SpawnMethod {
    name: String,
    sandbox: Option<Sandbox>,
    times: Vec<Duration>,
}

fn main() -> ExitCode {
    let rounds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(200);
    let mut ways = ways();
    let command = command();
    for _ in 0..rounds {
        for way in &mut ways {
            let start = Instant::now();
            if let Err(error) = run_once(way.sandbox.as_ref(), &command) {
                eprintln!("{}: {error}", way.name);
                return ExitCode::FAILURE;
            }
            way.times.push(start.elapsed());
        }
    }
    println!(
        "{:<14}{:>12}{:>12}{:>12}   of {rounds} rounds, in ms",
        "level", "p10", "median", "p90"
    );
    for way in &mut ways {
        way.times.sort();
        let at =
            |percent: usize| way.times[(way.times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
        println!("{:<14}{:>12.2}{:>12.2}{:>12.2}", way.name, at(10), at(50), at(90));
    }
    ExitCode::SUCCESS
}

/// Plain first, then each level from weak to strong.
fn ways() -> Vec<SpawnMethod> {
    let plain = SpawnMethod { name: "plain".into(), sandbox: None, times: Vec::new() };
    let levels = [
        ConfinementLevel::Unconfined,
        ConfinementLevel::Weak,
        ConfinementLevel::NoCgroup,
        ConfinementLevel::Full,
    ];
    let confined = levels.into_iter().filter_map(|level| {
        let without = if level == ConfinementLevel::Full {
            Vec::new()
        } else {
            vec![ConfinementLayer::Cgroup]
        };
        let options =
            ProbeOptions { allow_weak: true, trust: true, max_level: Some(level), without };
        let sandbox = Sandbox::probe(options).ok().filter(|sandbox| sandbox.level() == level)?;
        Some(SpawnMethod { name: format!("{level:?}"), sandbox: Some(sandbox), times: Vec::new() })
    });
    std::iter::once(plain).chain(confined).collect()
}

fn run_once(sandbox: Option<&Sandbox>, command: &ConfinedCommand) -> Result<(), String> {
    let success = match sandbox {
        None => {
            let output = std::process::Command::new(PROGRAM).env_clear().output();
            output.map_err(|error| error.to_string())?.status.success()
        }
        Some(sandbox) => {
            sandbox.run(command).map_err(|error| error.to_string())?.end == ProcessEnd::Exited(0)
        }
    };
    if success { Ok(()) } else { Err("the program failed".into()) }
}

fn command() -> ConfinedCommand {
    let folders =
        ["/usr", "/lib", "/lib64"].into_iter().filter(|folder| Path::new(folder).is_dir());
    let limits = ProcessLimits {
        cpu: Duration::from_secs(10),
        wall: Duration::from_secs(30),
        memory_bytes: 256 << 20,
        file_bytes: 1 << 20,
        output_bytes: 1 << 16,
        threads: 8,
        open_files: 64,
    };
    ConfinedCommand {
        program: PROGRAM.into(),
        args: Vec::new(),
        env: Vec::new(),
        cwd: "/usr".into(),
        policy: SandboxPolicy {
            profile: SyscallProfile::Run,
            read_only: folders.map(BindMount::same).collect(),
            read_write: Vec::new(),
            scratch_bytes: 1 << 20,
            limits,
        },
        socket: true,
    }
}
