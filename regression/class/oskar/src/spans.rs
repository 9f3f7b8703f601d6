use std::collections::HashMap;
use std::time::Duration;
use tinytorch::clock::{Clock, MonotonicClock};

#[derive(Debug)]
pub struct PerformanceProfiler<C: Clock = MonotonicClock> {
    clock: C,
    current: String,
    /// for each path: number of calls, and time
    times: HashMap<String, (usize, Duration)>,
    /// for each path (the empty one too): the paths right below
    below: HashMap<String, Vec<String>>,
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
        let (times, below) = Default::default();
        Self { clock, current: String::new(), times, below }
    }

    pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R {
        let parent = self.current.clone();
        let path =
            if parent.is_empty() { name.to_string() } else { format!("{parent}/{name}") };
        let siblings = self.below.entry(parent.clone()).or_default();
        if !siblings.contains(&path) {
            siblings.push(path.clone());
        }
        self.current = path.clone();
        let start = self.clock.now();
        let result = f(self);
        let end = self.clock.now();
        self.current = parent;
        let (calls, time) = self.times.entry(path).or_default();
        *calls += 1;
        *time += end - start;
        result
    }

    fn paths_below(&self, path: &str) -> &[String] {
        self.below.get(path).map_or(&[], Vec::as_slice)
    }

    fn time(&self, path: &str) -> Duration {
        self.times.get(path).map_or(Duration::ZERO, |t| t.1)
    }

    pub fn report(&self) -> SpanReport {
        let all: Duration = self.paths_below("").iter().map(|p| self.time(p)).sum();
        // depth first: a stack, the next one on top
        let mut todo: Vec<(&String, usize)> =
            self.paths_below("").iter().rev().map(|p| (p, 0)).collect();
        let mut rows = Vec::new();
        while let Some((path, depth)) = todo.pop() {
            let children = self.paths_below(path);
            let inside: Duration = children.iter().map(|p| self.time(p)).sum();
            let total = self.time(path);
            let total_s = total.as_secs_f64();
            rows.push(SpanRow {
                path: path.clone(),
                depth,
                calls: self.times.get(path).map_or(0, |t| t.0),
                total_s,
                own_s: (total - inside).as_secs_f64(),
                share: if all.is_zero() { 0.0 } else { total_s / all.as_secs_f64() },
            });
            todo.extend(children.iter().rev().map(|p| (p, depth + 1)));
        }
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
        self.rows.iter().filter(|r| r.depth == 0).map(|r| r.total_s).fold(0.0, |a, b| a + b)
    }

    pub fn render(&self) -> String {
        let mut out = vec![];
        for r in &self.rows {
            let name = r.path.split('/').next_back().unwrap_or("");
            let indented = "  ".repeat(r.depth) + name;
            let percent = r.share * 100.0;
            out.push(format!(
                "{indented:<24} {:>6} x {:>10.6} s {percent:>6.1} %",
                r.calls, r.total_s
            ));
        }
        let percent = 100.0 * self.rows.iter().fold(0.0, |a, r| a + r.share);
        out.push(format!("{:<31}   {:>10.6} s {percent:>6.1} %", "total", self.total_s()));
        out.join("\n")
    }
}
