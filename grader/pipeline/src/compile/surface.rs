//! The probes of a module's public surface: which signature is missing or changed.
//!
//! A probe file is Rust with headings. Each heading opens a probe that lasts to the next one:
//! ```text
//! // PROBE timer: Timer::measure
//! // EXPECT: pub fn measure<R>(&self, f: impl FnMut() -> R, ...) -> Result<TimingStats>
//! fn timer_measure(timer: &searching::Timer) { ... }
//! ```
//! A task may be followed by what the probe is for: `// PROBE tiled (audit): add_matmul_tiled` is compiled when the
//! audit cannot find a function, `(timed)` when the kernels do not compile. A probe without such a word counts for
//! all. So a student is not charged for what nothing that was asked needs.

use super::diagnostics::{Diagnostic, is_students};
use crate::fault::{Fault, Result};
use grader_model::CompileProblem;

/// What did not compile, so that the interface is probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The driver.
    Driver,
    /// The kernels that are timed.
    Kernels,
    /// The addresses of audited functions.
    Audit,
}

impl Purpose {
    /// Whether a probe that is marked with `word` is compiled for it; `None` for a word that means nothing.
    fn asks(self, word: &str) -> Option<bool> {
        match word {
            "timed" => Some(self == Self::Kernels),
            "audit" => Some(self == Self::Audit),
            _ => None,
        }
    }
}

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
    /// It failed, or is for something else.
    left_out: bool,
}

impl<'a> Surface<'a> {
    /// Reads the headings. Probes that `purpose` does not ask for are left out.
    pub fn parse(text: &'a str, purpose: Purpose) -> Result<Self> {
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
            let (task, asked) = match task.split_once(" (") {
                None => (task, Some(true)),
                Some((task, word)) => (task, word.strip_suffix(')').and_then(|w| purpose.asks(w))),
            };
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
                left_out: !asked.ok_or_else(malformed)?,
            });
        }
        Ok(Self { lines, probes, changed: true })
    }

    /// The file without the probes that are left out, at unchanged line numbers; `None` when nothing
    /// new would be learnt from compiling it.
    pub fn remaining(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let kept = |line: usize| !self.probes.iter().any(|p| p.left_out && p.holds(line));
        let line = |(at, text): (usize, &&'a str)| if kept(at + 1) { *text } else { "" };
        Some(self.lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n"))
    }

    /// The signatures of a task's items.
    pub fn expected(&self, task: &str) -> Vec<&'a str> {
        self.probes.iter().filter(|probe| probe.task == task).map(|probe| probe.expect).collect()
    }

    /// The problems that `diagnostics` of the probe file amount to, in the student's terms, each with its item.
    pub fn blame(&mut self, diagnostics: &[Diagnostic]) -> Vec<(String, CompileProblem)> {
        let mut problems = Vec::new();
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
            let place = diagnostic.place_in(&|file| file == "lib.rs");
            let line = place.map_or(0, |span| span.line_start as usize);
            let Some(probe) = self.probes.iter_mut().find(|probe| probe.holds(line)) else {
                continue;
            };
            if !std::mem::replace(&mut probe.left_out, true) {
                self.changed = true;
                problems.push((probe.item.to_owned(), probe.problem(diagnostic)));
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
fn timer_new() -> searching::Timer { searching::Timer::new() }
// PROBE memory: MemoryStats
// EXPECT: pub struct MemoryStats
fn memory_stats(_: searching::MemoryStats) {}
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
        let mut surface = Surface::parse(FILE, Purpose::Driver).unwrap();
        let (item, problem) = surface.blame(&error_at(4, Some(12))).remove(0);
        assert_eq!(item, "Timer::new");
        assert_eq!(problem.message, "`Timer::new` should be `pub fn new() -> Timer`");
        assert_eq!(problem.task.as_deref(), Some("timer"));
        assert_eq!(problem.line, Some(12), "the student's own line, not the probe's");
    }

    #[test]
    fn a_failed_probe_is_blanked_so_that_others_can_be_heard() {
        let mut surface = Surface::parse(FILE, Purpose::Driver).unwrap();
        assert_eq!(surface.remaining().unwrap(), FILE.trim_end());
        surface.blame(&error_at(4, None));
        let rest = surface.remaining().unwrap();
        assert!(!rest.contains("Timer") && rest.contains("MemoryStats"));
        assert_eq!(rest.lines().count(), FILE.lines().count());
        assert!(surface.remaining().is_none(), "nothing new failed");
    }

    #[test]
    fn a_probe_is_compiled_for_what_it_is_marked_with() {
        let text = "// PROBE tiled (timed): f\n// EXPECT: fn f()\nfn f() {}\n\
                    // PROBE given (audit): g\n// EXPECT: fn g()\nfn g() {}\n";
        let compiled = |purpose| {
            let rest = Surface::parse(text, purpose).unwrap().remaining().unwrap();
            ["fn f() {}", "fn g() {}"].map(|item| rest.lines().any(|line| line == item))
        };
        assert_eq!(compiled(Purpose::Driver), [false, false]);
        assert_eq!(compiled(Purpose::Kernels), [true, false]);
        assert_eq!(compiled(Purpose::Audit), [false, true]);
        let error = Surface::parse(&text.replace("audit", "later"), Purpose::Audit).err().unwrap();
        assert!(error.to_string().contains("hidden/surface.rs:4"));
    }

    #[test]
    fn a_heading_without_expectation_is_our_fault() {
        let error =
            Surface::parse("// PROBE timer: Timer\nfn x() {}\n", Purpose::Driver).err().unwrap();
        assert!(error.to_string().contains("hidden/surface.rs:1"));
    }
}
