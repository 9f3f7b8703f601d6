//! What rustc says in JSON about a student's code, and so in the student's words.

use crate::memory::MemoryAllowance;
use crate::script::{ChoiceScript, damage};
use grader_model::CompileProblem;
use grader_pipeline::checked_lines::CheckedLines;
use grader_pipeline::diagnostics::{RustcDiagnostic, parse, problems};
use grader_pipeline::misfit::problem_of_probe;
use grader_probes::{Probe, ProbeKind};
use serde_json::{Value, json};

/// A line is held as it is, in parsed form, and as the problem that it becomes.
const ALLOWANCE: MemoryAllowance = MemoryAllowance {
    fixed: 64 << 10,
    live_per_byte: 64,
    total_fixed: 8 * (64 << 10),
    total_per_byte: 512,
};

/// A problem's texts are cut.
const LONGEST_TEXT: usize = 10 << 10;

const LEVELS: [&str; 6] = ["error", "warning", "note", "help", "error: internal", "failure-note"];
const FILES: [&str; 8] = [
    "src/timer.rs",
    "lib.rs",
    "src/lib.rs",
    "/rustc/5980/library/core/src/macros/mod.rs",
    "<anon>",
    "",
    "driver.rs",
    "../src/lib.rs",
];
const MESSAGES: [&str; 6] = [
    "mismatched types",
    "aborting due to 1 previous error",
    "",
    "\u{1b}[2Jevaluation panicked",
    "cannot find value `x`\nin this scope",
    "\u{202e}",
];

/// The tasks of the probes; each has two lines.
const TASKS: [&str; 2] = ["timer", "memory"];

/// Reads standard error as it is, or lines that are built.
pub fn run(input: &[u8]) {
    let mut script = ChoiceScript::new(input);
    let stderr =
        if script.byte().is_multiple_of(2) { script.rest().to_vec() } else { built(&mut script) };
    ALLOWANCE.hold("reading diagnostics", stderr.len(), || {
        let diagnostics = parse(&stderr);
        students(&diagnostics);
        blamed(&diagnostics);
    });
}

/// What a student is told about their own files.
fn students(diagnostics: &[RustcDiagnostic]) {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let problems = problems(diagnostics);
    assert_eq!(problems.len(), errors.min(21), "of {errors} errors");
    for problem in &problems {
        sound(problem);
        assert_eq!(problem.file.is_some(), problem.line.is_some(), "{problem:?}");
    }
    let place = |problem: &CompileProblem| problem.file.is_some();
    let of_student = |diagnostic: &&RustcDiagnostic| mentions_student(diagnostic);
    let known = diagnostics.iter().filter(|one| one.is_error()).take(20).filter(of_student).count();
    assert_eq!(problems.iter().filter(|one| place(one)).count(), known, "a place was lost");
}

/// Whether any place, note or macro call lies in a file of the student's.
fn mentions_student(diagnostic: &RustcDiagnostic) -> bool {
    let mut spans: Vec<_> = diagnostic.spans.iter().collect();
    while let Some(span) = spans.pop() {
        if span.file_name.starts_with("src/") {
            return true;
        }
        spans.extend(span.expansion.iter().map(|expansion| &expansion.span));
    }
    diagnostic.children.iter().any(mentions_student)
}

/// What a missing signature becomes: each line fails once.
fn blamed(diagnostics: &[RustcDiagnostic]) {
    let probes: Vec<_> = (0..4).map(probe).collect();
    let mut lines = CheckedLines::new(probes.iter().map(|probe| probe.code.clone()));
    let before = lines.text();
    let failures = lines.fail(diagnostics, "lib.rs");
    assert!(failures.len() <= probes.len(), "{} failures of four lines", failures.len());
    for failure in &failures {
        let problem = problem_of_probe(&probes[failure.at], &failure.error);
        sound(&problem);
        assert!(problem.task.is_some_and(|task| TASKS.contains(&task.as_str())));
    }
    let after = lines.text();
    assert_eq!(after == before, failures.is_empty(), "a line that failed is still there");
    assert_eq!(after.lines().count(), before.lines().count(), "lines moved");
    assert!(lines.fail(diagnostics, "lib.rs").is_empty(), "a line failed twice");
}

fn probe(at: usize) -> Probe {
    Probe {
        task: TASKS[at / 2].into(),
        item: format!("item{at}"),
        expected: format!("pub fn item{at}()"),
        file: "src/timer.rs".into(),
        kind: ProbeKind::Use,
        code: format!("const _: fn() = profiling::item{at};"),
    }
}

fn sound(problem: &CompileProblem) {
    assert!(problem.file.as_ref().is_none_or(|file| file.starts_with("src/")), "{problem:?}");
    assert!(problem.message.len() <= LONGEST_TEXT, "{} bytes", problem.message.len());
    assert!(problem.explanation.len() <= LONGEST_TEXT, "{} bytes", problem.explanation.len());
}

/// Up to 32 lines, and then some damage.
fn built(script: &mut ChoiceScript<'_>) -> Vec<u8> {
    let mut out = String::new();
    for _ in 0..script.byte() % 33 {
        out += &diagnostic(script, 0).to_string();
        out.push('\n');
    }
    let mut bytes = out.into_bytes();
    damage(script, &mut bytes);
    bytes
}

fn diagnostic(script: &mut ChoiceScript<'_>, depth: usize) -> Value {
    let spans: Vec<Value> = (0..script.byte() % 4).map(|_| span(script, 0)).collect();
    let children = if depth < 3 { script.byte() % 3 } else { 0 };
    let children: Vec<Value> = (0..children).map(|_| diagnostic(script, depth + 1)).collect();
    let message = script.pick(&MESSAGES).repeat(if script.happens(8) { 600 } else { 1 });
    let rendered =
        if script.happens(64) { Value::Null } else { json!(message.clone() + "\n  --> x") };
    json!({
        "$message_type": "diagnostic",
        "message": message,
        "code": null,
        "level": script.pick(&LEVELS),
        "spans": spans,
        "children": children,
        "rendered": rendered,
    })
}

fn span(script: &mut ChoiceScript<'_>, depth: usize) -> Value {
    let expansion = if depth < 4 && script.happens(80) {
        json!({ "span": span(script, depth + 1), "macro_decl_name": "matches!" })
    } else {
        Value::Null
    };
    let line = if script.happens(8) { script.number() } else { u32::from(script.byte() % 9) };
    json!({
        "file_name": script.pick(&FILES),
        "line_start": line,
        "column_start": script.byte(),
        "is_primary": script.happens(128),
        "expansion": expansion,
    })
}

/// Inputs to begin with: lines of rustc's own, and built ones.
pub fn seeds() -> Vec<Vec<u8>> {
    let real: &[u8] = br#" {"$message_type":"diagnostic","message":"mismatched types","code":{"code":"E0308"},"level":"error","spans":[{"file_name":"src/timer.rs","line_start":7,"column_start":5,"is_primary":true,"expansion":null}],"children":[{"message":"expected","level":"note","spans":[]}],"rendered":"error[E0308]: mismatched types"}
thread 'rustc' panicked
{"message":"aborting due to 1 previous error","level":"error","spans":[],"children":[],"rendered":null}"#;
    vec![real.to_vec(), vec![1, 2, 1, 0, 0, 5, 0, 255, 0, 0, 0, 0, 0, 1, 0, 0, 3, 1, 9, 255]]
}
