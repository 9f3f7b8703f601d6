//! The learning rate over time.

use std::f64::consts::PI;

use crate::{Result, TensorError};

/// A learning rate that rises linearly to its peak and then falls along half a
/// cosine.
///
/// With `w` steps of warm-up and `n` steps in all, step `s = 0, 1, ...` has the
/// rate
///
/// ```text
/// s < w:  peak (s + 1) / w
/// else:   floor + (peak - floor) (1 + cos(pi t)) / 2,    t = (s - w) / (n - w)
/// ```
///
/// and every step from `n` on has `floor`.
///
/// Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm
/// Restarts" (2017), equation 5, without restarts; the warm-up is from Goyal et
/// al., "Accurate, Large Minibatch SGD" (2017), section 2.2.
///
/// ```
/// use tinytorch::train::CosineSchedule;
///
/// let schedule = CosineSchedule::new(0.1, 110)?.warmup(10)?.floor(0.01);
/// assert_eq!(schedule.learning_rate(0), 0.01);
/// assert_eq!(schedule.learning_rate(9), 0.1);
/// assert!((schedule.learning_rate(60) - 0.055).abs() < 1e-12);
/// assert_eq!(schedule.learning_rate(110), 0.01);
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct CosineSchedule {
    peak: f64,
    floor: f64,
    warmup_steps: u64,
    total_steps: u64,
}

impl CosineSchedule {
    /// From `peak` to 0 in `total_steps` steps, without warm-up.
    ///
    /// # Errors
    /// When there are no steps, or the peak is not a positive number.
    pub fn new(peak: f64, total_steps: u64) -> Result<Self> {
        let reason = if total_steps == 0 {
            "total_steps must not be 0".to_string()
        } else if !(peak.is_finite() && peak > 0.0) {
            format!("the peak {peak} must be a positive number")
        } else {
            return Ok(Self { peak, floor: 0.0, warmup_steps: 0, total_steps });
        };
        Err(TensorError::config("cosine schedule", reason))
    }

    /// The number of warm-up steps, out of all steps.
    ///
    /// # Errors
    /// When there are more warm-up steps than steps in total.
    pub fn warmup(self, warmup_steps: u64) -> Result<Self> {
        if warmup_steps > self.total_steps {
            let reason = format!(
                "{warmup_steps} steps of warm-up do not fit into {} steps in all",
                self.total_steps
            );
            return Err(TensorError::config("cosine schedule", reason));
        }
        Ok(Self { warmup_steps, ..self })
    }

    /// The final learning rate; 0 by default.
    pub fn floor(self, floor: f64) -> Self {
        Self { floor, ..self }
    }

    /// The learning rate of a step, counted from 0.
    pub fn learning_rate(&self, step: u64) -> f64 {
        if step < self.warmup_steps {
            return self.peak * (step + 1) as f64 / self.warmup_steps as f64;
        }
        if step >= self.total_steps {
            return self.floor;
        }
        let length = (self.total_steps - self.warmup_steps) as f64;
        let t = (step - self.warmup_steps) as f64 / length;
        self.floor + (self.peak - self.floor) * 0.5 * (1.0 + (PI * t).cos())
    }
}
