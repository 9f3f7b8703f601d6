//! What was measured, against what was hoped for, and how it is shown.

mod chart;
mod text;

use serde::Serialize;

use super::decode::{self, CACHED, Decode, FLOOR, RECOMPUTE};
use super::field::{self, Field};
use super::products::{self, NAIVE, NDARRAY, Products, TILED};
use crate::measure::{Plan, Ratio};
use crate::report::machine;

pub use chart::svg;
pub use text::{markdown, record, table};

/// Everything of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The processor's features that matter, and its caches.
    pub machine: String,
    /// How often each was measured.
    pub rounds: usize,
    /// By size.
    pub products: Vec<Products>,
    /// By length of the context.
    pub decode: Vec<Decode>,
}

/// Something that the reference solutions should reach.
#[derive(Clone, Debug)]
pub struct Goal {
    /// What is compared: `tiled over naive, n = 500`.
    pub claim: String,
    /// What was measured.
    pub ratio: Option<Ratio>,
    /// Where it should be.
    pub bound: Bound,
}

/// A limit that belongs to what is allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// At least so many times as fast.
    AtLeast(f64),
    /// At most so many times as slow.
    AtMost(f64),
}

/// Whether a goal was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The whole interval is where it should be.
    Met,
    /// None of it is.
    NotMet,
    /// The limit lies within the interval.
    Undecided,
    /// One of the two was not measured.
    Unknown,
}

impl Goal {
    /// What the interval says.
    pub fn verdict(&self) -> Verdict {
        let Some(Ratio { low, high, .. }) = self.ratio else { return Verdict::Unknown };
        let (met, missed) = match self.bound {
            Bound::AtLeast(limit) => (low >= limit, high < limit),
            Bound::AtMost(limit) => (high <= limit, low > limit),
        };
        match (met, missed) {
            (true, _) => Verdict::Met,
            (_, true) => Verdict::NotMet,
            _ => Verdict::Undecided,
        }
    }
}

impl Report {
    /// Nothing yet.
    pub fn new(plan: Plan) -> Self {
        let machine = machine_and_caches();
        Self { machine, rounds: plan.rounds, products: Vec::new(), decode: Vec::new() }
    }

    /// The goals that this run says something about.
    pub fn goals(&self) -> Vec<Goal> {
        let mut goals = Vec::new();
        for products in &self.products {
            let at = format!("n = {}", products.size);
            let ratio = |slow| products.field.ratio(slow, TILED);
            let mut goal = |other: &str, ratio, limit| {
                let claim = format!("{TILED} over {other}, {at}");
                goals.push(Goal { claim, ratio, bound: Bound::AtLeast(limit) });
            };
            if products.size == 500 {
                goal(NAIVE, ratio(NAIVE), 40.0);
            }
            goal(NDARRAY, ratio(NDARRAY), 0.85);
        }
        for decode in &self.decode {
            let at = format!("T = {}", decode.tokens);
            let ratio = |slow, fast| decode.field.ratio(slow, fast);
            let limit = match decode.tokens {
                100 => Some(12.0),
                512 => Some(60.0),
                _ => None,
            };
            goals.extend(limit.map(|limit| Goal {
                claim: format!("{CACHED} over {RECOMPUTE}, {at}"),
                ratio: ratio(RECOMPUTE, CACHED),
                bound: Bound::AtLeast(limit),
            }));
            goals.push(Goal {
                claim: format!("{CACHED}'s time over the {FLOOR}, {at}"),
                ratio: ratio(CACHED, FLOOR),
                bound: Bound::AtMost(2.0),
            });
        }
        goals
    }

    fn fields(&self) -> impl Iterator<Item = &Field> {
        let products = self.products.iter().map(|it| &it.field);
        products.chain(self.decode.iter().map(|it| &it.field))
    }

    /// How the figures came about, and how well results agree, a line each.
    fn method(&self) -> Vec<String> {
        let mut lines = vec![
            format!(
                "Times are medians of {} rounds in which everyone has a turn (few of what takes \
                 seconds); CPU time for one thread, wall time for two. Ratios are formed within a \
                 round: geometric mean and 99 % interval.",
                self.rounds
            ),
            format!("{}. {}.", self.machine, field::versions(self.fields()).join(", ")),
        ];
        let largest = |fields: &mut dyn Iterator<Item = &Field>, floor: bool| {
            let outcomes = fields.flat_map(|field| &field.outcomes);
            let errors = outcomes.filter(|o| floor || o.contender.name != FLOOR);
            errors.filter_map(|o| o.error).fold(0.0, f64::max)
        };
        if !self.products.is_empty() {
            let worst = largest(&mut self.products.iter().map(|it| &it.field), true);
            lines.push(format!(
                "Checked first: products against one in f64; the largest error is {:.1} % of what \
                 rounding allows (n u |A||B|).",
                worst * 100.0
            ));
        }
        if !self.decode.is_empty() {
            let worst = largest(&mut self.decode.iter().map(|it| &it.field), false);
            lines.push(format!(
                "Checked first: logits against tinytorch's of the whole context; the largest \
                 difference is {worst:.0e} of their scale (allowed: {:.0e}).",
                crate::agree::TOLERANCE
            ));
        }
        lines.extend(field::problems(self.fields()));
        lines
    }
}

/// What a reader needs to know of the processor.
pub fn machine_and_caches() -> String {
    format!("{}; {}", machine(), caches())
}

/// Sizes of the caches of a core, as Linux tells them.
fn caches() -> String {
    let size = |index| {
        let folder = format!("/sys/devices/system/cpu/cpu0/cache/index{index}");
        let read = |name| std::fs::read_to_string(format!("{folder}/{name}")).ok();
        let (level, size) = (read("level")?, read("size")?);
        Some(format!("L{} {}", level.trim(), size.trim()))
    };
    // 1 is that for instructions.
    let sizes: Vec<_> = [0, 2, 3].into_iter().filter_map(size).collect();
    if sizes.is_empty() { "caches unknown".to_string() } else { sizes.join(", ") }
}

/// The names of all who could take part in the one and the other.
fn names() -> (Vec<&'static str>, Vec<&'static str>) {
    let name = |contender: &super::contender::Contender| contender.name;
    (products::CONTENDERS.iter().map(name).collect(), decode::CONTENDERS.iter().map(name).collect())
}
