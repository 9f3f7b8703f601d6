//! Every limit stops what exceeds it, is told apart from the others, and costs the grader nothing.

mod support;

use std::time::Duration;

use grader_sandbox::{ProcessEnd, ProcessLimits, ProcessResult, Sandbox, SyscallProfile};
use support::{attack, rerun_as_ordinary_user, strict_levels, text};

/// Runs an attack with changed limits at every level.
fn at_every_level(
    arguments: &[&str],
    set: impl Fn(&mut ProcessLimits),
    check: impl Fn(&Sandbox, &ProcessResult),
) {
    for sandbox in strict_levels() {
        let finished = attack(arguments).limit(&set).run(&sandbox);
        println!("{arguments:?} {:?}: {:?} {:?}", sandbox.level(), finished.end, finished.cpu);
        check(&sandbox, &finished);
    }
}

fn expect_end(arguments: &[&str], set: impl Fn(&mut ProcessLimits), expected: ProcessEnd) {
    at_every_level(arguments, set, |sandbox, finished| {
        let said = text(&finished.stderr);
        assert_eq!(finished.end, expected, "{arguments:?} {:?} {said}", sandbox.level());
    });
}

#[test]
fn an_infinite_loop_ends_by_cpu_time() {
    let limit = Duration::from_millis(300);
    for name in ["spin", "spin_threads"] {
        at_every_level(
            &[name],
            |limits| limits.cpu = limit,
            |_, finished| {
                assert_eq!(finished.end, ProcessEnd::CpuLimit);
                assert!(finished.cpu >= limit, "{:?}", finished.cpu);
            },
        );
    }
}

#[test]
fn ignoring_the_signal_of_the_cpu_limit_does_not_help() {
    expect_end(
        &["ignore_xcpu"],
        |limits| limits.cpu = Duration::from_secs(1),
        ProcessEnd::CpuLimit,
    );
}

#[test]
fn sleeping_for_ever_ends_by_wall_time_and_uses_no_cpu() {
    at_every_level(
        &["sleep"],
        |limits| limits.wall = Duration::from_millis(200),
        |_, finished| {
            assert_eq!(finished.end, ProcessEnd::WallLimit);
            assert!(finished.wall >= Duration::from_millis(200));
            assert!(finished.cpu < Duration::from_secs(1), "{:?}", finished.cpu);
        },
    );
}

#[test]
fn memory_runs_out_at_the_limit() {
    let limit = 64 << 20;
    let set = |limits: &mut ProcessLimits| limits.memory_bytes = limit;
    expect_end(&["memory_bomb"], set, ProcessEnd::OutOfMemory);
    expect_end(&["huge_allocation"], set, ProcessEnd::OutOfMemory);
}

#[test]
fn the_cgroup_ends_what_rlimits_do_not_count() {
    // Pages of the scratch space are memory too, and no process's data.
    for sandbox in strict_levels() {
        let mut attempt =
            attack(&["fill_disk", "/tmp"]).limit(|limits| limits.memory_bytes = 32 << 20);
        attempt.command.policy.scratch_bytes = 512 << 20;
        let end = attempt.run(&sandbox).end;
        match sandbox.level() {
            grader_sandbox::ConfinementLevel::Full => assert_eq!(end, ProcessEnd::OutOfMemory),
            // 256 MiB fit into the scratch space: it alone is the bound here.
            _ => assert_eq!(end, ProcessEnd::Exited(0)),
        }
    }
}

#[test]
fn peak_memory_is_seen_at_level_full() {
    let sandbox = &strict_levels()[0];
    if sandbox.level() == grader_sandbox::ConfinementLevel::Full {
        let small = attack(&["nothing"]).run(sandbox).peak_memory_bytes;
        let large =
            attack(&["memory_bomb"]).limit(|limits| limits.memory_bytes = 96 << 20).run(sandbox);
        assert!(small < 16 << 20, "{small}");
        assert!(
            (64 << 20..=96 << 20).contains(&large.peak_memory_bytes),
            "{}",
            large.peak_memory_bytes
        );
    }
}

#[test]
fn output_is_truncated_with_a_flag() {
    let set = |limits: &mut ProcessLimits| limits.output_bytes = 1000;
    at_every_level(&["print", "1000"], set, |_, finished| {
        assert_eq!((finished.end, finished.stdout.len()), (ProcessEnd::Exited(0), 1000));
        assert!(!finished.stdout_truncated);
    });
    at_every_level(&["print", "4000"], set, |_, finished| {
        assert_eq!((finished.end, finished.stdout.len()), (ProcessEnd::Exited(0), 1000));
        assert!(finished.stdout_truncated && !finished.stderr_truncated);
    });
    expect_end(&["print", "4001"], set, ProcessEnd::OutputFlood);
}

#[test]
fn a_flood_ends_the_process_and_is_not_kept() {
    for stream in ["stdout", "stderr"] {
        at_every_level(
            &["flood", stream],
            |_| {},
            |_, finished| {
                assert_eq!(finished.end, ProcessEnd::OutputFlood);
                let cap = support::AMPLE.output_bytes as usize;
                assert!(finished.stdout.len() <= cap && finished.stderr.len() <= cap);
                assert_eq!(
                    (finished.stdout_truncated, finished.stderr_truncated),
                    (stream == "stdout", stream == "stderr")
                );
            },
        );
    }
}

#[test]
fn a_file_can_grow_to_its_limit_only() {
    let folder = tempfile::tempdir().expect("temp dir");
    for sandbox in strict_levels() {
        let attempt = attack(&["big_file", "/out/big"]).limit(|limits| limits.file_bytes = 1 << 20);
        let finished = attempt.read_write(folder.path(), "/out").run(&sandbox);
        assert_eq!(finished.end, ProcessEnd::FileLimit, "{:?}", sandbox.level());
        assert_eq!(folder.path().join("big").metadata().expect("was made").len(), 1 << 20);
    }
}

#[test]
fn cpu_time_of_all_processes_counts_together_at_level_full() {
    let sandbox = &strict_levels()[0];
    if sandbox.level() == grader_sandbox::ConfinementLevel::Full {
        let attempt = attack(&["spin_children"]).profile(SyscallProfile::Link);
        let finished = attempt.limit(|limits| limits.cpu = Duration::from_secs(1)).run(sandbox);
        assert_eq!(finished.end, ProcessEnd::CpuLimit);
    }
}

#[test]
fn cpu_time_of_what_is_left_behind_is_not_lost() {
    for sandbox in strict_levels() {
        let finished = attack(&["leave_spinner"]).profile(SyscallProfile::Link).run(&sandbox);
        assert_eq!(finished.end, ProcessEnd::Exited(0));
        assert!(finished.cpu >= Duration::from_millis(50), "{:?}", finished.cpu);
    }
}

#[test]
fn limits_hold_for_an_ordinary_user() {
    rerun_as_ordinary_user("limits_hold_for_an_ordinary_user");
}
