//! Quantiles for confidence intervals.

mod normal;
mod student_t;

pub use normal::normal_quantile;
pub use student_t::t_quantile;
