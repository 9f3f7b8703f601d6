//! `grader doctor --attack`: whether this machine's sandbox holds what it promises.

use super::tries::{self, DefenceTry, TryEnding};
use crate::args::{ClassFormat, DoctorOptions, GraderArguments};
use crate::exit::{CommandFailure, ExitKind, Result};
use crate::stdout::outln;
use crate::style;
use grader_pipeline::Toolchain;
use grader_sandbox::{
    ATTACKS, ConfinedCommand, ProbeOptions, ProcessEnd, ProcessLimits, Sandbox, SandboxPolicy,
    SyscallProfile,
};
use owo_colors::{OwoColorize, Style as Paint};
use serde::Serialize;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

/// What came of one try.
#[derive(Debug, Serialize)]
struct TryRow {
    tries: &'static str,
    /// Whether it works without a sandbox; absent where that was not tried.
    works_outside: Option<bool>,
    /// How it ended, confined.
    ended: ProcessEnd,
    /// Whether the sandbox held.
    held: bool,
}

/// Tries everything and prints what came of it.
pub fn run(arguments: &GraderArguments, options: &DoctorOptions) -> Result<ExitKind> {
    let sandbox = Sandbox::probe(ProbeOptions::default()).map_err(CommandFailure::bad_input)?;
    let folder = tempfile::tempdir().map_err(CommandFailure::ours)?;
    let secret = folder.path().join("secret");
    fs::write(&secret, "nobody's business").map_err(CommandFailure::ours)?;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(CommandFailure::ours)?;
    let address = listener.local_addr().map_err(CommandFailure::ours)?;
    let program = build(folder.path())?;
    let mut rows = Vec::new();
    for one in tries::all(folder.path(), &secret, address) {
        rows.push(attempt(&sandbox, &program, &one)?);
    }
    match options.print.format {
        ClassFormat::Json => {
            outln!("{}\n", serde_json::to_string_pretty(&rows).map_err(CommandFailure::ours)?);
        }
        ClassFormat::Text => show(&rows, &sandbox, style::stdout(arguments.color).colour)?,
    }
    let all = rows.iter().all(|row| row.held);
    Ok(if all { ExitKind::Done } else { ExitKind::Findings })
}

/// Compiles the attacks.
fn build(folder: &Path) -> Result<PathBuf> {
    let toolchain = Toolchain::find()?;
    let (source, program) = (folder.join("attacks.rs"), folder.join("attacks"));
    fs::write(&source, ATTACKS).map_err(CommandFailure::ours)?;
    let output = process::Command::new(toolchain.sysroot.join("bin/rustc"))
        .args(["--edition", "2024", "-O", "-C", "target-feature=+crt-static", "-o"])
        .args([&program, &source])
        .output()
        .map_err(CommandFailure::ours)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(CommandFailure::ours(format!("the attacks do not compile:\n{said}")));
    }
    Ok(program)
}

fn attempt(sandbox: &Sandbox, program: &Path, one: &DefenceTry) -> Result<TryRow> {
    let works_outside = one.works_outside.then(|| {
        let status = process::Command::new(program).args(&one.arguments).status();
        status.is_ok_and(|status| status.success())
    });
    let command = ConfinedCommand {
        program: program.to_owned(),
        args: one.arguments.iter().map(Into::into).collect(),
        env: Vec::new(),
        cwd: "/".into(),
        policy: SandboxPolicy {
            profile: SyscallProfile::Run,
            read_only: Vec::new(),
            read_write: Vec::new(),
            scratch_bytes: 4 << 20,
            limits: ProcessLimits {
                cpu: Duration::from_secs(1),
                wall: Duration::from_secs(3),
                memory_bytes: 128 << 20,
                file_bytes: 8 << 20,
                output_bytes: 64 << 10,
                threads: 16,
                open_files: 64,
            },
        },
        socket: false,
    };
    let ended = sandbox.run(&command).map_err(CommandFailure::ours)?.end;
    Ok(judged(one, works_outside, ended))
}

/// The sandbox held if the try ended as it may. What does not work outside either proves nothing: it
/// was not the sandbox that turned it down.
fn judged(one: &DefenceTry, works_outside: Option<bool>, ended: ProcessEnd) -> TryRow {
    let as_it_may = TryEnding::of(ended).is_some_and(|ending| one.held.contains(&ending));
    TryRow {
        tries: one.tries,
        works_outside,
        ended,
        held: as_it_may && works_outside != Some(false),
    }
}

fn show(rows: &[TryRow], sandbox: &Sandbox, colour: bool) -> Result<()> {
    let widest = rows.iter().map(|row| row.tries.len()).max().unwrap_or(0);
    outln!("{:9}  {:widest$}  {:12}  in the sandbox\n", "", "a submission that ...", "without it");
    for row in rows {
        let (word, paint) = if row.held {
            ("held     ", Paint::new().green())
        } else {
            ("NOT HELD ", Paint::new().red().bold())
        };
        let word = if colour { word.style(paint).to_string() } else { word.to_owned() };
        let outside = match row.works_outside {
            None => "not tried",
            Some(true) => "works",
            Some(false) => "fails too",
        };
        outln!("{word}  {:widest$}  {outside:12}  {}\n", row.tries, words(row.ended));
    }
    let held = rows.iter().filter(|row| row.held).count();
    outln!("\n{held} of {} held; sandbox: {}\n", rows.len(), sandbox.level());
    Ok(())
}

/// How a try ended, in words.
fn words(end: ProcessEnd) -> String {
    match end {
        ProcessEnd::Exited(42) => "turned down".into(),
        ProcessEnd::Exited(0) => "worked".into(),
        ProcessEnd::Exited(status) => format!("exited with {status}"),
        ProcessEnd::Signaled(signal) => format!("died of signal {signal}"),
        ProcessEnd::CpuLimit => "ended at the limit of CPU time".into(),
        ProcessEnd::WallLimit => "ended at the limit of elapsed time".into(),
        ProcessEnd::OutOfMemory => "ended at the limit of memory".into(),
        ProcessEnd::OutputFlood => "ended for its flood of output".into(),
        ProcessEnd::FileLimit => "ended at the limit of file size".into(),
        ProcessEnd::SecurityViolation => "ended at a forbidden system call".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gets_through_and_what_proves_nothing_is_not_held() {
        let address = ([127, 0, 0, 1], 9).into();
        let tries = tries::all(Path::new("/folder"), Path::new("/folder/secret"), address);
        let reads = &tries[0];
        let held = |works, ended| judged(reads, works, ended).held;
        assert!(held(Some(true), ProcessEnd::Exited(42)));
        assert!(!held(Some(true), ProcessEnd::Exited(0)), "it read the file");
        assert!(!held(Some(true), ProcessEnd::Exited(101)), "the attack itself is broken");
        assert!(!held(Some(true), ProcessEnd::WallLimit), "nothing of the kind was to be expected");
        assert!(!held(Some(false), ProcessEnd::Exited(42)), "there was nothing to read");
    }
}
