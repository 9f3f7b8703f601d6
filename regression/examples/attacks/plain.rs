//! The same submissions where tests run in the student's process: a plain `cargo test` in the folder that
//! students get. Each attack that says it works there has to.
//!
//! They run as nobody, in namespaces of their own, within limits; only root can set that up.

use crate::options::AttackOptions;
use crate::parallel::each;
use regression::attack::PlainResult;
use regression::attack::corpus::NamedAttack;
use regression::attack::world::AttackFolder;
use regression::{copy_tree, root};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Elapsed seconds after which a run has taken too much.
const PATIENCE: u64 = 40;
/// Bytes of output after which it has said too much.
const LOUD: u64 = 32 << 20;

/// What is said where a limit was reached: of file size, of CPU time, of memory, of tasks.
const ENDS: [&str; 7] = [
    "signal: 25",
    "signal: 24",
    "signal: 9",
    "SIGKILL",
    "memory allocation",
    "os error 11",
    "Cannot fork",
];

/// Runs what is said to work there; whether it did.
pub fn run(options: &AttackOptions) -> Result<bool, String> {
    let mut attacks = options.attacks()?;
    attacks.retain(|named| {
        !matches!(named.attack.plain, PlainResult::Fails(_) | PlainResult::NotRun(_))
    });
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let first = PlainWorkspace::new()?;
    let copies = (1..workers).map(|_| first.copy()).collect::<Result<Vec<_>, _>>()?;
    let benches: Vec<_> = copies.iter().chain([&first]).map(Mutex::new).collect();
    let worked = each(&attacks, |named| {
        let bench = benches.iter().find_map(|bench| bench.try_lock().ok());
        let worked = bench.ok_or("no folder is free".into()).and_then(|bench| bench.run(named));
        if let Err(why) = &worked {
            println!("{}: does not work in a plain cargo test: {why}", named.title());
        } else if options.each {
            println!("{}: works", named.title());
        }
        worked.is_ok()
    });
    let count = worked.iter().filter(|worked| **worked).count();
    println!("plain cargo test: {count} of {} work", attacks.len());
    Ok(count == attacks.len())
}

/// A workspace as students have it, with all that does not change compiled.
struct PlainWorkspace {
    folder: TempDir,
}

impl PlainWorkspace {
    /// The folders of a bench; what runs there sees it at one and the same place, so that what was
    /// compiled in one bench is good in another.
    fn empty() -> Result<Self, String> {
        let open = fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("plain-").permissions(open).tempdir();
        let bench = Self { folder: folder.map_err(|error| error.to_string())? };
        let at = |name: &str| bench.folder.path().join(name);
        for name in ["toolchain", "cargo"] {
            fs::create_dir(at(name)).map_err(|error| error.to_string())?;
        }
        Ok(bench)
    }

    fn copy(&self) -> Result<Self, String> {
        let copy = Self::empty()?;
        let mut cp = Command::new("cp");
        let from = ["ws", "target"].map(|name| self.folder.path().join(name));
        let copied = cp.arg("-a").args(from).arg(copy.folder.path()).status();
        match copied {
            Ok(status) if status.success() => Ok(copy),
            other => Err(format!("cp: {other:?}")),
        }
    }

    fn new() -> Result<Self, String> {
        let bench = Self::empty()?;
        let at = |name: &str| bench.folder.path().join(name);
        fs::create_dir(at("target")).map_err(|error| error.to_string())?;
        for entry in fs::read_dir(root().join("assignments")).map_err(|error| error.to_string())? {
            let path = entry.map_err(|error| error.to_string())?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match (&*name, path.is_dir()) {
                ("target", _) => {}
                (_, true) => copy_tree(&path, &at("ws").join(&name)),
                (_, false) => {
                    fs::create_dir_all(at("ws")).map_err(|error| error.to_string())?;
                    fs::copy(&path, at("ws").join(&name)).map_err(|error| error.to_string())?;
                }
            }
        }
        let built = bench.cargo(&["test", "--offline", "--no-run", "--test", "bottleneck"], 1800);
        if built.0 == Some(0) {
            Ok(bench)
        } else {
            Err(format!("no plain cargo test: {}", built.1))
        }
    }

    fn run(&self, named: &NamedAttack) -> Result<(), String> {
        let at = |name: &str| self.folder.path().join(name);
        let package = at("ws/profiling");
        fs::remove_dir_all(&package).map_err(|error| error.to_string())?;
        copy_tree(&root().join("assignments/profiling"), &package);
        let world = AttackFolder::new().map_err(|error| error.to_string())?;
        named.attack.make_in(&package, &world)?;
        self.forget_what_was_built();
        let test = match &named.attack.plain {
            PlainResult::Passes(test) => test.0.as_str(),
            _ => "bottleneck",
        };
        let start = Instant::now();
        let (code, said) = self.cargo(&["test", "--offline", "--test", test], PATIENCE);
        let long = start.elapsed() >= Duration::from_secs(PATIENCE) || said.len() as u64 >= LOUD;
        let worked = match &named.attack.plain {
            PlainResult::Passes(_) => code == Some(0),
            PlainResult::Shows(words) => said.contains(words.as_str()),
            PlainResult::Writes => !world.changes().is_empty(),
            PlainResult::Exhausts => long || ENDS.iter().any(|end| said.contains(end)),
            PlainResult::Fails(_) | PlainResult::NotRun(_) => false,
        };
        let tail = said.len().saturating_sub(600);
        let tail = &said[said.ceil_char_boundary(tail)..];
        if worked { Ok(()) } else { Err(format!("{code:?}: {tail:?}")) }
    }

    /// Cargo decides by file times, and those of two attacks may be the same.
    fn forget_what_was_built(&self) {
        let prints = self.folder.path().join("target/debug/.fingerprint");
        for entry in fs::read_dir(prints).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with("profiling-") {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Runs cargo in the module's folder: its exit code, and what it said.
    fn cargo(&self, arguments: &[&str], seconds: u64) -> (Option<i32>, String) {
        let script = r#"
            mount --bind "$1" /mnt && shift && set -- /mnt "$@" &&
            chown -R 65534:65534 "$1/ws" "$1/target" &&
            mount --bind "$(rustc --print sysroot)" "$1/toolchain" &&
            mount --bind "${CARGO_HOME:-$HOME/.cargo}" "$1/cargo" &&
            mount -t tmpfs -o size=64m,nr_inodes=10k none /dev/shm &&
            cd "$1/ws/profiling" && folder=$1 seconds=$2 && shift 2 &&
            exec setpriv --reuid=65534 --regid=65534 --clear-groups \
                prlimit --nproc=400 --data=2500000000 --cpu="$seconds" --fsize=67108864 --core=0 \
                timeout --signal=KILL "$seconds" \
                env -i HOME="$folder" PATH="$folder/toolchain/bin:/usr/bin:/bin" \
                CARGO_HOME="$folder/cargo" CARGO_TARGET_DIR="$folder/target" \
                CARGO_BUILD_JOBS=2 cargo "$@""#;
        let path = self.folder.path().join("said");
        let Ok(output) = File::create(&path) else { return (None, "no output file".into()) };
        let same = output.try_clone().map_or_else(|_| Stdio::null(), Stdio::from);
        let status = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--ipc"])
            .args(["sh", "-c", script, "sh"])
            .arg(self.folder.path())
            .arg(seconds.to_string())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(same)
            .status();
        (status.ok().and_then(|status| status.code()), said(&path))
    }
}

fn said(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}
