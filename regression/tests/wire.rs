//! The wire against drivers that misbehave. Each is a small program, built against the kit and run
//! in the sandbox; a well-behaved one comes first, or the others would prove nothing.

use grader_course::config::SubmissionLimits;
use grader_pipeline::{Grader, GraderOptions, Wire};
use grader_protocol::{CallAllowance, CallFailure, Reply, Transport, decode_reply, encode_reply};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

/// What a driver does after it has read a request; `socket` and `request` are in scope.
const HONEST: &str = "frame::write(&mut socket, request.nonce, &answer()).unwrap();";
const ANSWERS_TWICE: &str =
    "for _ in 0..2 { frame::write(&mut socket, request.nonce, &answer()).unwrap(); }";
const OTHER_NONCE: &str = "frame::write(&mut socket, request.nonce ^ 1, &answer()).unwrap();";
const PROMISES_TOO_MUCH: &str = "socket.write_all(&[0xff; 12]).unwrap();";
const NO_REPLY_AT_ALL: &str =
    "frame::write(&mut socket, request.nonce, b\"\\xff\\xff\\xff\").unwrap();";
const LEAVES_WITH_ZERO: &str = "std::process::exit(0);";
const SPINS: &str = "loop { std::hint::black_box(0); }";
const DRIPS: &str = "let bytes = { let mut bytes = Vec::new(); frame::write(&mut bytes, request.nonce, &vec![0; 4096]).unwrap(); bytes };
    for byte in bytes { socket.write_all(&[byte]).unwrap(); std::thread::sleep(std::time::Duration::from_millis(20)); }";
const HANGS_UP: &str =
    "drop(socket); loop { std::thread::sleep(std::time::Duration::from_secs(1)); }";
const EATS_MEMORY: &str = "let mut all = Vec::new(); loop { all.push(vec![1_u8; 1 << 20]); }";
const ANSWERS_AND_LEAVES: &str =
    "frame::write(&mut socket, request.nonce, &answer()).unwrap(); std::process::exit(0);";
const SLEEPS: &str = "std::thread::sleep(std::time::Duration::from_secs(3600));";
const PRINTS: &str = "loop { println!(\"{}\", \"y\".repeat(4096)); }";
const WRITES_A_LARGE_FILE: &str = "let mut file = std::fs::File::create(\"/tmp/large\").unwrap(); loop { file.write_all(&[1; 1 << 16]).unwrap(); }";
const OVERFLOWS_ITS_STACK: &str =
    "fn deeper(n: u64) -> u64 { if n == u64::MAX { 0 } else { deeper(std::hint::black_box(n + 1)) + 1 } }
    std::thread::spawn(|| deeper(0)).join().unwrap();";
const SPEAKS_FIRST: &str = "unreachable!()";

struct Bench {
    grader: Grader,
    folder: tempfile::TempDir,
}

fn bench() -> &'static Bench {
    static BENCH: OnceLock<Bench> = OnceLock::new();
    BENCH.get_or_init(|| {
        let root = regression::root();
        let course = regression::course();
        let options = GraderOptions::of(&root, course, grader::MODULES);
        let grader = Grader::open(&course.modules[0], options).unwrap();
        Bench { grader, folder: tempfile::tempdir().unwrap() }
    })
}

impl Bench {
    fn build(&self, name: &str, on_request: &str) -> PathBuf {
        let greeting = if on_request == SPEAKS_FIRST {
            "frame::write(&mut socket, 0, &answer()).unwrap();"
        } else {
            ""
        };
        let source = format!(
            "#![allow(unused, unreachable_code)]\nuse grader_protocol::{{Reply, encode_reply, frame}};\nuse std::io::Write;\n\
             fn answer() -> Vec<u8> {{ encode_reply(&Reply::Value(1.5_f64)) }}\n\
             fn main() {{\n let mut socket = grader_sandbox_inherited::socket().unwrap();\n{greeting}\n\
             loop {{ let Ok(request) = frame::read(&mut socket) else {{ return }};\n{on_request}\n }} }}\n"
        );
        let main = self.folder.path().join(format!("{name}.rs"));
        std::fs::write(&main, source).unwrap();
        let driver = self.folder.path().join(name);
        let deps = self.grader.kit.deps();
        let mut rustc = Command::new(self.grader.toolchain.sysroot.join("bin/rustc"));
        rustc.arg(&main).arg("-o").arg(&driver).arg("--edition=2024");
        rustc.arg(format!("-Ldependency={}", deps.display()));
        for name in ["grader_protocol", "grader_sandbox_inherited"] {
            let file = self.grader.kit.library(name).unwrap();
            rustc.arg("--extern").arg(format!("{name}={}", deps.join(file).display()));
        }
        assert!(rustc.status().unwrap().success());
        driver
    }
}

const LIMITS: SubmissionLimits = SubmissionLimits {
    call_seconds: 1,
    task_seconds: 8,
    cpu_seconds: 20,
    memory_mb: 64,
    threads: 4,
    compile_seconds: 60,
    compile_memory_mb: 1024,
};

/// Two calls: what misbehaves in the first must not reach the second as an answer.
fn two_calls(name: &str, on_request: &str) -> [Result<f64, CallFailure>; 2] {
    let bench = bench();
    let driver = bench.build(name, on_request);
    let mut wire = Wire::new(&bench.grader.sandbox, &driver, &LIMITS, 7);
    let results = [(); 2].map(|()| wire.call(b"request").and_then(|reply| decode_reply(&reply)));
    wire.finish().unwrap();
    results
}

fn bad_reply(result: &Result<f64, CallFailure>) -> bool {
    matches!(result, Err(CallFailure::BadReply { .. }))
}

#[test]
fn an_honest_driver_answers_every_call() {
    assert_eq!(two_calls("honest", HONEST), [Ok(1.5), Ok(1.5)]);
}

/// A thread of a submission's own once ended the process between two calls, and the next call was
/// charged for it.
#[test]
fn an_end_between_two_calls_is_charged_to_neither() {
    assert_eq!(two_calls("leaves", ANSWERS_AND_LEAVES), [Ok(1.5), Ok(1.5)]);
}

#[test]
fn an_answer_that_was_not_asked_for_is_no_answer() {
    let [first, second] = two_calls("twice", ANSWERS_TWICE);
    // The second copy is noticed with the first call or before the next one, never taken as its reply.
    assert!(bad_reply(&first) || bad_reply(&second), "{first:?} {second:?}");
    assert!(bad_reply(&two_calls("first", SPEAKS_FIRST)[0]));
}

#[test]
fn an_answer_to_another_request_is_refused() {
    assert!(two_calls("nonce", OTHER_NONCE).iter().all(bad_reply));
}

#[test]
fn a_frame_that_promises_too_much_is_refused_without_allocating() {
    assert!(two_calls("large", PROMISES_TOO_MUCH).iter().all(bad_reply));
}

#[test]
fn bytes_that_are_no_reply_are_refused() {
    assert!(two_calls("garbage", NO_REPLY_AT_ALL).iter().all(bad_reply));
}

#[test]
fn exit_zero_is_a_crash_of_that_call_alone() {
    for result in two_calls("exit", LEAVES_WITH_ZERO) {
        let Err(CallFailure::Crashed { how }) = result else { panic!("{result:?}") };
        assert!(how.contains("exit(0)"), "{how}");
    }
}

#[test]
fn a_loop_and_a_drip_of_bytes_both_time_out() {
    for (name, on_request) in [("spin", SPINS), ("drip", DRIPS)] {
        let [first, _] = two_calls(name, on_request);
        assert!(matches!(first, Err(CallFailure::TimedOut { .. })), "{name}: {first:?}");
    }
}

#[test]
fn hanging_up_without_ending_is_a_crash() {
    let [first, _] = two_calls("hangup", HANGS_UP);
    assert!(matches!(first, Err(CallFailure::Crashed { .. })), "{first:?}");
}

#[test]
fn memory_without_end_is_out_of_memory() {
    let [first, _] = two_calls("memory", EATS_MEMORY);
    assert!(matches!(first, Err(CallFailure::OutOfMemory { limit_mb: 64 })), "{first:?}");
}

#[test]
fn a_panic_is_followed_by_a_fresh_process() {
    let bytes = encode_reply(&Reply::<()>::Panic { message: "poisoned".into(), location: None });
    let reply = bytes.escape_ascii();
    // A process that has answered before would exit instead of answering again.
    let once = format!(
        "frame::write(&mut socket, request.nonce, b\"{reply}\").unwrap();
         let _ = frame::read(&mut socket); std::process::exit(9);"
    );
    for result in two_calls("panic", &once) {
        assert!(matches!(result, Err(CallFailure::Panicked { .. })), "{result:?}");
    }
}

/// What is left of its task's budget bounds a call, however long a call may take otherwise.
#[test]
fn a_call_is_ended_when_its_allowance_is_used_up() {
    let bench = bench();
    let tenth = Duration::from_millis(100);
    for (name, on_request, elapsed) in
        [("spin_shortly", SPINS, Duration::from_mins(1)), ("sleep_shortly", SLEEPS, 2 * tenth)]
    {
        let driver = bench.build(name, on_request);
        let mut wire = Wire::new(&bench.grader.sandbox, &driver, &LIMITS, 7);
        let limit = CallAllowance { cpu: tenth, elapsed };
        wire.allow(limit);
        let reply = wire.call(b"request");
        // No call may take more than three seconds of elapsed time under these limits.
        let limit = CallAllowance { elapsed: elapsed.min(Duration::from_secs(3)), ..limit };
        assert_eq!(reply, Err(CallFailure::TimedOut { limit, reduced: true }), "{name}");
        assert!(wire.last_elapsed() >= wire.last_cost().wall, "{name}");
        wire.finish().unwrap();
    }
}

/// A limit that ends a process is named, with its number.
#[test]
fn what_a_limit_ends_is_told_the_limit() {
    let cases = [
        ("prints", PRINTS, "one process may print 1024 KB"),
        ("file", WRITES_A_LARGE_FILE, "a file may have 16 MB"),
        ("memory_named", EATS_MEMORY, "the memory limit of 64 MB"),
        ("stack", OVERFLOWS_ITS_STACK, "the stack overflowed: it has 64 MB"),
        ("spins_named", SPINS, "no answer within 1 s of processor time, or 3 s of elapsed time"),
    ];
    for (name, on_request, words) in cases {
        let [first, _] = two_calls(name, on_request);
        let failure = first.expect_err(name);
        assert!(failure.to_string().contains(words), "{name}: {failure}");
    }
}
