use std::time::Duration;
use tinytorch::clock::{Clock, MonotonicClock};

/// One entry for each path. path = all names from the root.
#[derive(Debug, Clone)]
struct Entry {
    path: Vec<String>,
    calls: usize,
    total: Duration,
}

#[derive(Debug)]
pub struct PerformanceProfiler<C: Clock = MonotonicClock> {
    clock: C,
    entries: Vec<Entry>,
    open: Vec<String>,
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
        Self { clock, entries: Vec::new(), open: Vec::new() }
    }

    pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R {
        self.open.push(name.to_string());
        let path = self.open.clone();
        if !self.entries.iter().any(|e| e.path == path) {
            self.entries.push(Entry { path: path.clone(), calls: 0, total: Duration::ZERO });
        }
        let t0 = self.clock.now();
        let result = f(self);
        let t1 = self.clock.now();
        for e in &mut self.entries {
            if e.path == path {
                e.calls += 1;
                e.total += t1 - t0;
            }
        }
        self.open.pop();
        result
    }

    /// The entries right below `parent`.
    fn below(&self, parent: &[String]) -> Vec<Entry> {
        let mut found = Vec::new();
        for e in &self.entries {
            if e.path.len() == parent.len() + 1 && e.path.starts_with(parent) {
                found.push(e.clone());
            }
        }
        found
    }

    fn collect(&self, parent: &[String], whole: Duration, rows: &mut Vec<SpanRow>) {
        for e in self.below(parent) {
            let mut own = e.total;
            for child in self.below(&e.path) {
                own = own.saturating_sub(child.total);
            }
            let share =
                if whole.is_zero() { 0.0 } else { own.as_secs_f64() / whole.as_secs_f64() };
            rows.push(SpanRow {
                path: e.path.join("/"),
                depth: parent.len(),
                calls: e.calls,
                total_s: e.total.as_secs_f64(),
                own_s: own.as_secs_f64(),
                share,
            });
            self.collect(&e.path, whole, rows);
        }
    }

    pub fn report(&self) -> SpanReport {
        let mut whole = Duration::ZERO;
        for root in self.below(&[]) {
            whole += root.total;
        }
        let mut rows = Vec::new();
        self.collect(&[], whole, &mut rows);
        SpanReport { rows }
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
        let mut t = 0.0;
        for row in &self.rows {
            if row.depth == 0 {
                t += row.total_s;
            }
        }
        t
    }

    pub fn render(&self) -> String {
        let mut s = String::new();
        let mut shares = 0.0;
        for row in &self.rows {
            let mut label = String::new();
            for _ in 0..row.depth {
                label += "  ";
            }
            label += row.path.split('/').last().unwrap();
            s += &format!("{:<24} {:>6} x ", label, row.calls);
            s += &format!("{:>10.6} s {:>6.1} %\n", row.total_s, 100.0 * row.share);
            shares += row.share;
        }
        s += &format!("{:<24} {:>6}   ", "total", "");
        s += &format!("{:>10.6} s {:>6.1} %", self.total_s(), 100.0 * shares);
        s
    }
}
