//! Task `spans`: where, inside, the time goes.

use std::time::Duration;
use tinytorch::clock::{Clock, MonotonicClock};

/// A tree that owns its branches. The trunk has no name; its branches are the roots.
#[derive(Debug, Default)]
struct Branch {
    name: String,
    calls: usize,
    total: Duration,
    branches: Vec<Branch>,
}

impl Branch {
    fn child(&mut self, name: &str) -> &mut Branch {
        let at = self.branches.iter().position(|b| b.name == name).unwrap_or_else(|| {
            self.branches.push(Branch { name: name.to_owned(), ..Branch::default() });
            self.branches.len() - 1
        });
        &mut self.branches[at]
    }

    fn inside(&self) -> Duration {
        self.branches.iter().map(|b| b.total).sum()
    }

    fn walk(&self, path: &mut Vec<String>, all: f64, rows: &mut Vec<SpanRow>) {
        for branch in &self.branches {
            path.push(branch.name.clone());
            let own_s = branch.total.saturating_sub(branch.inside()).as_secs_f64();
            rows.push(SpanRow {
                path: path.join("/"),
                depth: path.len() - 1,
                calls: branch.calls,
                total_s: branch.total.as_secs_f64(),
                own_s,
                share: if all > 0.0 { own_s / all } else { 0.0 },
            });
            branch.walk(path, all, rows);
            path.pop();
        }
    }
}

/// While a span is open, its branch has been taken off the tree and put here; the spans inside
/// grow on it. Closing puts it back.
#[derive(Debug)]
pub struct PerformanceProfiler<C: Clock = MonotonicClock> {
    clock: C,
    here: Branch,
}

impl Default for PerformanceProfiler {
    fn default() -> Self {
        Self::new()
    }
}

impl PerformanceProfiler {
    pub fn new() -> Self {
        Self::with_clock(MonotonicClock::new())
    }
}

impl<C: Clock> PerformanceProfiler<C> {
    pub fn with_clock(clock: C) -> Self {
        Self { clock, here: Branch::default() }
    }

    pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R {
        let inner = std::mem::take(self.here.child(name));
        let outer = std::mem::replace(&mut self.here, inner);
        // Taking it left an unnamed branch behind in `outer`, which keeps the place.
        let start = self.clock.now();
        let result = f(self);
        let time = self.clock.now().saturating_sub(start);
        let mut done = std::mem::replace(&mut self.here, outer);
        done.name = name.to_owned();
        done.calls += 1;
        done.total += time;
        *self.here.child("") = done;
        result
    }

    pub fn report(&self) -> SpanReport {
        let mut report = SpanReport::default();
        self.here.walk(&mut Vec::new(), self.here.inside().as_secs_f64(), &mut report.rows);
        report
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct SpanRow {
    pub path: String,
    pub depth: usize,
    pub calls: usize,
    pub total_s: f64,
    pub own_s: f64,
    pub share: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpanReport {
    pub rows: Vec<SpanRow>,
}

impl SpanReport {
    pub fn total_s(&self) -> f64 {
        let mut sum = 0.0;
        for row in &self.rows {
            if row.depth == 0 {
                sum += row.total_s;
            }
        }
        sum
    }

    pub fn render(&self) -> String {
        let mut text = String::new();
        let mut percent = 0.0;
        for row in &self.rows {
            let name = row.path.rsplit_once('/').map_or(row.path.as_str(), |(_, name)| name);
            let left = format!("{:indent$}{name}", "", indent = 2 * row.depth);
            let p = row.share * 100.0;
            percent += p;
            text += &format!("{left:<24} {:>6} x {:>10.6} s {p:>6.1} %\n", row.calls, row.total_s);
        }
        text + &format!("{:<34}{:>10.6} s {percent:>6.1} %", "total", self.total_s())
    }
}
