//! The compiler itself, confined: source to rlib, rlib to program, program to answers over the
//! socket.

mod support;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process;

use grader_sandbox::{
    BindMount, ConfinedCommand, ProcessEnd, ProcessResult, Sandbox, SandboxPolicy, SyscallProfile,
};
use support::{AMPLE, rerun_as_ordinary_user, strict_levels, text};

const LIBRARY: &str = "
    pub fn complement(byte: u8) -> u8 { !byte }
";
const PROGRAM: &str = "
    use std::io::{Read, Write};
    use std::os::fd::FromRawFd;
    fn main() {
        let mut socket = unsafe { std::os::unix::net::UnixStream::from_raw_fd(100) };
        let mut byte = [0];
        while socket.read_exact(&mut byte).is_ok() {
            socket.write_all(&[student::complement(byte[0])]).unwrap();
        }
    }
";

fn sysroot() -> PathBuf {
    // The toolchain of root may be closed to the ordinary user that runs these tests again.
    std::env::var_os("SANDBOX_TEST_SYSROOT").map_or_else(
        || {
            let output = process::Command::new("rustc").args(["--print", "sysroot"]).output();
            PathBuf::from(text(&output.expect("rustc is installed").stdout).trim())
        },
        PathBuf::from,
    )
}

/// rustc on `/src`, with results in `/out`.
fn rustc(
    profile: SyscallProfile,
    arguments: &[&str],
    source: &Path,
    out: &Path,
) -> ConfinedCommand {
    let sysroot = sysroot();
    let system = ["/usr", "/lib", "/lib64", "/bin", "/etc/alternatives"];
    let mut read_only: Vec<_> = system
        .into_iter()
        .filter(|folder| Path::new(folder).is_dir())
        .map(BindMount::same)
        .collect();
    read_only.push(BindMount { host: sysroot.clone(), inside: "/toolchain".into() });
    read_only.push(BindMount { host: source.to_owned(), inside: "/src".into() });
    let env = [("LD_LIBRARY_PATH", "/toolchain/lib"), ("PATH", "/usr/bin:/bin")];
    let policy = SandboxPolicy {
        profile,
        read_only,
        read_write: vec![BindMount { host: out.to_owned(), inside: "/out".into() }],
        scratch_bytes: 256 << 20,
        limits: grader_sandbox::ProcessLimits { memory_bytes: 2 << 30, ..AMPLE },
    };
    ConfinedCommand {
        program: "/toolchain/bin/rustc".into(),
        args: arguments.iter().map(Into::into).collect(),
        env: env.map(|(name, value)| (name.into(), value.into())).to_vec(),
        cwd: "/out".into(),
        policy,
        socket: false,
    }
}

fn compile(sandbox: &Sandbox, source: &Path, out: &Path) -> ProcessResult {
    let arguments = [
        "--sysroot",
        "/toolchain",
        "--edition",
        "2024",
        "-O",
        "--crate-type",
        "rlib",
        "--crate-name",
        "student",
    ];
    let arguments = [&arguments[..], &["/src/lib.rs", "-o", "/out/libstudent.rlib"]].concat();
    sandbox.run(&rustc(SyscallProfile::Compile, &arguments, source, out)).expect("runs")
}

fn folder_with(file: &str, content: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temp dir");
    fs::write(folder.path().join(file), content).expect("writes");
    folder
}

#[test]
fn a_submission_is_compiled_linked_and_answers() {
    for sandbox in strict_levels() {
        let out = tempfile::tempdir().expect("temp dir");
        let finished = compile(&sandbox, folder_with("lib.rs", LIBRARY).path(), out.path());
        assert_eq!(
            finished.end,
            ProcessEnd::Exited(0),
            "{:?}: {}",
            sandbox.level(),
            text(&finished.stderr)
        );

        let program = folder_with("main.rs", PROGRAM);
        let arguments = [
            "--sysroot",
            "/toolchain",
            "--edition",
            "2024",
            "-O",
            "-C",
            "target-feature=+crt-static",
        ];
        let files =
            ["--extern", "student=/out/libstudent.rlib", "/src/main.rs", "-o", "/out/driver"];
        let command = rustc(
            SyscallProfile::Link,
            &[&arguments[..], &files].concat(),
            program.path(),
            out.path(),
        );
        let finished = sandbox.run(&command).expect("runs");
        assert_eq!(
            finished.end,
            ProcessEnd::Exited(0),
            "{:?}: {}",
            sandbox.level(),
            text(&finished.stderr)
        );

        let mut driver = support::attack(&[]).socket();
        driver.command.program = out.path().join("driver");
        let mut child = sandbox.spawn(&driver.command).expect("spawns");
        let socket = child.socket().expect("was asked for");
        let mut reply = [0];
        socket.write_all(&[0x5a]).expect("sends");
        socket.read_exact(&mut reply).expect("answers");
        assert_eq!(reply, [!0x5a]);
        socket.shutdown(std::net::Shutdown::Write).expect("closes");
        assert_eq!(child.wait().expect("waits").end, ProcessEnd::Exited(0));
    }
}

#[test]
fn the_compiler_cannot_include_files_of_the_host() {
    let source = folder_with("lib.rs", r#"pub const SECRET: &str = include_str!("/etc/passwd");"#);
    for sandbox in strict_levels() {
        let out = tempfile::tempdir().expect("temp dir");
        let finished = compile(&sandbox, source.path(), out.path());
        assert_eq!(finished.end, ProcessEnd::Exited(1));
        assert!(
            text(&finished.stderr).contains("couldn't read `/etc/passwd`"),
            "{}",
            text(&finished.stderr)
        );
    }
}

#[test]
fn a_compile_error_is_the_compilers_own_answer() {
    let source = folder_with("lib.rs", r#"compile_error!("score=100");"#);
    for sandbox in strict_levels() {
        let out = tempfile::tempdir().expect("temp dir");
        let finished = compile(&sandbox, source.path(), out.path());
        assert_eq!(finished.end, ProcessEnd::Exited(1));
        assert!(text(&finished.stderr).contains("score=100"));
    }
}

#[test]
fn compile_bombs_end_by_a_limit() {
    let bombs = [
        (
            "pub const X: u64 = { let mut i = 0_u64; while i < u64::MAX { i += 1; } i };",
            ProcessEnd::CpuLimit,
        ),
        (
            "macro_rules! double { ($($t:tt)*) => { double!($($t)* $($t)*); } } double!(x x);",
            ProcessEnd::OutOfMemory,
        ),
    ];
    for sandbox in strict_levels() {
        for (source, expected) in bombs {
            let source = format!("#![allow(long_running_const_eval)] {source}");
            let source = folder_with("lib.rs", &source);
            let out = tempfile::tempdir().expect("temp dir");
            let arguments = ["--sysroot", "/toolchain", "--crate-type", "rlib", "/src/lib.rs"];
            let mut command = rustc(SyscallProfile::Compile, &arguments, source.path(), out.path());
            command.policy.limits.cpu = std::time::Duration::from_secs(8);
            command.policy.limits.memory_bytes = 512 << 20;
            let finished = sandbox.run(&command).expect("runs");
            assert_eq!(finished.end, expected, "{:?}: {}", sandbox.level(), text(&finished.stderr));
        }
    }
}

#[test]
fn an_ordinary_user_can_compile_too() {
    rerun_as_ordinary_user("an_ordinary_user_can_compile_too");
}
