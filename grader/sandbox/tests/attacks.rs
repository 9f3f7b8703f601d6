//! What untrusted code may try, at every strict level: each attack ends as it should, and no
//! process survives.

mod support;

use grader_sandbox::{
    ConfinementLayer, ConfinementLevel, ProbeOptions, ProcessEnd, Sandbox, SyscallProfile,
};
use support::{
    AMPLE, attack, attacks, marker, processes_with, rerun_as_ordinary_user, strict_levels, text,
};

const DENIED: ProcessEnd = ProcessEnd::Exited(42);

/// Runs one attack at every level, and checks how it ended.
fn expect(arguments: &[&str], profile: SyscallProfile, expected: ProcessEnd) {
    for sandbox in strict_levels() {
        let finished = attack(arguments).profile(profile).run(&sandbox);
        let said = text(&finished.stderr);
        assert_eq!(
            finished.end,
            expected,
            "{arguments:?} {profile:?} {:?}: {said}",
            sandbox.level()
        );
    }
}

#[test]
fn an_honest_program_succeeds_in_every_profile() {
    for profile in SyscallProfile::ALL {
        expect(&["nothing"], profile, ProcessEnd::Exited(0));
        expect(&["write", "/tmp/scratch"], profile, ProcessEnd::Exited(0));
    }
}

#[test]
fn files_of_the_host_do_not_exist() {
    for path in
        ["/etc/passwd", "/proc/self/status", "/proc/1/environ", "/dev/zero", "/sys/kernel/notes"]
    {
        expect(&["read", path], SyscallProfile::Run, DENIED);
        expect(&["read", path], SyscallProfile::Compile, DENIED);
    }
    expect(&["list", "/"], SyscallProfile::Run, DENIED);
}

#[test]
fn the_linker_sees_a_proc_of_its_own_and_three_devices() {
    expect(&["read", "/proc/self/status"], SyscallProfile::Link, ProcessEnd::Exited(0));
    expect(&["read", "/proc/cpuinfo"], SyscallProfile::Link, DENIED);
    expect(&["read", "/proc/sys/kernel/version"], SyscallProfile::Link, DENIED);
    expect(&["write", "/dev/null"], SyscallProfile::Link, ProcessEnd::Exited(0));
    // Process 1 is the supervisor, a copy of the grader: nothing of its memory may be readable.
    for file in ["environ", "maps", "mem", "fd/200"] {
        expect(&["read", &format!("/proc/1/{file}")], SyscallProfile::Link, DENIED);
    }
    expect(&["list", "/proc/1/fd"], SyscallProfile::Link, DENIED);
    expect(&["write", "/proc/self/oom_score_adj"], SyscallProfile::Link, DENIED);
    expect(&["read", "/etc/passwd"], SyscallProfile::Link, DENIED);
}

#[test]
fn nothing_can_be_written_outside_of_the_scratch_space() {
    for path in ["/x", "/tmp/../x", "/etc/x", "/usr/x"] {
        expect(&["write", path], SyscallProfile::Run, DENIED);
    }
}

#[test]
fn a_read_only_bind_can_be_read_and_not_written() {
    // Closed to all other users, as private folders of the grader may be.
    let closed = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700);
    let folder = tempfile::Builder::new().permissions(closed).tempdir().expect("temp dir");
    std::fs::write(folder.path().join("input"), "x").expect("writes");
    for sandbox in strict_levels() {
        let run = |arguments: &[&str]| {
            attack(arguments).read_only(folder.path(), "/in").run(&sandbox).end
        };
        assert_eq!(run(&["read", "/in/input"]), ProcessEnd::Exited(0), "{:?}", sandbox.level());
        assert_eq!(run(&["write", "/in/input"]), DENIED, "{:?}", sandbox.level());
        assert_eq!(run(&["write", "/in/new"]), DENIED, "{:?}", sandbox.level());
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("input")).expect("still there"), "x");
}

#[test]
fn a_read_write_bind_takes_files_that_the_grader_can_read_and_remove() {
    for sandbox in strict_levels() {
        let folder = tempfile::tempdir().expect("temp dir");
        let finished =
            attack(&["write", "/out/result"]).read_write(folder.path(), "/out").run(&sandbox);
        assert_eq!(
            finished.end,
            ProcessEnd::Exited(0),
            "{:?} {}",
            sandbox.level(),
            text(&finished.stderr)
        );
        assert_eq!(
            std::fs::read_to_string(folder.path().join("result")).expect("was written"),
            "x"
        );
        folder.close().expect("can be removed");
    }
}

#[test]
fn nothing_in_a_read_write_bind_can_be_executed() {
    let folder = tempfile::tempdir().expect("temp dir");
    std::fs::copy(attacks(), folder.path().join("tool")).expect("copies");
    for sandbox in strict_levels() {
        let attempt = attack(&["exec", "/out/tool"])
            .profile(SyscallProfile::Link)
            .read_write(folder.path(), "/out");
        assert_eq!(attempt.run(&sandbox).end, DENIED, "{:?}", sandbox.level());
    }
}

#[test]
fn hostile_system_calls_end_the_process() {
    for name in ["socket", "ptrace", "unshare", "io_uring"] {
        for profile in SyscallProfile::ALL {
            expect(&[name], profile, ProcessEnd::SecurityViolation);
        }
    }
}

#[test]
fn starting_a_process_is_a_violation_but_for_the_linker() {
    for profile in [SyscallProfile::Run, SyscallProfile::Compile] {
        for name in ["fork_bomb", "shell", "daemon"] {
            expect(&[name], profile, ProcessEnd::SecurityViolation);
        }
        expect(&["exec", "/tmp/x"], profile, ProcessEnd::SecurityViolation);
    }
    // Forking works there, but there is no shell to be seen.
    expect(&["shell"], SyscallProfile::Link, DENIED);
}

#[test]
fn the_programs_place_cannot_be_taken_for_a_second_exec() {
    for sandbox in strict_levels() {
        let attempt =
            attack(&["exec_slot", "/in/tool"]).read_only(attacks(), "/in/tool").run(&sandbox);
        assert_eq!((attempt.end, text(&attempt.stdout).as_str()), (DENIED, "open true dup -1\n"));
    }
}

#[test]
fn no_other_visible_program_can_be_executed() {
    let folder = tempfile::tempdir().expect("temp dir");
    std::fs::copy(attacks(), folder.path().join("other")).expect("copies");
    for sandbox in strict_levels() {
        for profile in [SyscallProfile::Run, SyscallProfile::Compile] {
            let attempt = attack(&["exec_place", "/in/other"]).profile(profile);
            let end = attempt.read_only(folder.path(), "/in").run(&sandbox).end;
            assert_eq!(end, DENIED, "{profile:?} {:?}", sandbox.level());
        }
    }
}

#[test]
fn no_file_on_the_host_can_be_made_to_act_as_the_graders_user() {
    use std::os::unix::fs::PermissionsExt;
    for sandbox in strict_levels() {
        for profile in SyscallProfile::ALL {
            for name in ["set_id_open", "set_id_chmod"] {
                let folder = tempfile::tempdir().expect("temp dir");
                let attempt = attack(&[name, "/out/x"]).profile(profile);
                let end = attempt.read_write(folder.path(), "/out").run(&sandbox).end;
                assert_eq!(end, DENIED, "{name} {profile:?} {:?}", sandbox.level());
                let made = std::fs::metadata(folder.path().join("x"));
                assert!(
                    made.is_err() || made.is_ok_and(|file| file.permissions().mode() & 0o6000 == 0)
                );
            }
        }
    }
}

#[test]
fn nothing_is_inherited() {
    for sandbox in strict_levels() {
        let said = |attack: support::AttackCommand| text(&attack.run(&sandbox).stdout);
        assert_eq!(said(attack(&["variables"])), "[]\n");
        assert_eq!(said(attack(&["stdin"])), "Some(0)\n");
    }
}

#[test]
fn unknown_system_calls_do_not_exist() {
    for name in ["memfd", "shared_memory", "grows_down", "address_space", "affinity", "x32"] {
        expect(&[name], SyscallProfile::Run, DENIED);
    }
}

#[test]
fn signals_reach_nobody_else() {
    expect(&["kill_all"], SyscallProfile::Run, ProcessEnd::SecurityViolation);
    expect(&["tgkill_parent"], SyscallProfile::Run, DENIED);
    // In the pid namespace there is only the supervisor, which takes no signal from inside.
    expect(&["tgkill_parent"], SyscallProfile::Link, DENIED);
}

#[test]
fn a_process_is_nobody_and_has_no_capability_and_no_stray_descriptor() {
    for sandbox in strict_levels() {
        assert_eq!(attack(&["bounding"]).run(&sandbox).end, DENIED);
        let identity = text(&attack(&["identity"]).run(&sandbox).stdout);
        assert_eq!(identity, "65534 65534 2 0 [0, 0, 0, 0, 0, 0]\n", "{:?}", sandbox.level());
        let descriptors = |attack: support::AttackCommand| text(&attack.run(&sandbox).stdout);
        assert_eq!(descriptors(attack(&["descriptors"])), "[0, 1, 2]\n");
        assert_eq!(descriptors(attack(&["descriptors"]).socket()), "[0, 1, 2, 100]\n");
    }
}

#[test]
fn a_descriptor_that_the_grader_leaks_stays_outside() {
    // The shell's descriptor 9 is not close-on-exec.
    let test = "a_process_is_nobody_and_has_no_capability_and_no_stray_descriptor";
    let status = std::process::Command::new("sh")
        .args(["-c", "exec 9</dev/null && exec \"$0\" --exact \"$1\""])
        .arg(std::env::current_exe().expect("has a path"))
        .arg(test)
        .env("SANDBOX_TEST_ATTACKS", attacks())
        .status();
    assert!(status.expect("starts").success());
}

#[test]
fn bombs_of_processes_and_threads_are_capped() {
    let marker = marker("bombs");
    for sandbox in strict_levels() {
        let bomb = |name, profile| {
            attack(&[name, &marker])
                .profile(profile)
                .limit(|limits| limits.threads = 20)
                .run(&sandbox)
        };
        let threads = bomb("thread_bomb", SyscallProfile::Run);
        assert_eq!(threads.end, DENIED);
        assert_eq!(text(&threads.stdout), "19\n", "all but the main thread, {:?}", sandbox.level());
        let processes = bomb("fork_bomb", SyscallProfile::Link);
        assert_eq!(processes.end, DENIED);
        assert_eq!(text(&processes.stdout), "19 children\n", "{:?}", sandbox.level());
    }
    assert_eq!(processes_with(&marker), [0; 0]);
}

#[test]
fn a_daemon_does_not_outlive_its_run() {
    let marker = marker("daemon");
    for sandbox in strict_levels() {
        let finished = attack(&["daemon", &marker]).profile(SyscallProfile::Link).run(&sandbox);
        // setsid is allowed to the linker; what counts is that nothing is left.
        assert_eq!(finished.end, ProcessEnd::Exited(0));
    }
    assert_eq!(processes_with(&marker), [0; 0]);
}

#[test]
fn ordinary_ends_are_told_apart() {
    expect(&["exit_0"], SyscallProfile::Run, ProcessEnd::Exited(0));
    expect(&["abort"], SyscallProfile::Run, ProcessEnd::Signaled(6));
    expect(&["segv"], SyscallProfile::Run, ProcessEnd::Signaled(11));
}

#[test]
fn a_stack_overflow_is_announced_by_the_runtime() {
    for sandbox in strict_levels() {
        let finished = attack(&["overflow"]).run(&sandbox);
        assert!(matches!(finished.end, ProcessEnd::Signaled(6 | 11)), "{:?}", finished.end);
    }
}

#[test]
fn descriptors_run_out_at_the_limit() {
    for sandbox in strict_levels() {
        let attempt =
            attack(&["open_all", "/in/tool"]).read_only(attacks(), "/in/tool").run(&sandbox);
        let opened: u32 = text(&attempt.stdout).trim().parse().expect("a number");
        assert_eq!((attempt.end, opened), (DENIED, AMPLE.open_files - 3));
    }
}

#[test]
fn the_scratch_space_is_bounded_in_bytes_and_files() {
    expect(&["fill_disk", "/tmp"], SyscallProfile::Run, DENIED);
    expect(&["inodes", "/tmp"], SyscallProfile::Run, DENIED);
}

#[test]
fn without_landlock_the_namespaces_still_hold() {
    let options = ProbeOptions {
        without: vec![ConfinementLayer::Landlock],
        allow_weak: true,
        ..ProbeOptions::default()
    };
    let sandbox = Sandbox::probe(options).expect("works here");
    assert_eq!(sandbox.level(), ConfinementLevel::Weak);
    let folder = tempfile::tempdir().expect("temp dir");
    std::fs::write(folder.path().join("input"), "x").expect("writes");
    let run = |arguments: &[&str]| {
        attack(arguments)
            .read_only(folder.path(), "/in")
            .read_write(folder.path(), "/out")
            .run(&sandbox)
            .end
    };
    for allowed in [["read", "/in/input"], ["write", "/out/input"], ["write", "/tmp/x"]] {
        assert_eq!(run(&allowed), ProcessEnd::Exited(0), "{allowed:?}");
    }
    for denied in
        [["read", "/etc/passwd"], ["write", "/in/input"], ["write", "/x"], ["tgkill_parent", ""]]
    {
        assert_eq!(run(&denied), DENIED, "{denied:?}");
    }
    std::fs::copy(attacks(), folder.path().join("tool")).expect("copies");
    let execute = attack(&["exec", "/out/tool"]).profile(SyscallProfile::Link);
    assert_eq!(execute.read_write(folder.path(), "/out").run(&sandbox).end, DENIED);
}

#[test]
fn all_of_this_holds_for_an_ordinary_user() {
    rerun_as_ordinary_user("all_of_this_holds_for_an_ordinary_user");
}
