//! Errors of measurements, and how to fix them. Given.

use std::fmt;

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, ProfileError>;

/// Why a measurement could not be made or evaluated.
#[derive(Debug, Clone, PartialEq)]
pub enum ProfileError {
    /// A measurement of no runs.
    NoRuns,
    /// Statistics of no samples.
    NoSamples,
    /// An invalid sample: NaN, infinite, or with a sign that a time cannot have.
    BadSample {
        /// Its position, counted from 0.
        index: usize,
        /// The sample.
        value: f64,
    },
    /// A percentile outside 0..=100, or NaN.
    BadQuantile {
        /// The requested percentile.
        q: f64,
    },
    /// A shape that the operation does not accept.
    Shape {
        /// The operation, such as `conv2d`.
        operation: &'static str,
        /// What it accepts, in words.
        expected: String,
        /// The actual shape.
        got: Vec<usize>,
    },
    /// A fraction outside 0..=1, or NaN.
    BadFraction {
        /// The fraction.
        fraction: f64,
    },
    /// A speedup factor that is 0, negative or NaN. Infinity is valid: the part takes no
    /// time.
    BadFactor {
        /// The factor.
        factor: f64,
    },
    /// A confidence level that is not strictly between 0 and 1.
    BadConfidence {
        /// The level.
        confidence: f64,
    },
    /// A tolerance that is negative, infinite or NaN.
    BadTolerance {
        /// The tolerance.
        tolerance: f64,
    },
    /// A bootstrap without resamples.
    TooFewResamples {
        /// The requested number.
        resamples: usize,
    },
    /// There is no part with this name.
    UnknownPart {
        /// The name.
        name: String,
    },
    /// Two parts with the same name.
    DuplicatePart {
        /// The name.
        name: String,
    },
    /// An analysis of no parts.
    NoParts,
    /// All parts take 0 seconds, so no part has a share.
    NoTime,
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRuns => f.write_str("0 timed runs give no time: ask for at least 1"),
            Self::NoSamples => f.write_str("no samples: measure at least one first"),
            Self::BadSample { index, value } => {
                write!(f, "sample {index} is {value}, which is no measured time: leave it out")
            }
            Self::BadQuantile { q } => {
                write!(f, "percentile {q} does not exist: use a number from 0 to 100")
            }
            Self::Shape { operation, expected, got } => {
                write!(f, "{operation}: got {got:?}, expected {expected}")
            }
            Self::BadFraction { fraction } => {
                write!(f, "{fraction} is no fraction of a whole: use a number from 0 to 1")
            }
            Self::BadFactor { factor } => {
                write!(f, "{factor} is no speedup factor: use one above 0, 2 for twice as fast")
            }
            Self::BadConfidence { confidence } => {
                write!(f, "{confidence} is no confidence level: use one inside (0, 1), 0.95 say")
            }
            Self::BadTolerance { tolerance } => {
                write!(f, "{tolerance} is no tolerance: use 0 or more, 0.05 for 5 %")
            }
            Self::TooFewResamples { resamples } => {
                write!(f, "{resamples} resamples give no interval: use some thousands")
            }
            Self::UnknownPart { name } => {
                write!(f, "there is no part `{name}`: use a name that the analyzer was made with")
            }
            Self::DuplicatePart { name } => {
                write!(f, "two parts are named `{name}`: add up their seconds, or rename one")
            }
            Self::NoParts => f.write_str("no parts to analyze: give at least one"),
            Self::NoTime => f.write_str("all parts take 0 s: measure longer, or more runs"),
        }
    }
}

impl std::error::Error for ProfileError {}
