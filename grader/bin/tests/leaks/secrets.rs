//! What is hidden of some grades, and of the course.

use crate::support::{contents, root};
use grader_model::{Grade, Hidden, NOT_FOR_STUDENTS, Outcome};
use std::collections::BTreeSet;

/// Texts that nobody but an instructor may see.
pub struct SecretTexts {
    texts: BTreeSet<String>,
    values: usize,
}

impl SecretTexts {
    /// The seeds, the inputs, expected values and times of `grades`; lines of hidden code; where the course is.
    pub fn of(grades: &[Grade]) -> Self {
        let (mut texts, mut values) = (BTreeSet::new(), BTreeSet::new());
        for grade in grades {
            let seed = *grade.provenance.seed.for_instructor();
            if seed != 0 {
                let bytes = seed.to_le_bytes().map(|byte| byte.to_string()).join(", ");
                texts.extend([seed.to_string(), format!("{seed:x}"), format!("{seed:X}"), bytes]);
            }
            texts.insert(grade.provenance.key.clone());
            for case in &grade.cases {
                // A student's own panic may tell the inputs of its own run: they are drawn once.
                let own_words = match case.outcome {
                    Outcome::Crashed => drawn(case.message.as_deref().unwrap_or_default()),
                    _ => BTreeSet::new(),
                };
                let hidden = case.detail.iter().flat_map(|detail| drawn(detail.for_instructor()));
                values.extend(hidden.filter(|value| !own_words.contains(value)));
                let pairs = case.timed_pairs.iter().flat_map(Hidden::for_instructor);
                values.extend(pairs.flat_map(|pair| drawn(&format!("{pair:?}"))));
            }
        }
        let count = values.len();
        texts.extend(values);
        texts.insert(NOT_FOR_STUDENTS.into());
        texts.extend(lines_of_hidden_code());
        texts.extend(places());
        Self { texts, values: count }
    }

    /// What is hidden of the course itself.
    pub fn of_course() -> Self {
        Self::of(&[])
    }

    /// How many inputs, expected values and times are among them.
    pub fn values(&self) -> usize {
        self.values
    }

    /// Those that stand in `bytes`.
    pub fn shown_in(&self, bytes: &[u8]) -> Vec<&str> {
        let text = String::from_utf8_lossy(bytes);
        self.texts.iter().map(String::as_str).filter(|secret| text.contains(secret)).collect()
    }
}

/// The numbers in a text that nobody writes by hand: eight digits or more.
fn drawn(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    let long = |word: &&str| word.bytes().filter(u8::is_ascii_digit).count() >= 8;
    words.filter(long).map(str::to_owned).collect()
}

/// Statements and functions of cases, oracles, drivers, and whatever else is under `hidden`.
fn lines_of_hidden_code() -> BTreeSet<String> {
    let (mut lines, mut shown) = (BTreeSet::new(), BTreeSet::new());
    let solutions = contents(&root().join("solutions")).into_iter();
    for (path, bytes) in solutions.chain(contents(&root().join("assignments/tinytorch"))) {
        let path = path.strip_prefix(root()).unwrap_or(&path);
        let is_in = |folder: &str| path.components().any(|part| part.as_os_str() == folder);
        let rust = path.extension().is_some_and(|ending| ending == "rs");
        if !rust {
            continue;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let code = |line: &&str| line.starts_with("let ") || line.starts_with("fn ");
        let code = text.lines().map(str::trim).filter(code);
        let code = code.filter(|line| line.len() > 40).map(str::to_owned);
        let given = is_in("assignments") || is_in("tests") || is_in("examples");
        match (is_in("grading"), given) {
            (true, _) => lines.extend(code),
            (false, true) => shown.extend(code),
            (false, false) => {}
        }
    }
    // Visible tests and examples call the same functions; formulas are common to all.
    lines.retain(|line| !shown.contains(line));
    assert!(lines.len() > 400, "only {} lines", lines.len());
    lines
}

/// Places on this machine and in the course that are nobody's business.
fn places() -> [String; 4] {
    let here = root().display().to_string();
    [here, "/grading/cases".into(), "/grading/oracle".into(), "grader-work-".into()]
}
