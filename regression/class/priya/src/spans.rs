use std::time::Duration;
use tinytorch::clock::{Clock, MonotonicClock};

#[derive(Debug)]
struct Span {
    name: String,
    parent: usize,
    calls: usize,
    time: Duration,
}

/// Number 0 is the root of everything and its own parent.
#[derive(Debug)]
pub struct PerformanceProfiler<C: Clock = MonotonicClock> {
    clock: C,
    spans: Vec<Span>,
    current: usize,
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
        let root = Span { name: String::new(), parent: 0, calls: 0, time: Duration::ZERO };
        Self { clock, spans: vec![root], current: 0 }
    }

    pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R {
        let parent = self.current;
        let known = self.spans.iter().position(|s| s.parent == parent && s.name == name);
        let me = known.unwrap_or(self.spans.len());
        if me == self.spans.len() {
            let span = Span { name: name.to_string(), parent, calls: 0, time: Duration::ZERO };
            self.spans.push(span);
        }
        self.current = me;
        let start = self.clock.now();
        let result = f(self);
        self.spans[me].time += self.clock.now() - start;
        self.spans[me].calls += 1;
        self.current = parent;
        result
    }

    /// How deep the tree goes below a span.
    fn levels(&self, of: usize) -> usize {
        let children = (0..self.spans.len()).filter(|&i| self.spans[i].parent == of);
        children.map(|child| 1 + self.levels(child)).max().unwrap_or(0)
    }

    pub fn report(&self) -> SpanReport {
        let mut rows = Vec::new();
        for depth in 0..self.levels(0) {
            for span in &self.spans[1..] {
                // TODO not the right order yet, and only the path's end
                rows.push(SpanRow {
                    path: span.name.clone(),
                    depth,
                    calls: span.calls,
                    total_s: span.time.as_secs_f64(),
                    own_s: 0.0,
                    share: 0.0,
                });
            }
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
        self.rows.iter().filter(|r| r.depth == 0).map(|r| r.total_s).sum()
    }

    pub fn render(&self) -> String {
        todo!("when the rows are right")
    }
}
