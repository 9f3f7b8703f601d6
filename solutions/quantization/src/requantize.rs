//! Task `linear`, first part: from 32-bit sums to 8-bit codes without a floating-point number.

// BEGIN SOLUTION: -
use crate::QuantError;
// END SOLUTION
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
        // BEGIN SOLUTION: scale the number by a power of two until it has 31 bits; rounding may give it one more
        const M0_MIN: f64 = (1_u32 << 30) as f64;
        let low = f64::powi(2.0, -32);
        let high = f64::powi(2.0, 29);
        if !(low <= real && real < high) {
            let reason = format!("the multiplier {real} must be at least 2^-32 and below 2^29");
            return Err(QuantError::BadValue { operation: "Multiplier::new", reason });
        }
        let mut scaled = real;
        let mut shift = 0;
        while scaled < M0_MIN {
            scaled *= 2.0;
            shift += 1;
        }
        let rounded = scaled.round_ties_even();
        if rounded == 2.0 * M0_MIN {
            return Ok(Self { m0: M0_MIN as i32, shift: shift - 1 });
        }
        Ok(Self { m0: rounded as i32, shift })
        // END SOLUTION
    }

    /// `sum * m0 * 2^-shift`, rounded once to the nearest integer, with ties upwards (towards positive infinity). A
    /// result that does not fit into an `i32` saturates.
    ///
    /// # Cost
    /// One 64-bit product, one addition, one shift.
    ///
    /// Source: Jacob et al. (2018), section 2.2. Their library gemmlowp rounds twice; one rounding is nearer.
    pub fn apply(self, sum: i32) -> i32 {
        // BEGIN SOLUTION: a product of 64 bits, half of the divisor added, and a shift
        let product = i64::from(sum) * i64::from(self.m0);
        let half = 1_i64 << (self.shift - 1);
        let rounded = (product + half) >> self.shift;
        rounded.clamp(i32::MIN.into(), i32::MAX.into()) as i32
        // END SOLUTION
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
        // BEGIN SOLUTION: one multiplier for each channel
        let output_scale = f64::from(output.scale());
        let multipliers = scales.iter().map(|scale| Multiplier::new(scale / output_scale));
        Ok(Self { multipliers: multipliers.collect::<Result<_>>()?, output, relu })
        // END SOLUTION
    }

    /// The code of a channel's sum: multiplied, moved by the zero point, and saturated to the codes of the output.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn requantize(&self, channel: usize, sum: i32) -> i32 {
        // BEGIN SOLUTION: multiply, add the zero point, saturate
        let scheme = self.output.scheme();
        let zero_point = self.output.zero_point();
        let low = if self.relu { zero_point } else { scheme.min() };
        let code = self.multipliers[channel].apply(sum).saturating_add(zero_point);
        code.clamp(low, scheme.max())
        // END SOLUTION
    }

    // BEGIN SOLUTION: -
    /// The same, with no code below the zero point.
    pub(crate) fn with_relu(self) -> Self {
        Self { relu: true, ..self }
    }
    // END SOLUTION

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
