//! Copies of grades in which every text is safe to show. Every report for people starts from one.
//!
//! The fields are listed by name, so a new field of the model does not compile here until its cleaning is
//! defined.

use crate::escape::{block, line};
use crate::words::DecisionWords;
use grader_model::student::{StudentCase, StudentDecision, StudentTask, StudentView};
use grader_model::{
    AuditRefusal, CaseDecision, CaseResult, CompileProblem, Grade, Hidden, MachineInfo, Provenance,
    Remark, Submission, TaskScore, TimingResult,
};

/// Characters shown of a name, a hash, a place in a file.
const NAME: usize = 120;
/// Of a sentence.
const SENTENCE: usize = 1_000;
/// Of a message, over all its lines.
const MESSAGE: usize = 2_000;
/// Of the compiler's text, and of hidden details.
const TEXT: usize = 8_000;
/// Problems and remarks shown.
const ITEMS: usize = 40;

/// A student's view with nothing in it that a terminal or browser would obey. Without a grade it
/// has no tasks, because a row of zeros would look like a grade.
pub(crate) fn view(view: &StudentView) -> StudentView {
    let StudentView {
        student,
        module,
        title,
        outcome,
        points,
        max_points,
        pending,
        tasks,
        problems,
        notes,
        sandbox,
        toolchain,
        content_hash,
        due,
        late,
        partners,
        recorded,
        decisions,
    } = view;
    StudentView {
        student: line(student, NAME),
        module: line(module, NAME),
        title: line(title, NAME),
        outcome: *outcome,
        points: *points,
        max_points: *max_points,
        pending: *pending,
        tasks: tasks.iter().filter(|_| points.is_some()).map(task).collect(),
        problems: problems.iter().take(ITEMS).map(problem).collect(),
        notes: notes
            .iter()
            .take(ITEMS)
            .map(|note| line(note, SENTENCE))
            .chain(left_out(notes.len(), problems.len()))
            .chain(decisions.iter().map(student_decision))
            .collect(),
        sandbox: line(sandbox, NAME),
        toolchain: line(toolchain, NAME),
        content_hash: line(content_hash, NAME),
        due: due.as_ref().map(|day| line(day, NAME)),
        late: *late,
        partners: partners.iter().take(ITEMS).map(|name| line(name, NAME)).collect(),
        recorded: *recorded,
        decisions: Vec::new(),
    }
}

/// A decision as a remark, which every report shows.
fn student_decision(decision: &StudentDecision) -> String {
    let StudentDecision { task, case, award, decided_by, decided_at, reason, counts } = decision;
    line(
        &DecisionWords {
            case: case.as_deref(),
            task,
            award: *award,
            decided_by,
            decided_at: *decided_at,
            reason,
            counts: *counts,
        }
        .sentence(),
        SENTENCE,
    )
}

/// Every decision in force about cases of a grade, as a sentence for instructors. It includes private reasons.
pub(crate) fn decision_sentences(grade: &Grade) -> Vec<String> {
    grade.decisions.iter().map(|one| decision(one, &grade.cases)).collect()
}

fn decision(decision: &CaseDecision, cases: &[CaseResult]) -> String {
    let CaseDecision { case, award, reason, decided_by, decided_at, counts, .. } = decision;
    let task = cases.iter().find(|one| one.name == *case).map(|one| one.task.as_str());
    let sentence = DecisionWords {
        case: Some(case),
        task: task.unwrap_or_default(),
        award: *award,
        decided_by,
        decided_at: *decided_at,
        reason,
        counts: *counts,
    };
    line(&sentence.sentence(), SENTENCE)
}

/// An instructor's record, likewise.
pub(crate) fn grade(grade: &Grade) -> Grade {
    let Grade {
        submission,
        title,
        outcome,
        points,
        max_points,
        tasks,
        cases,
        problems,
        notes,
        audit,
        fault,
        costs,
        provenance,
        due,
        recorded,
        decisions,
    } = grade;
    let Submission { student, id, late, partners, remarks: on_hand_in, module, content_hash } =
        submission;
    Grade {
        submission: Submission {
            student: line(student, NAME),
            id: id.as_ref().map(|id| line(id, NAME)),
            late: *late,
            partners: partners.iter().take(ITEMS).map(|name| line(name, NAME)).collect(),
            remarks: on_hand_in.iter().take(ITEMS).map(remark).collect(),
            module: line(module, NAME),
            content_hash: line(content_hash, NAME),
        },
        title: line(title, NAME),
        outcome: *outcome,
        points: *points,
        max_points: *max_points,
        tasks: tasks.iter().map(score).collect(),
        cases: cases.iter().map(case).collect(),
        problems: problems.iter().take(ITEMS).map(problem).collect(),
        notes: notes
            .iter()
            .take(ITEMS)
            .map(remark)
            .chain(left_out(notes.len(), problems.len()).into_iter().map(Remark::text))
            .chain(decision_sentences(grade).into_iter().map(Remark::text))
            .collect(),
        audit: audit.iter().take(ITEMS).map(audit_refusal).collect(),
        fault: fault.as_ref().map(|text| hidden(text, MESSAGE)),
        costs: costs.clone(),
        provenance: provenance_of(provenance),
        due: due.as_ref().map(|day| line(day, NAME)),
        recorded: *recorded,
        decisions: decisions.clone(),
    }
}

fn hidden(text: &Hidden<String>, longest: usize) -> Hidden<String> {
    Hidden::new(block(text.for_instructor(), longest))
}

fn audit_refusal(refusal: &AuditRefusal) -> AuditRefusal {
    let AuditRefusal { function, tasks, way, leads_to, around } = refusal;
    AuditRefusal {
        function: line(function, NAME),
        tasks: tasks.iter().map(|task| line(task, NAME)).collect(),
        way: way.iter().take(ITEMS).map(|function| line(function, NAME)).collect(),
        leads_to: leads_to.as_ref().map(|name| line(name, NAME)),
        around: *around,
    }
}

/// A remark as a sentence that is safe to show.
fn remark(remark: &Remark) -> Remark {
    Remark::text(line(&remark.to_string(), SENTENCE))
}

/// The number of remarks and compile problems that are not shown.
fn left_out(remarks: usize, problems: usize) -> Vec<String> {
    let mut out = Vec::new();
    if remarks > ITEMS {
        out.push(format!("{} more remarks are not shown.", remarks - ITEMS));
    }
    if problems > ITEMS {
        out.push(format!("{} more compile problems are not shown.", problems - ITEMS));
    }
    out
}

fn score(score: &TaskScore) -> TaskScore {
    let TaskScore { id, title, points, max_points, passed, cases, outcome, hint, pending, credit } =
        score;
    TaskScore {
        id: line(id, NAME),
        title: line(title, NAME),
        points: *points,
        max_points: *max_points,
        passed: *passed,
        cases: *cases,
        outcome: *outcome,
        hint: line(hint, SENTENCE),
        pending: *pending,
        credit: credit.clone(),
    }
}

fn task(task: &StudentTask) -> StudentTask {
    let StudentTask { score: points, cases, unseen, unseen_weight, weights } = task;
    StudentTask {
        score: score(points),
        cases: cases.iter().map(student_case).collect(),
        unseen: *unseen,
        unseen_weight: *unseen_weight,
        weights: *weights,
    }
}

fn student_case(case: &StudentCase) -> StudentCase {
    let StudentCase {
        name,
        claim,
        weight,
        outcome,
        decided,
        message,
        location,
        blocked_by,
        timing,
    } = case;
    StudentCase {
        name: line(name, NAME),
        claim: line(claim, SENTENCE),
        weight: *weight,
        outcome: *outcome,
        decided: *decided,
        message: message.as_ref().map(|text| block(text, MESSAGE)),
        location: location.as_ref().map(|text| line(text, NAME)),
        blocked_by: names(blocked_by),
        timing: timing.as_ref().map(timing_of),
    }
}

fn timing_of(timing: &TimingResult) -> TimingResult {
    TimingResult { against: line(&timing.against, NAME), ..timing.clone() }
}

fn case(case: &CaseResult) -> CaseResult {
    let CaseResult {
        name,
        task,
        claim,
        outcome,
        message,
        location,
        blocked_by,
        detail,
        weight,
        visibility,
        wall_seconds,
        timing,
        timed_pairs,
    } = case;
    CaseResult {
        name: line(name, NAME),
        task: line(task, NAME),
        claim: line(claim, SENTENCE),
        outcome: *outcome,
        message: message.as_ref().map(|text| block(text, MESSAGE)),
        location: location.as_ref().map(|text| line(text, NAME)),
        blocked_by: names(blocked_by),
        detail: detail.as_ref().map(|text| hidden(text, TEXT)),
        weight: *weight,
        visibility: *visibility,
        wall_seconds: *wall_seconds,
        timing: timing.as_ref().map(timing_of),
        timed_pairs: timed_pairs.clone(),
    }
}

fn names(names: &[String]) -> Vec<String> {
    names.iter().map(|name| line(name, NAME)).collect()
}

fn problem(problem: &CompileProblem) -> CompileProblem {
    let CompileProblem { file, line: row, column, message, explanation, task } = problem;
    CompileProblem {
        file: file.as_ref().map(|text| line(text, NAME)),
        line: *row,
        column: *column,
        message: line(message, SENTENCE),
        explanation: block(explanation, TEXT),
        task: task.as_ref().map(|text| line(text, NAME)),
    }
}

fn provenance_of(provenance: &Provenance) -> Provenance {
    let Provenance {
        key,
        seed,
        suite_hash,
        rubric_hash,
        toolchain,
        sandbox,
        grader_version,
        conditions,
        machine,
    } = provenance;
    Provenance {
        key: line(key, NAME),
        seed: seed.clone(),
        suite_hash: line(suite_hash, NAME),
        rubric_hash: line(rubric_hash, NAME),
        toolchain: line(toolchain, NAME),
        sandbox: line(sandbox, NAME),
        grader_version: line(grader_version, NAME),
        conditions: line(conditions, NAME),
        machine: machine.as_ref().map(|machine| MachineInfo {
            processor: line(&machine.processor, NAME),
            vector_level: machine.vector_level,
        }),
    }
}
