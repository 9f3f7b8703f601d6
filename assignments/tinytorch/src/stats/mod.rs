//! Quantiles: how far from the mean a confidence interval has to reach.

mod normal;
mod student_t;

pub use normal::normal_quantile;
pub use student_t::t_quantile;
