//! What a layer leaves in a grade when it stops something: a model that names the wrong one is found out.

use super::expected::{ReachedStage, StoppedBy};
use grader_model::{Grade, Outcome};

/// Words with which the compiler's limits are told.
const OF_THE_COMPILER: [&str; 4] = [
    "compiling took longer than allowed",
    "compiling needed more memory",
    "the compiler's output is larger",
    "the compiled code is larger",
];
/// Words of a call that its limits ended, or that was not made because its task's time was used up.
const OF_A_CALL: [&str; 3] =
    ["no answer within", "a flood of output", "earlier calls of this task had used up"];
/// Of the system calls that end a process.
const OF_SECCOMP: &str = "a system call that a submission has no use for";
/// Texts that something obeys which shows them: a browser, a workflow, a spreadsheet, a file system; and
/// the note that a text was far too long.
const OBEYED: [&str; 8] =
    ["<script", "<img", "::error", "=HYPERLINK", "../", "```", "\u{202e}", "[cut: "];

/// Whether `grade` shows that `layer` stopped something. True as well where nothing can be told: what is not
/// there looks to a submission like any file that is not there, it may say nothing of it, and the grade is
/// that of honest work. For those layers (the empty view and environment, network, landlock, and the limits
/// of cgroup and rlimits that a program survives) the proof is what changes when they are switched off.
pub fn shows(layer: StoppedBy, grade: &Grade) -> bool {
    let ended =
        |outcomes: &[Outcome]| grade.cases.iter().any(|case| outcomes.contains(&case.outcome));
    let all_passed =
        !grade.cases.is_empty() && ended(&[Outcome::Pass]) && grade.outcome == Outcome::Pass;
    match layer {
        StoppedBy::Intake => left_out(grade),
        StoppedBy::TokenScan => {
            let place = |line: Option<u32>| line.is_some();
            grade.outcome == Outcome::Refused
                && grade.problems.iter().all(|found| place(found.line))
        }
        StoppedBy::Compiler => {
            grade.outcome == Outcome::CompileError && !grade.problems.is_empty() && !limited(grade)
        }
        StoppedBy::CompilerLimits => limited(grade),
        StoppedBy::Seccomp => said(grade, OF_SECCOMP),
        StoppedBy::CallLimits => OF_A_CALL.iter().any(|words| said(grade, words)),
        StoppedBy::Protocol => ended(&[Outcome::Refused, Outcome::TimedOut, Outcome::Crashed]),
        StoppedBy::Judge => {
            all_passed || ended(&[Outcome::WrongAnswer, Outcome::Crashed, Outcome::NotStarted])
        }
        StoppedBy::CallAudit => !grade.audit.is_empty() && ended(&[Outcome::Refused]),
        StoppedBy::Escaping => texts(grade).any(|text| is_obeyed(&text)),
        StoppedBy::Cgroup | StoppedBy::Rlimit => {
            let limits =
                [Outcome::OutOfMemory, Outcome::TimedOut, Outcome::Crashed, Outcome::Refused];
            all_passed || ended(&limits)
        }
        StoppedBy::MountView
        | StoppedBy::Environment
        | StoppedBy::Network
        | StoppedBy::Landlock
        | StoppedBy::Timing => true,
    }
}

/// Collecting says what it refuses or leaves out; unless a submission goes on as if it had not been there.
fn left_out(grade: &Grade) -> bool {
    grade.all_remarks().next().is_some()
        || ReachedStage::of(grade) == ReachedStage::Run && grade.outcome == Outcome::NotStarted
}

fn limited(grade: &Grade) -> bool {
    let told = |message: &str| OF_THE_COMPILER.iter().any(|words| message.contains(words));
    grade.problems.iter().any(|problem| told(&problem.message))
}

fn said(grade: &Grade, words: &str) -> bool {
    grade.cases.iter().filter_map(|case| case.message.as_ref()).any(|text| text.contains(words))
}

/// Whatever a submission wrote of a grade, as it is before any report.
fn texts(grade: &Grade) -> impl Iterator<Item = String> {
    let details = grade.cases.iter().filter_map(|case| case.detail.as_ref());
    let details = details.map(|detail| detail.for_instructor().clone());
    let messages = grade.cases.iter().filter_map(|case| case.message.clone());
    let problems =
        grade.problems.iter().flat_map(|one| [one.message.clone(), one.explanation.clone()]);
    details.chain(messages).chain(problems).chain([grade.submission.student.clone()])
}

fn is_obeyed(text: &str) -> bool {
    let control = |c: char| c.is_control() && c != '\n' && c != '\t';
    text.contains(control) || OBEYED.iter().any(|words| text.contains(words))
}
