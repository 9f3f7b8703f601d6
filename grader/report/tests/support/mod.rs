//! A small class with every kind of outcome, and a hostile one.
#![allow(dead_code, reason = "each test file uses a part of it")]

use grader_model::Outcome::{
    CompileError, Crashed, GraderFault, NotStarted, Partial, Pass, Refused, Skipped, TimedOut,
    Undecided, WrongAnswer,
};
use grader_model::{
    CaseResult, CaseVisibility, CompileProblem, CreditRule, Grade, Hidden, Outcome, Provenance,
    RecordFacts, Remark, Submission, TaskScore,
};

/// Stands in every hidden field.
pub const CANARY: &str = "canary-4711";
/// The seed of every grade, hidden as well.
pub const SEED: u64 = 918_273_645;

/// Task, title, hint, and its cases with their claims.
type TaskSpec = (&'static str, &'static str, &'static str, [(&'static str, &'static str); 2]);

const TASKS: [TaskSpec; 3] = [
    (
        "timer",
        "Task 1: Timer and TimingStats",
        "Sort once, then every percentile is a position between two neighbours.",
        [
            ("one_run_is_its_own_statistics", "Of a single run, every statistic is that run."),
            (
                "percentiles_agree_with_the_oracle",
                "Percentiles lie between their neighbours, linearly.",
            ),
        ],
    ),
    (
        "memory",
        "Task 2: MemoryProfiler",
        "Which of the allocator's totals must you read before, and which after?",
        [
            ("peak_is_never_below_current", "The peak is never below what is in use."),
            (
                "freed_memory_is_not_counted",
                "Memory freed during a measurement is not counted as kept.",
            ),
        ],
    ),
    (
        "flops",
        "Task 3: FlopCounter",
        "One multiply-accumulate is two operations.",
        [
            ("matmul_costs_two_m_n_k", "A product of m×k and k×n costs 2·m·n·k operations."),
            ("attention_counts_every_position", "A projection runs once per position."),
        ],
    ),
];

/// A grade whose six cases end as `outcomes` says; ten points for each.
pub fn grade(student: &str, outcome: Outcome, outcomes: [Outcome; 6]) -> Grade {
    let mut cases = Vec::new();
    let mut tasks = Vec::new();
    for (at, (id, title, hint, claims)) in TASKS.into_iter().enumerate() {
        let mine = &outcomes[2 * at..2 * at + 2];
        cases.extend(
            claims.iter().zip(mine).map(|((name, claim), end)| case(id, name, claim, *end)),
        );
        let passed = mine.iter().filter(|end| **end == Pass).count();
        let ending = if passed == 2 {
            Pass
        } else if passed == 1 {
            Partial
        } else {
            mine[0]
        };
        tasks.push(TaskScore {
            id: id.into(),
            title: title.into(),
            points: 10.0 * passed as f64,
            max_points: 20.0,
            passed,
            cases: 2,
            outcome: ending,
            hint: hint.into(),
            pending: 0.0,
            credit: Some(CreditRule::Proportional),
        });
    }
    Grade {
        submission: Submission {
            student: student.into(),
            module: "searching".into(),
            content_hash: "9f2c61d0b7a84e53".into(),
            ..Submission::default()
        },
        title: "Searching: measure first".into(),
        outcome,
        points: (outcome != GraderFault).then(|| tasks.iter().map(|task| task.points).sum()),
        max_points: 60.0,
        tasks,
        cases,
        problems: vec![],
        notes: vec![],
        audit: vec![],
        decisions: vec![],
        fault: None,
        costs: vec![],
        provenance: Provenance {
            key: "5be1".into(),
            seed: Hidden::new(SEED),
            suite_hash: "77aa".into(),
            rubric_hash: "c0de".into(),
            toolchain: "rustc 1.95.0".into(),
            sandbox: "namespaces, landlock, seccomp".into(),
            grader_version: "0.1.0".into(),
            conditions: "f00d".into(),
            machine: None,
        },
        due: Some("2026-11-27".into()),
        recorded: Some(RecordFacts { attempt: 2, graded_at: 1_764_518_400 }),
    }
}

fn case(task: &str, name: &str, claim: &str, outcome: Outcome) -> CaseResult {
    let message = match outcome {
        WrongAnswer => {
            Some("A percentile differs from the interpolation of its neighbours.".into())
        }
        Crashed => Some("panicked: attempt to subtract with overflow".into()),
        TimedOut => Some("no answer within 10 s".into()),
        Refused => Some("it tried to open a network connection".into()),
        _ => None,
    };
    CaseResult {
        name: name.into(),
        task: task.into(),
        claim: claim.into(),
        outcome,
        message,
        location: (outcome == Crashed).then(|| "src/memory.rs:41".into()),
        blocked_by: if outcome == Skipped {
            vec!["one_run_is_its_own_statistics".into()]
        } else {
            vec![]
        },
        detail: (outcome != Pass).then(|| Hidden::new(format!("{CANARY}: got 3.5, expected 3.25"))),
        weight: 1.0,
        visibility: CaseVisibility::Message,
        wall_seconds: 0.0,
        timing: None,
        timed_pairs: None,
    }
}

/// One of each.
pub fn class() -> Vec<Grade> {
    vec![perfect(), half_done(), not_started(), compile_error(), refused(), crashed(), fault()]
}

pub fn perfect() -> Grade {
    grade("ada.lovelace", Pass, [Pass; 6])
}

pub fn half_done() -> Grade {
    grade("Grace Hopper", Partial, [Pass, WrongAnswer, Pass, Pass, NotStarted, NotStarted])
}

pub fn not_started() -> Grade {
    grade("名前 花子", NotStarted, [NotStarted; 6])
}

pub fn compile_error() -> Grade {
    let mut grade = grade("linus", Partial, [Pass, Pass, Pass, Pass, CompileError, CompileError]);
    grade.problems.push(CompileProblem {
        file: Some("src/flops.rs".into()),
        line: Some(12),
        column: Some(9),
        message: "mismatched types: expected `u64`, found `f64`".into(),
        explanation: "error[E0308]: mismatched types\n  --> src/flops.rs:12:9\n   |\n12 |         m as f64 * n as f64\n   |         ^^^^^^^^^^^^^^^^^^^ expected `u64`, found `f64`\n".into(),
        task: Some("flops".into()),
    });
    grade
}

pub fn refused() -> Grade {
    let mut grade = grade("mallory", Refused, [Refused, Skipped, Pass, Pass, Pass, Pass]);
    grade
        .notes
        .push(Remark::text("build.rs was left out: the grader builds with its own manifest."));
    grade
}

pub fn crashed() -> Grade {
    grade("dennis", Partial, [Pass, Pass, Crashed, TimedOut, Pass, WrongAnswer])
}

pub fn fault() -> Grade {
    let mut grade = grade("edsger", GraderFault, [GraderFault; 6]);
    grade.fault =
        Some(Hidden::new("the sandbox could not be set up: no free user namespace".into()));
    grade
}

/// A class in which the machine was too busy to measure somebody's last task.
pub fn pending() -> Vec<Grade> {
    let mut open = grade("barbara", Undecided, [Pass, Pass, Pass, Pass, Undecided, Undecided]);
    open.tasks[2].pending = 20.0;
    for case in &mut open.cases[4..] {
        case.message = Some("other programs used 40 % of the CPUs meanwhile".into());
    }
    vec![perfect(), open]
}

/// What a student may put into any text, and what must not come out of a report alive.
pub const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "</pre></style><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m",
    "::error file=a,line=1::pwned",
    "x\n::warning::pwned\n##[error]pwned",
    "=cmd|' /C calc'!A0",
    "admin\u{202e}txt.exe",
    "a | b `c` ```\n# heading\n[x](javascript:alert(1)) ![y](http://evil.example/z)",
    "{{ 7 * 7 }} {% include \"/etc/passwd\" %}",
];

/// A grade in which every text field is `text`.
pub fn hostile(text: &str) -> Grade {
    let mut grade = refused();
    let t = || text.to_owned();
    grade.submission = Submission {
        student: t(),
        id: Some(t()),
        late: true,
        partners: vec![t()],
        module: "searching".into(),
        content_hash: t(),
        ..Submission::default()
    };
    grade.title = t();
    for task in &mut grade.tasks {
        (task.title, task.hint) = (t(), t());
    }
    for case in &mut grade.cases {
        (case.name, case.claim) = (t(), t());
        case.outcome = Crashed;
        (case.message, case.location) = (Some(t()), Some(t()));
        case.blocked_by = vec![t()];
        case.detail = Some(Hidden::new(t()));
    }
    grade.problems = vec![CompileProblem {
        file: Some(t()),
        line: Some(1),
        column: Some(1),
        message: t(),
        explanation: t(),
        task: Some(t()),
    }];
    grade.notes = vec![Remark::text(t()), Remark::NotHandedIn { files: vec![t()] }];
    grade.fault = Some(Hidden::new(t()));
    let provenance = &mut grade.provenance;
    (provenance.toolchain, provenance.sandbox) = (t(), t());
    (provenance.suite_hash, provenance.rubric_hash) = (t(), t());
    (provenance.key, provenance.grader_version) = (t(), t());
    grade
}

/// A class in a module of seven tasks with long names.
pub fn seven_tasks() -> Vec<Grade> {
    let ids = ["timer", "memory", "flops", "context", "spans", "bottleneck", "compare"];
    let mut class = class();
    for grade in &mut class {
        let first = grade.tasks[1].clone();
        let tasks = ids.iter().map(|id| TaskScore { id: (*id).into(), ..first.clone() });
        grade.tasks = tasks.collect();
    }
    class
}
