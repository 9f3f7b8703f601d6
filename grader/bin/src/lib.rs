//! The course that this grader grades: the only crate of the engine that names its modules.

use grader_judge::Module;

/// The modules of `config/course.yaml` that have hidden cases.
pub static MODULES: &[Module] = &[
    profiling_grading::MODULE,
    acceleration_grading::MODULE,
    quantization_grading::MODULE,
    compression_grading::MODULE,
    caching_grading::MODULE,
];
