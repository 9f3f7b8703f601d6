//! Task `roofline`: the highest possible speed.

mod work;

// BEGIN SOLUTION: -
use crate::AccelError;
// END SOLUTION
use crate::Result;
pub use work::Work;

/// Which of a machine's two limits applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The memory transfer takes longer: reduce the bytes.
    Memory,
    /// The arithmetic takes longer than the transfer: use fewer or wider operations.
    Compute,
}

/// A machine, described by its two limits.
///
/// Source: Williams, Waterman and Patterson, "Roofline: An Insightful Visual Performance Model for
/// Multicore Architectures" (2009).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Roofline {
    flops_per_second: f64,
    bytes_per_second: f64,
}

impl Roofline {
    /// A machine with this peak performance (FLOPs per second) and this memory bandwidth (bytes per
    /// second).
    ///
    /// # Errors
    /// [`AccelError::BadQuantity`](crate::AccelError::BadQuantity) of `peak` or `bandwidth` unless
    /// they are finite and above 0.
    pub fn new(flops_per_second: f64, bytes_per_second: f64) -> Result<Self> {
        // BEGIN SOLUTION: refuse what is not finite and above 0
        let flops_per_second = positive("peak", flops_per_second)?;
        let bytes_per_second = positive("bandwidth", bytes_per_second)?;
        Ok(Self { flops_per_second, bytes_per_second })
        // END SOLUTION
    }

    /// The intensity at which both limits are equal, in FLOPs per byte: the corner of the roofline.
    pub fn ridge(&self) -> f64 {
        // BEGIN SOLUTION: divide the limits
        self.flops_per_second / self.bytes_per_second
        // END SOLUTION
    }

    /// The most FLOPs per second that this machine can reach for this work: the smaller of the peak and
    /// of intensity times bandwidth. For work without bytes it is the peak; for work without FLOPs it is
    /// 0.
    pub fn attainable(&self, work: &Work) -> f64 {
        // BEGIN SOLUTION: take the smaller limit; mind work that moves no bytes
        match work.intensity() {
            None if work.flops == 0 => 0.0,
            None => self.flops_per_second,
            Some(intensity) => self.flops_per_second.min(intensity * self.bytes_per_second),
        }
        // END SOLUTION
    }

    /// Which limit applies. At the ridge itself it is [`Bound::Compute`].
    pub fn bound(&self, work: &Work) -> Bound {
        // BEGIN SOLUTION: compare the intensity with the ridge
        match work.intensity() {
            Some(intensity) if intensity < self.ridge() => Bound::Memory,
            _ => Bound::Compute,
        }
        // END SOLUTION
    }

    /// The shortest possible time for this work, in seconds: that of its arithmetic or that of its
    /// transfers, whichever is longer (they overlap).
    pub fn predict(&self, work: &Work) -> f64 {
        // BEGIN SOLUTION: take the longer of two times
        let arithmetic = work.flops as f64 / self.flops_per_second;
        let transfer = work.bytes as f64 / self.bytes_per_second;
        arithmetic.max(transfer)
        // END SOLUTION
    }

    /// Predicted over measured time: 1 for work that reaches the roofline. Above 1, the machine's limits
    /// or the count of the work are wrong.
    ///
    /// # Errors
    /// [`AccelError::BadQuantity`](crate::AccelError::BadQuantity) of `time` unless `seconds` is
    /// finite and above 0.
    pub fn efficiency(&self, work: &Work, seconds: f64) -> Result<f64> {
        // BEGIN SOLUTION: compare the prediction with the time
        Ok(self.predict(work) / positive("time", seconds)?)
        // END SOLUTION
    }
}

// BEGIN SOLUTION: -
fn positive(quantity: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(AccelError::BadQuantity { quantity, value })
    }
}
// END SOLUTION
