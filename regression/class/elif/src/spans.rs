use std::time::Duration;
use tinytorch::clock::{Clock, MonotonicClock};

/// A span and the spans in it. The root of the tree has no name and is no span.
#[derive(Debug, Default)]
struct Tree {
    name: String,
    calls: usize,
    time: Duration,
    inner: Vec<Tree>,
}

#[derive(Debug)]
pub struct PerformanceProfiler<C: Clock = MonotonicClock> {
    clock: C,
    root: Tree,
    /// child numbers from the root to the open span
    way: Vec<usize>,
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
        Self { clock, root: Tree::default(), way: Vec::new() }
    }

    fn current(&mut self) -> &mut Tree {
        let mut tree = &mut self.root;
        for &i in &self.way {
            tree = &mut tree.inner[i];
        }
        tree
    }

    pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R {
        let here = &mut self.current().inner;
        let i = here.iter().position(|t| t.name == name).unwrap_or(here.len());
        if i == here.len() {
            here.push(Tree { name: name.to_owned(), ..Tree::default() });
        }
        self.way.push(i);
        let begin = self.clock.now();
        let result = f(self);
        let took = self.clock.now() - begin;
        let span = self.current();
        span.calls += 1;
        span.time += took;
        self.way.pop();
        result
    }

    pub fn report(&self) -> SpanReport {
        let mut rows = Vec::new();
        for tree in &self.root.inner {
            walk(tree, String::new(), 0, &mut rows);
        }
        let mut report = SpanReport { rows };
        let all = report.total_s();
        if all > 0.0 {
            for row in &mut report.rows {
                row.share = row.own_s / all;
            }
        }
        report
    }
}

fn walk(tree: &Tree, above: String, depth: usize, rows: &mut Vec<SpanRow>) {
    let path = above + &tree.name;
    let inside: Duration = tree.inner.iter().map(|t| t.time).sum();
    rows.push(SpanRow {
        path: path.clone(),
        depth,
        calls: tree.calls,
        total_s: tree.time.as_secs_f64(),
        own_s: tree.time.saturating_sub(inside).as_secs_f64(),
        share: 0.0,
    });
    for t in &tree.inner {
        walk(t, format!("{path}/"), depth + 1, rows);
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
        for row in self.rows.iter().filter(|r| r.depth == 0) {
            sum += row.total_s;
        }
        sum
    }

    pub fn render(&self) -> String {
        let mut text = String::new();
        let mut percent = 0.0;
        for r in &self.rows {
            let name = r.path.split('/').next_back().unwrap();
            let label = "  ".repeat(r.depth) + name;
            let p = 100.0 * r.share;
            text += &format!("{label:<24} {:>6} x {:>10.6} s {p:>6.1} %\n", r.calls, r.total_s);
            percent += p;
        }
        let label = format!("{:<34}", "total");
        text + &format!("{label}{:>10.6} s {percent:>6.1} %", self.total_s())
    }
}
