//! Task `schedule`: pruning by and by, while the model trains.

mod cubic;
mod optimizer;
mod train;

pub use cubic::SparsitySchedule;
pub use optimizer::PruningOptimizer;
pub use train::{PruningTuning, fine_tune_pruned};
