//! Task `roofline`: the highest possible speed.

mod work;

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
        let _ = (&flops_per_second, &bytes_per_second); // Not used yet: goes with the todo!.
        todo!("refuse what is not finite and above 0")
    }

    /// The intensity at which both limits are equal, in FLOPs per byte: the corner of the roofline.
    pub fn ridge(&self) -> f64 {
        let _ = (&self.flops_per_second, &self.bytes_per_second);
        todo!("divide the limits")
    }

    /// The most FLOPs per second that this machine can reach for this work: the smaller of the peak and
    /// of intensity times bandwidth. For work without bytes it is the peak; for work without FLOPs it is
    /// 0.
    pub fn attainable(&self, work: &Work) -> f64 {
        let _ = (&self.flops_per_second, &self.bytes_per_second, &work);
        todo!("take the smaller limit; mind work that moves no bytes")
    }

    /// Which limit applies. At the ridge itself it is [`Bound::Compute`].
    pub fn bound(&self, work: &Work) -> Bound {
        let _ = &work; // Not used yet: goes with the todo!.
        todo!("compare the intensity with the ridge")
    }

    /// The shortest possible time for this work, in seconds: that of its arithmetic or that of its
    /// transfers, whichever is longer (they overlap).
    pub fn predict(&self, work: &Work) -> f64 {
        let _ = (&self.flops_per_second, &self.bytes_per_second, &work);
        todo!("take the longer of two times")
    }

    /// Predicted over measured time: 1 for work that reaches the roofline. Above 1, the machine's limits
    /// or the count of the work are wrong.
    ///
    /// # Errors
    /// [`AccelError::BadQuantity`](crate::AccelError::BadQuantity) of `time` unless `seconds` is
    /// finite and above 0.
    pub fn efficiency(&self, work: &Work, seconds: f64) -> Result<f64> {
        let _ = (&work, &seconds); // Not used yet: goes with the todo!.
        todo!("compare the prediction with the time")
    }
}
