//! Task `roofline`: how fast could it be?

mod work;

// BEGIN SOLUTION: -
use crate::AccelError;
// END SOLUTION
use crate::Result;
pub use work::Work;

/// Which of a machine's two limits holds for some work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The memory delivers too slowly: fewer bytes would help.
    Memory,
    /// The arithmetic takes longer than the transfer: fewer or wider operations would help.
    Compute,
}

/// A machine, reduced to two numbers, and what they allow.
///
/// Source: Williams, Waterman and Patterson, "Roofline: An Insightful Visual Performance Model for
/// Multicore Architectures" (2009).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Roofline {
    flops_per_second: f64,
    bytes_per_second: f64,
}

impl Roofline {
    /// A machine with this peak of arithmetic (FLOPs a second) and of memory bandwidth (bytes a second).
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

    /// The intensity at which both limits are equal, in FLOPs a byte: the corner of the roof.
    pub fn ridge(&self) -> f64 {
        // BEGIN SOLUTION: divide the limits
        self.flops_per_second / self.bytes_per_second
        // END SOLUTION
    }

    /// FLOPs a second that this machine can do at most for this work: the smaller one of the peak, and
    /// of intensity times bandwidth. Work without bytes has the peak; work without FLOPs has 0.
    pub fn attainable(&self, work: &Work) -> f64 {
        // BEGIN SOLUTION: take the smaller limit; mind work that moves no bytes
        match work.intensity() {
            None if work.flops == 0 => 0.0,
            None => self.flops_per_second,
            Some(intensity) => self.flops_per_second.min(intensity * self.bytes_per_second),
        }
        // END SOLUTION
    }

    /// Which limit holds. At the ridge itself it is [`Bound::Compute`].
    pub fn bound(&self, work: &Work) -> Bound {
        // BEGIN SOLUTION: compare the intensity with the ridge
        match work.intensity() {
            Some(intensity) if intensity < self.ridge() => Bound::Memory,
            _ => Bound::Compute,
        }
        // END SOLUTION
    }

    /// The least time that this work can take, in seconds: that of its arithmetic or that of its
    /// transfers, whichever is longer (they overlap).
    pub fn predict(&self, work: &Work) -> f64 {
        // BEGIN SOLUTION: take the longer of two times
        let arithmetic = work.flops as f64 / self.flops_per_second;
        let transfer = work.bytes as f64 / self.bytes_per_second;
        arithmetic.max(transfer)
        // END SOLUTION
    }

    /// Predicted over measured time: 1 for work that reaches its roof. Above 1 the roof, or the count
    /// of the work, is wrong.
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
