//! Task `compressor`: a model within a budget.

mod model;
mod pattern;
mod plan;
mod sensitivity;

pub use model::{Compressed, CompressionReport, ModelCompressor};
pub use pattern::{SparsityPattern, sparsity_pattern};
pub use plan::{Candidate, DeploymentPlan, Device, Requirements, Shortfall, deployment_plan};
pub use sensitivity::{LayerSensitivity, SparsityOption, sensitivity};
