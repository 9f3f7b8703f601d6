//! Starting, talking to, freezing and ending a process; what is left when the grader itself dies.

mod support;

use std::io::{Read, Write};
use std::process;
use std::time::{Duration, Instant};

use grader_sandbox::{
    ConfinedChild, ConfinementLayer, ConfinementLevel, ProbeOptions, ProcessEnd, Sandbox,
    SandboxError, SetupStep, allowed_cpus,
};
use support::{
    attack, attacks, eventually, leftovers, marker, processes_with, rerun_as_ordinary_user,
    sandbox, strict_levels,
};

#[test]
fn the_socket_carries_bytes_both_ways() {
    for sandbox in strict_levels() {
        let mut child = sandbox.spawn(&attack(&["echo"]).socket().command).expect("spawns");
        let socket = child.socket().expect("was asked for");
        for byte in 0..=255_u8 {
            socket.write_all(&[byte]).expect("sends");
            let mut reply = [0];
            socket.read_exact(&mut reply).expect("answers");
            assert_eq!(reply[0], !byte);
        }
        socket.shutdown(std::net::Shutdown::Write).expect("closes");
        assert_eq!(child.wait().expect("waits").end, ProcessEnd::Exited(0));
    }
}

#[test]
fn there_is_no_socket_unless_asked_for() {
    let mut child = strict_levels()[0].spawn(&attack(&["nothing"]).command).expect("spawns");
    assert!(child.socket().is_none());
}

#[test]
fn killing_keeps_the_cpu_time() {
    for sandbox in strict_levels() {
        let mut child = sandbox.spawn(&attack(&["spin"]).command).expect("spawns");
        eventually("work", || child.cpu_time().is_some_and(|cpu| cpu > Duration::from_millis(100)));
        child.kill();
        let finished = child.wait().expect("waits");
        assert_eq!(finished.end, ProcessEnd::Signaled(9), "{:?}", sandbox.level());
        assert!(
            finished.cpu >= Duration::from_millis(100),
            "{:?} {:?}",
            sandbox.level(),
            finished.cpu
        );
    }
}

#[test]
fn a_frozen_process_uses_no_cpu_until_thawed() {
    for sandbox in strict_levels() {
        let mut child = sandbox.spawn(&attack(&["spin_threads"]).command).expect("spawns");
        eventually("work", || child.cpu_time().is_some_and(|cpu| cpu > Duration::from_millis(50)));
        for _ in 0..20 {
            assert!(child.freeze(), "{:?}", sandbox.level());
            let before = child.cpu_time().expect("is running");
            std::thread::sleep(Duration::from_millis(10));
            // A thread counts as stopped a few microseconds before it has left its CPU; running on
            // would cost 10 ms for each thread that has a CPU.
            let used = child.cpu_time().expect("is running").saturating_sub(before);
            assert!(used < Duration::from_millis(1), "{used:?} {:?}", sandbox.level());
            assert!(child.thaw());
        }
        let before = child.cpu_time();
        eventually("work after thawing", || child.cpu_time() > before);
    }
}

/// How much a thread's time may lag behind while it computes: a tick of the slowest kernel.
const TICK: Duration = Duration::from_millis(10);

/// CPU time used while at most `elapsed` passed.
fn used(child: &ConfinedChild) -> (Duration, Duration) {
    let start = Instant::now();
    let before = child.clock().expect("is running");
    std::thread::sleep(Duration::from_millis(60));
    let after = child.clock().expect("is running");
    (after.saturating_sub(before), start.elapsed())
}

#[test]
fn threads_that_may_run_on_one_cpu_never_use_two() {
    let Some(cpu) = allowed_cpus().last().copied() else { panic!("no CPU") };
    for sandbox in strict_levels() {
        let mut child = sandbox.spawn(&attack(&["spin_threads"]).command).expect("spawns");
        if allowed_cpus().len() > 1 {
            eventually("use of two CPUs", || {
                let (used, elapsed) = used(&child);
                used > elapsed + TICK
            });
        }
        assert!(child.run_on(&[cpu]), "{:?}", sandbox.level());
        for _ in 0..5 {
            let (used, elapsed) = used(&child);
            assert!(used <= elapsed + TICK, "{used:?} in {elapsed:?}");
        }
        assert!(!child.run_on(&[1023]), "no such CPU");
    }
}

#[test]
fn a_process_that_has_ended_has_no_clock_and_runs_nowhere() {
    for sandbox in strict_levels() {
        let mut child = sandbox.spawn(&attack(&["nothing"]).command).expect("spawns");
        assert!(child.settle(Duration::from_mins(1)));
        assert_eq!(child.clock(), None);
        assert!(!child.run_on(&allowed_cpus()));
    }
}

#[test]
fn a_frozen_process_can_be_killed_and_times_out() {
    for sandbox in strict_levels() {
        let mut child = sandbox.spawn(&attack(&["spin"]).command).expect("spawns");
        assert!(child.freeze());
        child.kill();
        assert_eq!(child.wait().expect("waits").end, ProcessEnd::Signaled(9));
        let command =
            attack(&["spin"]).limit(|limits| limits.wall = Duration::from_millis(100)).command;
        let mut child = sandbox.spawn(&command).expect("spawns");
        assert!(child.freeze());
        assert_eq!(child.wait().expect("waits").end, ProcessEnd::WallLimit);
    }
}

#[test]
fn dropping_a_child_leaves_nothing() {
    let marker = marker("dropped");
    for sandbox in strict_levels() {
        let child = sandbox.spawn(&attack(&["sleep", &marker]).command).expect("spawns");
        assert_eq!(processes_with(&marker).len(), 1);
        drop(child);
        assert_eq!(processes_with(&marker), [0; 0]);
    }
}

#[test]
fn many_processes_can_run_at_once() {
    for sandbox in strict_levels() {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        assert_eq!(attack(&["nothing"]).run(&sandbox).end, ProcessEnd::Exited(0));
                    }
                });
            }
        });
    }
}

#[test]
fn faults_of_the_command_name_what_is_wrong() {
    let sandbox = &strict_levels()[0];
    let fault =
        |attack: support::AttackCommand| sandbox.run(&attack.command).expect_err("must fail");
    let mut missing = attack(&["nothing"]);
    missing.command.program = "/no/such/program".into();
    assert!(fault(missing).to_string().contains("/no/such/program"));
    let bind = fault(attack(&["nothing"]).read_only("/no/such/folder", "/x"));
    assert!(bind.to_string().contains("/no/such/folder"), "{bind}");
    assert!(matches!(
        fault(attack(&["nothing"]).read_only("/usr", "relative")),
        SandboxError::BadCommand(_)
    ));
    assert!(matches!(
        fault(attack(&["nothing"]).read_only("/usr", "/a/../b")),
        SandboxError::BadCommand(_)
    ));
    // A dynamic program without its loader.
    let mut dynamic = attack(&[]);
    dynamic.command.program = "/usr/bin/true".into();
    assert!(matches!(fault(dynamic), SandboxError::SetUp { step: SetupStep::Exec, .. }));
}

#[test]
fn a_missing_layer_is_named_and_a_weaker_level_must_be_asked_for() {
    let probe = |without: ConfinementLayer| {
        Sandbox::probe(ProbeOptions { without: vec![without], ..ProbeOptions::default() })
    };
    assert_eq!(
        probe(ConfinementLayer::Cgroup).expect("is strict enough").level(),
        ConfinementLevel::NoCgroup
    );
    for layer in
        [ConfinementLayer::Namespaces, ConfinementLayer::Landlock, ConfinementLayer::Seccomp]
    {
        let refusal = probe(layer).expect_err("must be refused");
        assert!(refusal.to_string().contains(layer.name()), "{refusal}");
        let trusting =
            ProbeOptions { without: vec![layer], trust: true, ..ProbeOptions::default() };
        assert!(Sandbox::probe(trusting).expect("was trusted").level() <= ConfinementLevel::Weak);
    }
}

#[test]
fn without_resource_limits_there_has_to_be_a_cgroup() {
    let without = |layers: &[ConfinementLayer], trust| {
        Sandbox::probe(ProbeOptions { without: layers.to_vec(), trust, ..ProbeOptions::default() })
    };
    assert!(without(&[ConfinementLayer::Rlimits], false).is_err(), "nobody gets this by accident");
    let refusal = without(&[ConfinementLayer::Rlimits, ConfinementLayer::Cgroup], true)
        .expect_err("must be refused");
    assert!(refusal.to_string().contains("nothing would be limited"), "{refusal}");
    let Ok(unlimited) = without(&[ConfinementLayer::Rlimits], true) else { return };
    let bomb = attack(&["memory_bomb"]).limit(|limits| limits.memory_bytes = 64 << 20);
    assert_eq!(bomb.run(&unlimited).end, ProcessEnd::OutOfMemory);
}

#[test]
fn the_weak_level_still_closes_files_network_and_processes() {
    let weak = sandbox(ConfinementLevel::Weak);
    let secret = tempfile::NamedTempFile::new().expect("temp file");
    let path = secret.path().to_str().expect("is text");
    assert_eq!(attack(&["nothing"]).run(&weak).end, ProcessEnd::Exited(0));
    assert_eq!(attack(&["read", path]).run(&weak).end, ProcessEnd::Exited(42));
    assert_eq!(attack(&["write", path]).run(&weak).end, ProcessEnd::Exited(42));
    assert_eq!(attack(&["socket"]).run(&weak).end, ProcessEnd::SecurityViolation);
    assert_eq!(attack(&["shell"]).run(&weak).end, ProcessEnd::SecurityViolation);
    let relocated = attack(&["nothing"]).read_only("/usr", "/elsewhere");
    assert!(matches!(weak.run(&relocated.command), Err(SandboxError::BadCommand(_))));
}

#[test]
fn the_unconfined_level_still_enforces_limits() {
    let unconfined = sandbox(ConfinementLevel::Unconfined);
    let spin = attack(&["spin"]).limit(|limits| limits.cpu = Duration::from_millis(200));
    assert_eq!(spin.run(&unconfined).end, ProcessEnd::CpuLimit);
    let marker = marker("unconfined");
    // The daemon's second child is adopted by the supervisor, and killed with the rest.
    assert_eq!(attack(&["daemon", &marker]).run(&unconfined).end, ProcessEnd::Exited(0));
    assert_eq!(processes_with(&marker), [0; 0]);
}

#[test]
fn a_low_limit_of_open_files_is_no_obstacle() {
    let status = process::Command::new("sh")
        .args(["-c", "ulimit -Sn 64 && exec \"$0\" --exact the_socket_carries_bytes_both_ways"])
        .arg(std::env::current_exe().expect("has a path"))
        .env("SANDBOX_TEST_ATTACKS", attacks())
        .status();
    assert!(status.expect("starts").success());
}

#[test]
fn handles_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Sandbox>();
    shared::<grader_sandbox::ConfinedChild>();
}

#[test]
fn a_finished_process_leaves_no_cgroup_and_no_folder() {
    // In a process of its own, as other tests of this one have theirs.
    let status = process::Command::new(std::env::current_exe().expect("has a path"))
        .args(["--exact", "run_and_look", "--ignored"])
        .env("SANDBOX_TEST_ATTACKS", attacks())
        .status();
    assert!(status.expect("starts").success());
}

/// Not a test by itself: see `a_finished_process_leaves_no_cgroup_and_no_folder`.
#[test]
#[ignore = "started by another test"]
fn run_and_look() {
    let mut sandboxes = strict_levels();
    sandboxes.push(sandbox(ConfinementLevel::Weak));
    for sandbox in &sandboxes {
        let child = sandbox.spawn(&attack(&["sleep"]).command).expect("spawns");
        let expected = matches!(sandbox.level(), ConfinementLevel::Full | ConfinementLevel::Weak);
        assert_eq!(!leftovers(process::id()).is_empty(), expected, "the search itself works");
        drop(child);
        assert_eq!(leftovers(process::id()), Vec::<String>::new());
    }
}

#[test]
fn life_is_the_same_for_an_ordinary_user() {
    rerun_as_ordinary_user("life_is_the_same_for_an_ordinary_user");
}
