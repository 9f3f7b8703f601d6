//! A small builder, so that a test is the claim and nothing else.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use grader_sandbox::{
    BindMount, ConfinedCommand, ConfinementLayer, ConfinementLevel, ProbeOptions, ProcessLimits,
    ProcessResult, Sandbox, SandboxPolicy, SyscallProfile,
};

/// Limits under which every honest program of these tests succeeds, however slow the machine.
pub const AMPLE: ProcessLimits = ProcessLimits {
    cpu: Duration::from_mins(1),
    wall: Duration::from_mins(4),
    memory_bytes: 512 << 20,
    file_bytes: 64 << 20,
    output_bytes: 64 << 10,
    threads: 32,
    open_files: 128,
};

/// Compiled once per test binary: the static attack program.
pub fn attacks() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(program) = std::env::var_os("SANDBOX_TEST_ATTACKS") {
            return program.into();
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/attacks.rs");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let program = folder.join(format!("attacks-{}", process::id()));
        let mut rustc = process::Command::new("rustc");
        rustc
            .args(["--edition", "2024", "-O", "-C", "target-feature=+crt-static", "-o"])
            .arg(&program)
            .arg(source);
        assert!(
            rustc.status().expect("rustc is installed").success(),
            "the attack program does not compile"
        );
        program
    })
}

/// The sandbox at exactly `level`; panics if this machine cannot, as that is what these tests need.
pub fn sandbox(level: ConfinementLevel) -> Sandbox {
    let options =
        ProbeOptions { max_level: Some(level), allow_weak: true, trust: true, without: Vec::new() };
    let sandbox = Sandbox::probe(options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(sandbox.level(), level, "{:#?}", sandbox.layers());
    sandbox
}

/// The strict levels that this user can have: an ordinary user has no cgroup here.
pub fn strict_levels() -> Vec<Sandbox> {
    let best = Sandbox::probe(ProbeOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    let mut all = vec![best];
    if all[0].level() == ConfinementLevel::Full {
        all.push(
            Sandbox::probe(ProbeOptions {
                without: vec![ConfinementLayer::Cgroup],
                ..ProbeOptions::default()
            })
            .expect("no cgroup"),
        );
    } else {
        println!("no level Full for this user: {:?}", all[0].layers().last());
    }
    assert!(all.iter().all(|sandbox| sandbox.level() >= ConfinementLevel::NoCgroup));
    all
}

/// A command under construction.
pub struct AttackCommand {
    pub command: ConfinedCommand,
}

/// An attack by its name and arguments, in [`SyscallProfile::Run`] with a small scratch space.
pub fn attack(arguments: &[&str]) -> AttackCommand {
    let policy = SandboxPolicy {
        profile: SyscallProfile::Run,
        read_only: Vec::new(),
        read_write: Vec::new(),
        scratch_bytes: 4 << 20,
        limits: AMPLE,
    };
    AttackCommand {
        command: ConfinedCommand {
            program: attacks().to_owned(),
            args: arguments.iter().map(OsString::from).collect(),
            env: Vec::new(),
            cwd: "/".into(),
            policy,
            socket: false,
        },
    }
}

impl AttackCommand {
    pub fn profile(mut self, profile: SyscallProfile) -> Self {
        self.command.policy.profile = profile;
        self
    }

    pub fn limit(mut self, set: impl FnOnce(&mut ProcessLimits)) -> Self {
        set(&mut self.command.policy.limits);
        self
    }

    pub fn read_only(mut self, host: impl Into<PathBuf>, inside: &str) -> Self {
        self.command.policy.read_only.push(BindMount { host: host.into(), inside: inside.into() });
        self
    }

    pub fn read_write(mut self, host: impl Into<PathBuf>, inside: &str) -> Self {
        self.command.policy.read_write.push(BindMount { host: host.into(), inside: inside.into() });
        self
    }

    pub fn socket(mut self) -> Self {
        self.command.socket = true;
        self
    }

    pub fn run(&self, sandbox: &Sandbox) -> ProcessResult {
        sandbox.run(&self.command).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Text of a captured stream.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Processes with `marker`, a word that only one test uses, on their command line.
pub fn processes_with(marker: &str) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let marked = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split(|&byte| byte == 0).any(|word| word == marker.as_bytes())
    };
    pids.filter(marked).collect()
}

/// A fresh word for [`processes_with`].
pub fn marker(test: &str) -> String {
    format!("{test}-{}", process::id())
}

/// Runs all other tests of this binary as `nobody`, when this user is root; else they run as an
/// ordinary user anyway.
pub fn rerun_as_ordinary_user(except: &str) {
    let root = fs::metadata("/proc/self")
        .is_ok_and(|entry| std::os::unix::fs::MetadataExt::uid(&entry) == 0);
    if !root {
        println!("not root: these tests have run as an ordinary user already");
        return;
    }
    // Folders of the build may be closed to other users.
    let folder = tempfile::Builder::new().permissions(readable()).tempdir().expect("temp dir");
    let copy = |from: &Path, name: &str| {
        let to = folder.path().join(name);
        fs::copy(from, &to).expect("copies");
        to
    };
    let tests = copy(&std::env::current_exe().expect("has a path"), "tests");
    let attacks = copy(attacks(), "attacks");
    // The toolchain of root is in a closed folder: a mount that only the new process sees opens it.
    let toolchain = folder.path().join("toolchain");
    fs::create_dir(&toolchain).expect("makes a folder");
    let script = "mount --bind \"$(rustc --print sysroot)\" \"$1\" && \
                  exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$2\" --skip \"$3\"";
    let status = process::Command::new("unshare")
        .args(["--mount", "sh", "-c", script, "sh"])
        .args([&toolchain, &tests])
        .arg(except)
        .env("SANDBOX_TEST_ATTACKS", attacks)
        .env("SANDBOX_TEST_SYSROOT", &toolchain)
        .env_remove("TMPDIR")
        .current_dir("/")
        .status();
    assert!(status.expect("starts").success(), "a test fails as an ordinary user");
}

fn readable() -> fs::Permissions {
    fs::Permissions::from_mode(0o755)
}

/// Waits for something that must happen, however slow the machine.
pub fn eventually(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_mins(1), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Cgroups and scratch folders that the grader with this pid has made.
pub fn leftovers(pid: u32) -> Vec<String> {
    fn search(folder: &Path, prefix: &str, depth: u32, found: &mut Vec<String>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in
            entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                found.push(entry.path().display().to_string());
            } else if depth > 0 {
                search(&entry.path(), prefix, depth - 1, found);
            }
        }
    }
    let prefix = format!("grader-sandbox-{pid}-");
    let mut found = Vec::new();
    search(Path::new("/sys/fs/cgroup"), &prefix, 5, &mut found);
    search(&std::env::temp_dir(), &prefix, 0, &mut found);
    found
}
