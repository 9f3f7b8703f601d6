//! Which model fits where.

// BEGIN SOLUTION: -
use crate::CompressionError;
// END SOLUTION
use crate::Result;

/// A model that could be deployed, as it was measured. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What it is called.
    pub name: String,
    /// The length of its file.
    pub bytes: usize,
    /// Seconds of one inference.
    pub seconds: f64,
    /// Accuracy on data that it has not seen, 0 to 1.
    pub accuracy: f64,
    /// Floating-point operations of one inference.
    pub flops: f64,
    /// Bytes that one inference reads from memory.
    pub traffic: f64,
}

/// What a scenario asks for. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requirements {
    /// The longest file.
    pub max_bytes: usize,
    /// The longest inference, in seconds.
    pub max_seconds: f64,
    /// The least accuracy, 0 to 1.
    pub min_accuracy: f64,
}

/// Where it runs, and what it costs there. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Device {
    /// Floating-point operations a second of one core.
    pub flops_per_second: f64,
    /// Bytes a second between memory and one core.
    pub bytes_per_second: f64,
    /// The price of a core for an hour.
    pub price_per_core_hour: f64,
}

/// By how much a candidate misses a requirement. Given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shortfall {
    /// So many bytes too long.
    Bytes(usize),
    /// So many seconds too slow.
    Seconds(f64),
    /// So much too little accuracy.
    Accuracy(f64),
}

/// The answer for one scenario. Given.
#[derive(Clone, Debug, PartialEq)]
pub struct DeploymentPlan {
    /// The candidate to deploy, by its index; `None` if none meets all requirements.
    pub choice: Option<usize>,
    /// For each candidate, what it misses, in the order bytes, seconds, accuracy; empty for one that fits.
    pub shortfalls: Vec<Vec<Shortfall>>,
    /// The estimated price of a million inferences, for each candidate.
    pub cost_per_million: Vec<f64>,
}

/// Chooses among candidates: of those that meet all requirements, the cheapest; of equally cheap ones the most accurate; of these the
/// first. A number exactly at its limit meets it. The time that the price is made of is the larger of the two that the
/// roofline allows, for operations and for bytes.
///
/// # Errors
/// [`BadValue`](crate::CompressionError::BadValue) of `deployment_plan` without candidates, and for a number of a candidate, of the
/// requirements or of the device that is negative or not finite, an accuracy above 1, or a speed of 0. The reason names the field.
///
/// Source: Williams, Waterman and Patterson, "Roofline" (2009).
pub fn deployment_plan(
    candidates: &[Candidate],
    needs: Requirements,
    device: Device,
) -> Result<DeploymentPlan> {
    // BEGIN SOLUTION: what is missing, what it costs, which one is left
    if candidates.is_empty() {
        return Err(CompressionError::value("deployment_plan", "no candidates: give at least one"));
    }
    check_needs(needs)?;
    check_device(device)?;
    candidates.iter().try_for_each(check_candidate)?;
    let shortfalls: Vec<_> = candidates.iter().map(|of| shortfalls(of, needs)).collect();
    let costs: Vec<f64> = candidates.iter().map(|of| million(of, device)).collect();
    let fitting = (0..candidates.len()).filter(|at| shortfalls[*at].is_empty());
    let choice = fitting.reduce(|best, at| {
        let accuracy = |at: usize| candidates[at].accuracy;
        let better =
            costs[at] < costs[best] || (costs[at] == costs[best] && accuracy(at) > accuracy(best));
        if better { at } else { best }
    });
    Ok(DeploymentPlan { choice, shortfalls, cost_per_million: costs })
    // END SOLUTION
}
// BEGIN SOLUTION: -

const INFERENCES: f64 = 1e6;
const SECONDS_PER_HOUR: f64 = 3600.0;

/// What a candidate misses.
fn shortfalls(of: &Candidate, needs: Requirements) -> Vec<Shortfall> {
    let mut all = Vec::new();
    if of.bytes > needs.max_bytes {
        all.push(Shortfall::Bytes(of.bytes - needs.max_bytes));
    }
    if of.seconds > needs.max_seconds {
        all.push(Shortfall::Seconds(of.seconds - needs.max_seconds));
    }
    if of.accuracy < needs.min_accuracy {
        all.push(Shortfall::Accuracy(needs.min_accuracy - of.accuracy));
    }
    all
}

/// The price of a million inferences, by the roofline.
fn million(of: &Candidate, device: Device) -> f64 {
    let computing = of.flops / device.flops_per_second;
    let reading = of.traffic / device.bytes_per_second;
    computing.max(reading) * INFERENCES / SECONDS_PER_HOUR * device.price_per_core_hour
}

fn check_needs(needs: Requirements) -> Result<()> {
    check_number("max_seconds", needs.max_seconds)?;
    check_share("min_accuracy", needs.min_accuracy)
}

fn check_device(device: Device) -> Result<()> {
    check_number("price_per_core_hour", device.price_per_core_hour)?;
    for (name, speed) in [
        ("flops_per_second", device.flops_per_second),
        ("bytes_per_second", device.bytes_per_second),
    ] {
        check_number(name, speed)?;
        if speed == 0.0 {
            return bad(format!("{name} is 0: use a speed above it"));
        }
    }
    Ok(())
}

fn check_candidate(of: &Candidate) -> Result<()> {
    let named = |field: &str| format!("{field} of `{}`", of.name);
    check_number(&named("seconds"), of.seconds)?;
    check_share(&named("accuracy"), of.accuracy)?;
    check_number(&named("flops"), of.flops)?;
    check_number(&named("traffic"), of.traffic)
}

fn check_number(name: &str, number: f64) -> Result<()> {
    if number >= 0.0 && number.is_finite() {
        return Ok(());
    }
    bad(format!("{name} is {number}: use a finite number that is not negative"))
}

fn check_share(name: &str, share: f64) -> Result<()> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    bad(format!("{name} is {share}: use 0 to 1"))
}

fn bad(reason: String) -> Result<()> {
    Err(CompressionError::value("deployment_plan", reason))
}
// END SOLUTION
