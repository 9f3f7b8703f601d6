//! Task `spans`: where in a program the time is spent.

// BEGIN SOLUTION: -
use std::time::Duration;
// END SOLUTION
use tinytorch::clock::{Clock, MonotonicClock};

/// Measures named pieces of code, which can be nested.
///
/// ```
/// use profiling::PerformanceProfiler;
///
/// let mut profiler = PerformanceProfiler::new();
/// let sum = profiler.span("step", |p| {
///     let data = p.span("load", |_| vec![1.0_f64; 1000]);
///     p.span("compute", |_| data.iter().sum::<f64>())
/// });
/// assert_eq!(sum, 1000.0);
/// println!("{}", profiler.report().render());
/// ```
#[derive(Debug)]
pub struct PerformanceProfiler<C: Clock = MonotonicClock> {
    clock: C,
    // Add the fields that you need.
    // BEGIN SOLUTION: -
    /// In the order in which they were first opened.
    nodes: Vec<Node>,
    /// The innermost open span.
    open: Option<usize>,
    // END SOLUTION
}

// BEGIN SOLUTION: -
/// All spans of one path.
#[derive(Debug)]
struct Node {
    name: String,
    parent: Option<usize>,
    calls: usize,
    total: Duration,
}
// END SOLUTION

impl Default for PerformanceProfiler {
    fn default() -> Self {
        Self::new()
    }
}

impl PerformanceProfiler {
    /// A profiler on the operating system's monotonic clock.
    pub fn new() -> Self {
        Self::with_clock(MonotonicClock::new())
    }
}

impl<C: Clock> PerformanceProfiler<C> {
    /// A profiler on the given clock.
    pub fn with_clock(clock: C) -> Self {
        // BEGIN SOLUTION: a profiler without any spans
        Self { clock, nodes: Vec::new(), open: None }
        // END SOLUTION
    }

    /// Runs `f` as a span called `name`, and returns its result. Spans that `f` opens, on the
    /// profiler it receives, are children of this one.
    ///
    /// A span is identified by its path, the names from the root to it. If it is opened again under
    /// the same parent, its calls and time are added to the existing span. The same name under
    /// another parent is a different span.
    pub fn span<R>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> R) -> R {
        // BEGIN SOLUTION: find or add the span under the open one, open it, time f, close it
        let node = self.node(name);
        let outer = self.open.replace(node);
        let start = self.clock.now();
        let result = f(self);
        let elapsed = self.clock.now().saturating_sub(start);
        self.open = outer;
        self.nodes[node].calls += 1;
        self.nodes[node].total += elapsed;
        result
        // END SOLUTION
    }

    /// The measurements so far. For an open span, only earlier, completed calls count, so call this
    /// when all spans are closed.
    pub fn report(&self) -> SpanReport {
        // BEGIN SOLUTION: go through the tree from the roots, a parent before its children
        let roots = self.children(None);
        let whole: Duration = roots.iter().map(|&root| self.nodes[root].total).sum();
        let mut rows = Vec::with_capacity(self.nodes.len());
        for root in roots {
            self.add_rows(root, "", 0, whole, &mut rows);
        }
        SpanReport { rows }
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    /// The node called `name` under the open one, added if it is not there.
    fn node(&mut self, name: &str) -> usize {
        let parent = self.open;
        let known = self.nodes.iter().position(|node| node.parent == parent && node.name == name);
        known.unwrap_or_else(|| {
            let name = name.to_string();
            self.nodes.push(Node { name, parent, calls: 0, total: Duration::ZERO });
            self.nodes.len() - 1
        })
    }

    fn children(&self, parent: Option<usize>) -> Vec<usize> {
        (0..self.nodes.len()).filter(|&node| self.nodes[node].parent == parent).collect()
    }

    fn add_rows(
        &self,
        at: usize,
        prefix: &str,
        depth: usize,
        whole: Duration,
        rows: &mut Vec<SpanRow>,
    ) {
        let node = &self.nodes[at];
        let children = self.children(Some(at));
        let inside: Duration = children.iter().map(|&child| self.nodes[child].total).sum();
        let own = node.total.saturating_sub(inside);
        let share = if whole.is_zero() { 0.0 } else { own.as_secs_f64() / whole.as_secs_f64() };
        let path = format!("{prefix}{}", node.name);
        rows.push(SpanRow {
            path: path.clone(),
            depth,
            calls: node.calls,
            total_s: node.total.as_secs_f64(),
            own_s: own.as_secs_f64(),
            share,
        });
        for child in children {
            self.add_rows(child, &format!("{path}/"), depth + 1, whole, rows);
        }
    }
    // END SOLUTION
}

/// All spans of one path.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanRow {
    /// The names from the root, joined with `/`.
    pub path: String,
    /// The nesting depth: 0 for a root.
    pub depth: usize,
    /// How often it was closed.
    pub calls: usize,
    /// Seconds inside, children included.
    pub total_s: f64,
    /// Seconds inside, children excluded: `total_s` minus the children's `total_s`.
    pub own_s: f64,
    /// `own_s` as a fraction of the time of all roots. Own times count each second only once, so
    /// the shares of all rows add up to 1.
    pub share: f64,
}

/// The time of all spans.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpanReport {
    /// Each parent comes directly before its children, and children are in the order of first
    /// opening. All shares are 0 if the roots took no time.
    pub rows: Vec<SpanRow>,
}

impl SpanReport {
    /// Seconds of all roots together.
    pub fn total_s(&self) -> f64 {
        // BEGIN SOLUTION: add up the roots
        let roots = self.rows.iter().filter(|row| row.depth == 0);
        roots.fold(0.0, |sum, root| sum + root.total_s)
        // END SOLUTION
    }

    /// The report as text, without a final newline:
    ///
    /// ```text
    /// step                          2 x   0.010000 s   10.0 %
    ///   load                        2 x   0.003000 s   30.0 %
    ///   compute                     4 x   0.006000 s   60.0 %
    /// total                               0.010000 s  100.0 %
    /// ```
    ///
    /// Each row: two spaces per level of depth and the span's own name, together 24 columns; a
    /// space; the calls in 6 columns; ` x `; `total_s` in 10 columns with 6 decimals; ` s `; the
    /// share in percent in 6 columns with 1 decimal; ` %`. The last line: `total` in 24 columns, a
    /// space, 6 empty columns, 3 spaces, then [`total_s`](Self::total_s) and the sum of all shares,
    /// formatted like the rows.
    pub fn render(&self) -> String {
        // BEGIN SOLUTION: format a line for each row, then the total
        let mut lines: Vec<String> = self.rows.iter().map(SpanRow::render).collect();
        let shares = self.rows.iter().fold(0.0, |sum, row| sum + row.share);
        let total_s = self.total_s();
        let percent = 100.0 * shares;
        lines.push(format!("{:<24} {:>6}   {total_s:>10.6} s {percent:>6.1} %", "total", ""));
        lines.join("\n")
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
impl SpanRow {
    fn render(&self) -> String {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let label = format!("{}{name}", "  ".repeat(self.depth));
        let calls = self.calls;
        let total_s = self.total_s;
        let percent = 100.0 * self.share;
        format!("{label:<24} {calls:>6} x {total_s:>10.6} s {percent:>6.1} %")
    }
}
// END SOLUTION
