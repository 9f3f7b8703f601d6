//! Task `linear`, first part: from 32-bit sums to 8-bit codes without a floating-point number.

use crate::{QuantParams, Result};

/// A positive real number as `m0 * 2^-shift`, with m0 of 31 bits: a sum is multiplied by it in integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multiplier {
    /// 2^30 to 2^31 - 1.
    m0: i32,
    /// 1 to 62.
    shift: u32,
}

impl Multiplier {
    /// The nearest multiplier (ties to even).
    ///
    /// # Errors
    /// [`BadValue`](crate::QuantError::BadValue) of `Multiplier::new` unless 2^-32 <= real < 2^29.
    pub fn new(real: f64) -> Result<Self> {
        let _ = &real; // Not used yet: goes with the todo!.
        todo!(
            "scale the number by a power of two until it has 31 bits; rounding may give it one more"
        )
    }

    /// `sum * m0 * 2^-shift`, rounded once to the nearest integer, with ties upwards (towards positive infinity). A
    /// result that does not fit into an `i32` saturates.
    ///
    /// # Cost
    /// One 64-bit product, one addition, one shift.
    ///
    /// Source: Jacob et al. (2018), section 2.2. Their library gemmlowp rounds twice; one rounding is nearer.
    pub fn apply(self, sum: i32) -> i32 {
        let _ = &sum; // Not used yet: goes with the todo!.
        todo!("a product of 64 bits, half of the divisor added, and a shift")
    }

    /// m0. Given.
    pub const fn m0(self) -> i32 {
        self.m0
    }

    /// The shift. Given.
    pub const fn shift(self) -> u32 {
        self.shift
    }
}

/// Turns the sums of a layer into its output codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Requantizer {
    multipliers: Vec<Multiplier>,
    output: QuantParams,
    relu: bool,
}

impl Requantizer {
    /// For sums in units of `scales[channel]`, and codes of the parameters `output`. The multiplier of a channel is its
    /// scale divided by the output's, in `f64`. With `relu`, no code is below the zero point.
    ///
    /// # Errors
    /// Those of [`Multiplier::new`].
    pub fn new(scales: &[f64], output: QuantParams, relu: bool) -> Result<Self> {
        let _ = (&scales, &output, &relu); // Not used yet: goes with the todo!.
        todo!("one multiplier for each channel")
    }

    /// The code of a channel's sum: multiplied, moved by the zero point, and saturated to the codes of the output.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn requantize(&self, channel: usize, sum: i32) -> i32 {
        let _ = (&channel, &sum); // Not used yet: goes with the todo!.
        todo!("multiply, add the zero point, saturate")
    }

    /// The multiplier of each channel. Given.
    pub fn multipliers(&self) -> &[Multiplier] {
        &self.multipliers
    }

    /// The parameters of the output. Given.
    pub const fn output(&self) -> QuantParams {
        self.output
    }

    /// Whether no code is below the zero point. Given.
    pub const fn has_relu(&self) -> bool {
        self.relu
    }
}
