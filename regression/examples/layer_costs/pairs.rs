//! Measurements in pairs: a machine that drifts hits both sides.

/// Seconds by variant and round. Each round measures all variants; the order turns by one from round to round,
/// and every other round goes backwards.
pub fn rounds(
    rounds: usize,
    variants: usize,
    mut measure: impl FnMut(usize) -> f64,
) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::new(); variants];
    for round in 0..rounds {
        let mut order: Vec<_> = (0..variants).map(|at| (at + round) % variants).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for variant in order {
            all[variant].push(measure(variant));
        }
    }
    all
}

/// The median of a sample and its 95 % interval, which assumes nothing of how the sample is distributed: the
/// order statistics between which a coin's heads lie that often.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// The median.
    pub median: f64,
    /// The interval's ends.
    pub interval: (f64, f64),
}

impl Estimate {
    /// Of `values`, at least six: fewer have no such interval, and theirs is from the least to the most.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let count = values.len();
        let cut = outside(count);
        let middle = f64::midpoint(values[(count - 1) / 2], values[count / 2]);
        Self { median: middle, interval: (values[cut], values[count - 1 - cut]) }
    }

    /// Of what `with` takes more than `without`, pair by pair.
    pub fn of_difference(with: &[f64], without: &[f64]) -> Self {
        Self::of(with.iter().zip(without).map(|(with, without)| with - without).collect())
    }

    /// So many times as much, in milliseconds.
    pub fn ms(self, times: f64) -> String {
        let in_ms = |seconds: f64| seconds * 1e3 * times;
        let (low, high) = self.interval;
        format!("{:.2} [{:.2}, {:.2}]", in_ms(self.median), in_ms(low), in_ms(high))
    }
}

/// How many values are cut off at each end, so that both cuts together hold the median in at most 5 %.
fn outside(count: usize) -> usize {
    let mut tail = 0.5_f64.powi(i32::try_from(count).unwrap_or(i32::MAX));
    let mut term = tail;
    let mut cut = 0;
    while cut + 1 < count / 2 {
        term *= (count - cut) as f64 / (cut + 1) as f64;
        if 2.0 * (tail + term) > 0.05 {
            break;
        }
        tail += term;
        cut += 1;
    }
    cut
}
