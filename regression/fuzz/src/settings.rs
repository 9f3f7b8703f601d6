//! The files that instructors write: rubrics and the course's list of modules.

use crate::memory::MemoryAllowance;
use crate::script::{ChoiceScript, damage};
use grader_course::config::{ConfigErrors, Course, GateRubric, Rubric};
use grader_course::located::render_plain;

/// A rubric as it is, of which edited ones are made.
const RUBRIC: &str = include_str!("../../../config/modules/acceleration.yaml");
const COURSE: &str = include_str!("../../../config/course.yaml");
/// A short one, so that an edit is likely to hit what is read.
const SHORT: &str = "module: scratch\ntitle: \"T\"\npoints_total: 10\nlimits: { call_seconds: 10, \
    cpu_seconds: 120, memory_mb: 512, threads: 32, compile_seconds: 60, compile_memory_mb: 1024 }\n\
    visibility: name\ntasks:\n  - id: one\n    title: One\n    points: 2.5\n    file: src/one.rs\n    \
    partial: steps\n    steps: {50: 0.5, 100: 1.0}\n    hint: h\n    gates:\n      fast: { at_least: 4, \
    reference: 9, best_wrong: 1 }\n    cases: { fast: { weight: 6, visibility: nothing } }\n  - id: two\n    \
    title: Two\n    points: 7.5\n    file: src/two/a.rs\n    partial: all_or_nothing\n    hint: h\n    \
    gates:\n      p: { at_least: 1.3, reference: 1.8, best_wrong: 1.0, rule: threads }\n";

/// What an edit puts in: keys, values that are wrong in one way each, and YAML's own signs.
const TOKENS: [&str; 72] = [
    "",
    " ",
    "\n",
    "\n  ",
    ": ",
    ",",
    "{",
    "}",
    "[",
    "]",
    "- ",
    "? ",
    "#",
    "\"",
    "'",
    "|\n ",
    ">-\n  ",
    "&a ",
    "*a",
    "!!str ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\t",
    "\r\n",
    "\u{feff}",
    "\u{2028}",
    "\\",
    "<<: ",
    "~",
    "true",
    "null",
    "0",
    "-1",
    "1.5",
    "0.25",
    "1e6",
    "1e400",
    "-0.0",
    ".nan",
    ".inf",
    "0x10",
    "99999999999999999999",
    "50",
    "100",
    "module",
    "slug",
    "number",
    "due",
    "requires",
    "profiling",
    "\"2027-02-30\"",
    "points",
    "tasks",
    "id",
    "file",
    "../x.rs",
    "/etc/x.rs",
    "src/x.rs",
    "steps",
    "proportional",
    "weight",
    "gates",
    "threads",
    "15",
    "16",
    "one",
    "two",
    "fast",
    "acceleration",
    "\"2027-02-15\"",
    "[]",
];

/// A problem holds its message, its label and a handle on the text.
const READING: MemoryAllowance = MemoryAllowance {
    fixed: 256 << 10,
    live_per_byte: 4096,
    total_fixed: 8 * (256 << 10),
    total_per_byte: 65_536,
};

/// Reads a rubric or a course: bytes as they are, or an edited file.
pub fn run(input: &[u8]) {
    let mut script = ChoiceScript::new(input);
    let mode = script.byte() % 16;
    let text = match mode {
        0 | 1 => String::from_utf8_lossy(script.rest()).into_owned(),
        // Rarely: it is read ten times as long as the short one.
        2 => edited(&mut script, RUBRIC),
        4..8 => edited(&mut script, COURSE),
        _ => edited(&mut script, SHORT),
    };
    if matches!(mode, 1 | 4..8) {
        match READING.hold("reading a course", text.len(), || Course::parse("file.yaml", &text)) {
            Ok(course) => sound_course(&course),
            Err(errors) => located(&errors, &text),
        }
    } else {
        match READING.hold("reading a rubric", text.len(), || Rubric::parse("file.yaml", &text)) {
            Ok(rubric) => sound_rubric(&rubric, &text),
            Err(errors) => located(&errors, &text),
        }
    }
}

/// A file in which words were replaced, removed, added or doubled; rarely, single bytes.
fn edited(script: &mut ChoiceScript<'_>, file: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/');
    let mut parts: Vec<&str> = Vec::new();
    for piece in file.split_inclusive(|c| !word(c)) {
        let cut =
            piece.len() - piece.chars().next_back().filter(|c| !word(*c)).map_or(0, char::len_utf8);
        parts.extend([&piece[..cut], &piece[cut..]].iter().filter(|part| !part.is_empty()));
    }
    for _ in 0..script.byte() % 8 {
        let at = script.number() as usize % parts.len();
        let token = script.pick(&TOKENS);
        match script.byte() % 4 {
            0 | 1 => parts[at] = token,
            2 => parts.insert(at, token),
            _ => {
                let end = (at + usize::from(script.byte())).min(parts.len());
                let copy = parts[at..end].to_vec();
                parts.splice(at..at, copy);
            }
        }
    }
    let mut bytes = parts.concat().into_bytes();
    damage(script, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every mistake has a place in the file, and can be shown.
fn located(errors: &ConfigErrors, text: &str) {
    let lines = text.split('\n').count();
    assert!(!errors.problems().is_empty(), "refused without a reason");
    for problem in errors.problems() {
        assert_eq!(problem.file, "file.yaml");
        assert!(!problem.message.is_empty());
        let empty = problem.message == "the file is empty";
        let placed = (1..=lines).contains(&problem.line) && problem.column >= 1;
        assert!(placed || empty, "no place: {problem}");
    }
    // Rendering is slow beside reading: the first mistake of a part of the files will do.
    let first = errors.problems().first().filter(|_| text.len().is_multiple_of(8));
    if let Some(first) = first {
        let shown = render_plain(first, 100);
        assert!(shown.contains("file.yaml") || first.line == 0, "{shown}");
    }
}

/// What is accepted can be graded by.
fn sound_rubric(rubric: &Rubric, text: &str) {
    assert!(!rubric.tasks.is_empty() && rubric.points() > 0.0);
    for task in &rubric.tasks {
        let points = task.points;
        assert!((0.0..=1e6).contains(&points), "{points} points");
        for file in &task.files {
            let file = file.display().to_string();
            assert!(file.starts_with("src/") && file.split('/').all(|part| part != ".."), "{file}");
        }
        let same = rubric.tasks.iter().filter(|other| other.id == task.id).count();
        assert_eq!(same, 1, "two tasks are called {}", task.id);
        for reached in [0.0, 0.3, 1.0] {
            let fraction = task.partial.fraction(reached, 1.0);
            assert!((0.0..=1.0).contains(&fraction), "{fraction} of the points");
        }
        assert!((task.partial.fraction(1.0, 1.0) - 1.0).abs() < 1e-12, "all is not full marks");
        let sound = |weight: f64| weight.is_finite() && weight >= 0.0;
        assert!(task.cases.values().all(|case| sound(case.weight)), "{text}");
        let fits = |gate: &GateRubric| gate.fits(gate.reference, gate.best_wrong);
        assert!(task.gates.values().all(fits), "a gate that cannot be defended");
    }
    let limits = &rubric.limits;
    for limit in [limits.call_seconds, limits.cpu_seconds, limits.memory_mb, limits.threads] {
        assert!(limit > 0 && limit <= 1 << 20, "a limit of {limit}");
    }
}

fn sound_course(course: &Course) {
    for (at, module) in course.modules.iter().enumerate() {
        let before = &course.modules[..at];
        assert!(
            before.iter().all(|other| other.slug != module.slug && other.number != module.number)
        );
        let taught = |slug: &String| before.iter().any(|other| other.slug == *slug);
        assert!(module.requires.iter().all(taught), "{} before what it needs", module.slug);
        let found = course.resolve(&module.number.to_string()).map(|found| &found.slug);
        assert_eq!(found, Ok(&module.slug), "found by its number");
    }
}

/// Inputs to begin with: each way of reading, without an edit.
pub fn seeds() -> Vec<Vec<u8>> {
    let raw = |mode: u8, text: &str| [&[mode], text.as_bytes()].concat();
    vec![
        raw(0, SHORT),
        raw(1, COURSE),
        vec![2, 0],
        vec![8, 0],
        vec![4, 0],
        vec![8, 2, 30, 0, 0, 0, 32, 0, 60, 0, 0, 0, 9, 2],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_edited_is_accepted() {
        Rubric::parse("file.yaml", &edited(&mut ChoiceScript::new(&[]), RUBRIC))
            .expect("the rubric");
        Rubric::parse("file.yaml", &edited(&mut ChoiceScript::new(&[]), SHORT))
            .expect("the short one");
        Course::parse("file.yaml", &edited(&mut ChoiceScript::new(&[]), COURSE))
            .expect("the course");
    }
}
