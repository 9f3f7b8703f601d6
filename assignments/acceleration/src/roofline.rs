//! Task `roofline`: how fast could it be?

mod work;

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
        let _ = (&flops_per_second, &bytes_per_second); // Not used yet: goes with the todo!.
        todo!("refuse what is not finite and above 0")
    }

    /// The intensity at which both limits are equal, in FLOPs a byte: the corner of the roof.
    pub fn ridge(&self) -> f64 {
        let _ = (&self.flops_per_second, &self.bytes_per_second);
        todo!("divide the limits")
    }

    /// FLOPs a second that this machine can do at most for this work: the smaller one of the peak, and
    /// of intensity times bandwidth. Work without bytes has the peak; work without FLOPs has 0.
    pub fn attainable(&self, work: &Work) -> f64 {
        let _ = (&self.flops_per_second, &self.bytes_per_second, &work);
        todo!("take the smaller limit; mind work that moves no bytes")
    }

    /// Which limit holds. At the ridge itself it is [`Bound::Compute`].
    pub fn bound(&self, work: &Work) -> Bound {
        let _ = &work; // Not used yet: goes with the todo!.
        todo!("compare the intensity with the ridge")
    }

    /// The least time that this work can take, in seconds: that of its arithmetic or that of its
    /// transfers, whichever is longer (they overlap).
    pub fn predict(&self, work: &Work) -> f64 {
        let _ = (&self.flops_per_second, &self.bytes_per_second, &work);
        todo!("take the longer of two times")
    }

    /// Predicted over measured time: 1 for work that reaches its roof. Above 1 the roof, or the count
    /// of the work, is wrong.
    ///
    /// # Errors
    /// [`AccelError::BadQuantity`](crate::AccelError::BadQuantity) of `time` unless `seconds` is
    /// finite and above 0.
    pub fn efficiency(&self, work: &Work, seconds: f64) -> Result<f64> {
        let _ = (&work, &seconds); // Not used yet: goes with the todo!.
        todo!("compare the prediction with the time")
    }
}
