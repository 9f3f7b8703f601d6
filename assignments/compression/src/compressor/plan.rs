//! Which model fits where.

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
    let _ = (&candidates, &needs, &device); // Not used yet: goes with the todo!.
    todo!("what is missing, what it costs, which one is left")
}
