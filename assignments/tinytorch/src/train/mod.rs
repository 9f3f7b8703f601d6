//! Training: optimizers, batches, and the training loop.
//!
//! | part | what it does |
//! |---|---|
//! | [`Sgd`], [`Adam`] | move parameters, behind the [`Optimizer`] trait |
//! | [`clip_grad_norm`] | bounds the length of the gradients |
//! | [`CosineSchedule`] | the learning rate over time |
//! | [`Dataset`], [`DataLoader`] | examples, shuffled, in batches |
//! | [`Trainer`] | the loop; reports [`Progress`], keeps a [`History`] |
//! | [`classifier_loss`], [`classifier_score`] | the loss and the score of a classifier |
//! | [`EarlyStopping`] | stops when validation no longer improves |

mod adam;
mod classify;
mod clip;
mod dataset;
mod early_stopping;
mod history;
mod loader;
mod optimizer;
mod progress;
mod resume;
mod schedule;
mod sgd;
mod step;
mod trainer;

pub use adam::Adam;
pub use classify::{classifier_loss, classifier_score};
pub use clip::{clip_grad_norm, grad_norm};
pub use dataset::{Dataset, Labelled, LabelledBatch};
pub use early_stopping::EarlyStopping;
pub use history::{EpochRecord, History, Score};
pub use loader::DataLoader;
pub(crate) use optimizer::first_non_finite;
pub use optimizer::{Optimizer, OptimizerState};
pub use progress::{Plan, Progress, Silent, StepReport};
pub use schedule::CosineSchedule;
pub use sgd::Sgd;
pub use trainer::Trainer;
