//! Progress of a class run, on standard error: a bar on a terminal, lines where there is none.

use crate::time_left::{ClassPace, estimate, words};
use grader_model::{Grade, Outcome};
use grader_pipeline::GradeOrigin;
use grader_report::{escape, shown_name};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Where there is no terminal: a line at least as often as this.
const LINE_EVERY: Duration = Duration::from_secs(15);
/// And about so many lines for a whole class.
const LINES: usize = 20;

/// Shows who is being graded and how long the rest will take.
pub struct GradingProgress {
    bar: ProgressBar,
    terminal: bool,
    state: Arc<Mutex<BarState>>,
}

struct BarState {
    pace: ClassPace,
    /// Who is being graded, and since when.
    current: BTreeMap<String, Instant>,
    /// When all will be done, as far as it is known.
    end: Option<Instant>,
    /// How many were done, and when, at the last line.
    last_line: (usize, Instant),
}

impl GradingProgress {
    /// For `total` submissions, `jobs` at a time.
    pub fn new(total: usize, jobs: usize) -> Self {
        let state = Arc::new(Mutex::new(BarState {
            pace: ClassPace { total, jobs, ..ClassPace::default() },
            current: BTreeMap::new(),
            end: None,
            last_line: (0, Instant::now()),
        }));
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
        let style = "{spinner} {bar:30} {pos}/{len} done  {left}  {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            let shared = Arc::clone(&state);
            // Between two results it counts down.
            let left = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
                let end = locked(&shared).end;
                let _ = out.write_str(&words(
                    end.map(|end| end.saturating_duration_since(Instant::now())),
                ));
            };
            bar.set_style(style.with_key("left", left));
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, terminal: std::io::stderr().is_terminal(), state }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// A submission is being graded.
    pub fn started(&self, student: &str) {
        let mut state = locked(&self.state);
        state.current.insert(shown_name(student), Instant::now());
        self.show(state);
    }

    /// It is done.
    pub fn finished(&self, grade: &Grade, origin: GradeOrigin) {
        let name = shown_name(&grade.submission.student);
        let now = Instant::now();
        let mut state = locked(&self.state);
        state.finish(&name, origin, now);
        let line = state.line(&name, grade, now).filter(|_| !self.terminal);
        self.show(state);
        if let Some(line) = line {
            eprintln!("grader: {line}");
        }
        if grade.outcome == Outcome::GraderFault {
            self.say(&format!("{name}: the grader failed; it is not a zero"));
        }
        self.bar.inc(1);
    }

    /// A line of its own, above the bar if there is one.
    pub fn say(&self, line: &str) {
        if self.terminal {
            self.bar.println(line);
        } else {
            eprintln!("grader: {line}");
        }
    }

    /// The bar is drawn without the lock: drawing asks for it.
    fn show(&self, state: MutexGuard<'_, BarState>) {
        let names: Vec<_> = state.current.keys().map(String::as_str).collect();
        let message = escape::line(&names.join(", "), 400);
        drop(state);
        self.bar.set_message(message);
    }
}

fn locked(state: &Mutex<BarState>) -> MutexGuard<'_, BarState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BarState {
    fn finish(&mut self, name: &str, origin: GradeOrigin, now: Instant) {
        // An entry that cannot be graded was never started.
        let Some(start) = self.current.remove(name) else { return };
        self.pace.done += 1;
        if origin == GradeOrigin::Graded {
            self.pace.graded += 1;
            self.pace.spent += now - start;
        }
        self.pace.running = self.current.values().map(|start| now - *start).collect();
        self.end = estimate(&self.pace).map(|left| now + left);
    }

    /// The line for a log, if it is time for one.
    fn line(&mut self, name: &str, grade: &Grade, now: Instant) -> Option<String> {
        let ClassPace { done, total, .. } = self.pace;
        let (done_then, then) = self.last_line;
        let enough =
            done - done_then.min(done) >= total.div_ceil(LINES) || now - then >= LINE_EVERY;
        if !enough || done == done_then {
            return None;
        }
        self.last_line = (done, now);
        let mut line = format!("{done} of {total} done ({name}: {})", result(grade));
        let left = words(self.end.map(|end| end.saturating_duration_since(now)));
        if !left.is_empty() {
            let _ = write!(line, ", {left}");
        }
        Some(line)
    }
}

fn result(grade: &Grade) -> String {
    let rounded = |points: f64| (100.0 * points).round() / 100.0;
    match grade.points {
        Some(points) => {
            let (points, max) = (rounded(points), rounded(grade.max_points));
            let pending = match rounded(grade.pending()) {
                some if some > 0.0 => format!(", {some} pending"),
                _ => String::new(),
            };
            format!("{points} of {max}{pending}")
        }
        None => format!("no grade, {}", grade.outcome.words()),
    }
}
