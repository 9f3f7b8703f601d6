//! The probes of a module's public surface: which signature is missing or changed.
//!
//! A probe file is Rust with headings. Each heading opens a probe that lasts to the next one:
//! ```text
//! // PROBE timer: Timer::measure
//! // EXPECT: pub fn measure<R>(&self, f: impl FnMut() -> R, ...) -> Result<TimingStats>
//! fn timer_measure(timer: &profiling::Timer) { ... }
//! ```

use super::diagnostics::{Diagnostic, is_students};
use crate::fault::{Fault, Result};
use grader_model::CompileProblem;

/// The probe file of a module and which of its probes still count.
pub struct Surface<'a> {
    lines: Vec<&'a str>,
    probes: Vec<Probe<'a>>,
    changed: bool,
}

struct Probe<'a> {
    task: &'a str,
    item: &'a str,
    expect: &'a str,
    first_line: usize,
    last_line: usize,
    failed: bool,
}

impl<'a> Surface<'a> {
    /// Reads the headings.
    pub fn parse(text: &'a str) -> Result<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let mut probes: Vec<Probe<'_>> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let Some(heading) = line.strip_prefix("// PROBE ") else { continue };
            let malformed = || {
                Fault::new(format!(
                    "hidden/surface.rs:{}: a probe's heading is `// PROBE task: item`, followed by `// EXPECT: signature`",
                    at + 1
                ))
            };
            let (task, item) = heading.split_once(": ").ok_or_else(malformed)?;
            let expect = lines.get(at + 1).and_then(|next| next.strip_prefix("// EXPECT: "));
            if let Some(last) = probes.last_mut() {
                last.last_line = at;
            }
            probes.push(Probe {
                task,
                item,
                expect: expect.ok_or_else(malformed)?,
                first_line: at + 1,
                last_line: lines.len(),
                failed: false,
            });
        }
        Ok(Self { lines, probes, changed: true })
    }

    /// The file without the probes that failed, at unchanged line numbers; `None` when nothing
    /// new would be learnt from compiling it.
    pub fn remaining(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let kept = |line: usize| !self.probes.iter().any(|p| p.failed && p.holds(line));
        let line = |(at, text): (usize, &&'a str)| if kept(at + 1) { *text } else { "" };
        Some(self.lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n"))
    }

    /// The problems that `diagnostics` of the probe file amount to, in the student's terms.
    pub fn blame(&mut self, diagnostics: &[Diagnostic]) -> Vec<CompileProblem> {
        let mut problems = Vec::new();
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
            let place = diagnostic.place_in(&|file| file == "lib.rs");
            let line = place.map_or(0, |span| span.line_start as usize);
            let Some(probe) = self.probes.iter_mut().find(|probe| probe.holds(line)) else {
                continue;
            };
            if !std::mem::replace(&mut probe.failed, true) {
                self.changed = true;
                problems.push(probe.problem(diagnostic));
            }
        }
        problems
    }
}

impl Probe<'_> {
    const fn holds(&self, line: usize) -> bool {
        self.first_line <= line && line <= self.last_line
    }

    fn problem(&self, diagnostic: &Diagnostic) -> CompileProblem {
        let theirs = diagnostic.place_in(&is_students);
        CompileProblem {
            file: theirs.map(|span| span.file_name.clone()),
            line: theirs.map(|span| span.line_start),
            column: theirs.map(|span| span.column_start),
            message: format!("`{}` should be `{}`", self.item, self.expect),
            explanation: format!("the compiler says: {}", diagnostic.shortened()),
            task: Some(self.task.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::diagnostics;

    const FILE: &str = "\
#![allow(unused)]
// PROBE timer: Timer::new
// EXPECT: pub fn new() -> Timer
fn timer_new() -> profiling::Timer { profiling::Timer::new() }
// PROBE memory: MemoryStats
// EXPECT: pub struct MemoryStats
fn memory_stats(_: profiling::MemoryStats) {}
";

    fn error_at(line: u32, theirs: Option<u32>) -> Vec<Diagnostic> {
        let child = theirs.map_or(String::new(), |line| {
            format!(
                r#"{{"message":"defined here","level":"note","spans":[{{"file_name":"src/timer.rs","line_start":{line},"column_start":1}}]}}"#
            )
        });
        diagnostics::parse(
            format!(r#"{{"message":"mismatched types","level":"error","spans":[{{"file_name":"lib.rs","line_start":{line},"column_start":1,"is_primary":true}}],"children":[{child}]}}"#)
                .as_bytes(),
        )
    }

    #[test]
    fn an_error_is_told_as_the_signature_that_should_be_there() {
        let mut surface = Surface::parse(FILE).unwrap();
        let problems = surface.blame(&error_at(4, Some(12)));
        assert_eq!(problems[0].message, "`Timer::new` should be `pub fn new() -> Timer`");
        assert_eq!(problems[0].task.as_deref(), Some("timer"));
        assert_eq!(problems[0].line, Some(12), "the student's own line, not the probe's");
    }

    #[test]
    fn a_failed_probe_is_blanked_so_that_others_can_be_heard() {
        let mut surface = Surface::parse(FILE).unwrap();
        assert_eq!(surface.remaining().unwrap(), FILE.trim_end());
        surface.blame(&error_at(4, None));
        let rest = surface.remaining().unwrap();
        assert!(!rest.contains("Timer") && rest.contains("MemoryStats"));
        assert_eq!(rest.lines().count(), FILE.lines().count());
        assert!(surface.remaining().is_none(), "nothing new failed");
    }

    #[test]
    fn a_heading_without_expectation_is_our_fault() {
        let error = Surface::parse("// PROBE timer: Timer\nfn x() {}\n").err().unwrap();
        assert!(error.to_string().contains("hidden/surface.rs:1"));
    }
}
