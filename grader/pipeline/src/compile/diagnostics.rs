//! What rustc says in JSON, as problems in the student's own files.

use grader_model::CompileProblem;
use serde::Deserialize;

/// A report names at most this many errors; the first ones matter.
const MOST_PROBLEMS: usize = 20;
/// An explanation is cut at this many bytes: a type can be written in megabytes.
const LONGEST_EXPLANATION: usize = 8 << 10;
/// So is a message: `compile_error!` says whatever it is given.
const LONGEST_MESSAGE: usize = 2 << 10;

/// One diagnostic, as far as it is needed here.
#[derive(Clone, Debug, Deserialize)]
pub struct RustcDiagnostic {
    /// One line.
    pub message: String,
    /// `error`, `warning`, `note`, ...
    pub level: String,
    /// Where.
    #[serde(default)]
    pub spans: Vec<SourceSpan>,
    /// Notes that belong to it.
    #[serde(default)]
    pub children: Vec<Self>,
    /// As rustc would print it.
    pub rendered: Option<String>,
}

/// A place in a source.
#[derive(Clone, Debug, Deserialize)]
pub struct SourceSpan {
    /// The file, relative to where rustc ran.
    pub file_name: String,
    /// One-based.
    pub line_start: u32,
    /// One-based.
    pub column_start: u32,
    /// Whether it is the main place.
    #[serde(default)]
    pub is_primary: bool,
    /// The macro call that this place was made by.
    #[serde(default)]
    pub expansion: Option<Box<MacroExpansion>>,
}

/// The macro call that code comes from.
#[derive(Clone, Debug, Deserialize)]
pub struct MacroExpansion {
    /// Where the macro was called.
    pub span: SourceSpan,
}

impl SourceSpan {
    /// This place, or the innermost macro call around it, in a file that `mine` accepts. An error
    /// inside a macro of the standard library stands in that library's file.
    fn within(&self, mine: &dyn Fn(&str) -> bool) -> Option<&Self> {
        let mut span = self;
        while !mine(&span.file_name) {
            span = &span.expansion.as_ref()?.span;
        }
        Some(span)
    }
}

impl RustcDiagnostic {
    /// Whether it is an error with a place or a code: not the summary line at the end.
    pub fn is_error(&self) -> bool {
        self.level.starts_with("error") && !self.message.starts_with("aborting due to")
    }

    /// The first place in a file that `mine` accepts: its main places first, then the others, then
    /// those of its notes.
    pub fn place_in(&self, mine: &dyn Fn(&str) -> bool) -> Option<&SourceSpan> {
        let (main, others): (Vec<_>, Vec<_>) = self.spans.iter().partition(|span| span.is_primary);
        let own = main.into_iter().chain(others).find_map(|span| span.within(mine));
        own.or_else(|| self.children.iter().find_map(|child| child.place_in(mine)))
    }

    /// What it says, cut to a sane length.
    pub fn shortened(&self) -> String {
        cut(&self.message, LONGEST_MESSAGE)
    }

    /// The rendering, cut to a sane length.
    pub fn explanation(&self) -> String {
        let text = self.rendered.as_deref().unwrap_or(&self.message);
        cut(text.trim_end(), LONGEST_EXPLANATION)
    }
}

fn cut(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    format!("{} [cut]", &text[..text.floor_char_boundary(longest)])
}

/// Whether a file is one of the submission's, as rustc names it.
pub fn is_students(file: &str) -> bool {
    file.starts_with("src/")
}

/// Reads JSON lines; what is no diagnostic (a crash message, a cut line) is passed over.
pub fn parse(stderr: &[u8]) -> Vec<RustcDiagnostic> {
    stderr
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// The errors among them, as the student is told.
pub fn problems(diagnostics: &[RustcDiagnostic]) -> Vec<CompileProblem> {
    let errors = || diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let mut problems: Vec<_> = errors().take(MOST_PROBLEMS).map(problem).collect();
    let more = errors().count().saturating_sub(MOST_PROBLEMS);
    if more > 0 {
        problems.push(CompileProblem {
            file: None,
            line: None,
            column: None,
            message: format!("and {more} more errors"),
            explanation: String::new(),
            task: None,
        });
    }
    problems
}

fn problem(diagnostic: &RustcDiagnostic) -> CompileProblem {
    let place = diagnostic.place_in(&is_students);
    CompileProblem {
        file: place.map(|span| span.file_name.clone()),
        line: place.map(|span| span.line_start),
        column: place.map(|span| span.column_start),
        message: diagnostic.shortened(),
        explanation: diagnostic.explanation(),
        task: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = r#"thread 'rustc' panicked
{"$message_type":"diagnostic","message":"mismatched types","code":{"code":"E0308"},"level":"error","spans":[{"file_name":"src/timer.rs","line_start":7,"column_start":5,"is_primary":true}],"children":[],"rendered":"error[E0308]: mismatched types"}
{"$message_type":"diagnostic","message":"unused","level":"warning","spans":[],"children":[],"rendered":"warning"}
{"$message_type":"diagnostic","message":"aborting due to 1 previous error","level":"error","spans":[],"children":[],"rendered":"x"}
{"cut":"#;

    #[test]
    fn errors_keep_the_students_own_file_and_line() {
        let problems = problems(&parse(LINES.as_bytes()));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].file.as_deref(), Some("src/timer.rs"));
        assert_eq!((problems[0].line, problems[0].column), (Some(7), Some(5)));
    }

    /// An `assert_eq!` whose sides have different types was reported in the standard library's file.
    #[test]
    fn an_error_inside_a_macro_stands_where_the_macro_was_called() {
        let line = r#"{"message":"mismatched types","level":"error","spans":[{"file_name":"/rustc/5980/library/core/src/macros/mod.rs","line_start":434,"column_start":39,"is_primary":true,"expansion":{"span":{"file_name":"src/timer.rs","line_start":7,"column_start":5,"is_primary":false,"expansion":null},"macro_decl_name":"matches!"}},{"file_name":"src/lib.rs","line_start":1,"column_start":1,"is_primary":false}]}"#;
        let problems = problems(&parse(line.as_bytes()));
        assert_eq!(problems[0].file.as_deref(), Some("src/timer.rs"));
        assert_eq!((problems[0].line, problems[0].column), (Some(7), Some(5)));
    }

    /// `compile_error!` with a text of a megabyte became a message of a megabyte.
    #[test]
    fn what_a_problem_says_is_cut() {
        let long = "é".repeat(100_000);
        let line = format!(r#"{{"message":"{long}","level":"error","rendered":"{long}"}}"#);
        let [problem] = &problems(&parse(line.as_bytes()))[..] else { panic!("one problem") };
        assert!(problem.message.len() <= LONGEST_MESSAGE + 6, "{}", problem.message.len());
        assert!(problem.explanation.len() <= LONGEST_EXPLANATION + 6);
    }

    #[test]
    fn a_flood_of_errors_is_counted_not_listed() {
        let line = LINES.lines().nth(1).unwrap();
        let many = vec![line; 1000].join("\n");
        let problems = problems(&parse(many.as_bytes()));
        assert_eq!(problems.len(), MOST_PROBLEMS + 1);
        assert_eq!(problems.last().unwrap().message, "and 980 more errors");
    }
}
