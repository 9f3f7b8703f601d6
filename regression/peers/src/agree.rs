//! Whether two frameworks computed the same thing. A comparison of the speed
//! of different computations is worth nothing.

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::exchange::{Array, Arrays};

/// A difference above this, relative to the largest number of an array (1 if
/// that is smaller and it is no gradient), is a different computation.
pub const TOLERANCE: f64 = 1e-4;

/// The largest difference that was found, and where.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Agreement {
    /// Relative to the array's scale.
    pub difference: f64,
    /// The array's name.
    pub array: String,
}

/// Compares all arrays.
///
/// # Errors
/// When an array is missing, has another shape, or differs by more than
/// [`TOLERANCE`]; the error names it.
pub fn compare(ours: &Arrays, theirs: &Arrays) -> Result<Agreement> {
    let mut worst = Agreement::default();
    for (name, a) in ours {
        let b = theirs.get(name).with_context(|| format!("{name} is missing"))?;
        let difference = difference(name, a, b).with_context(|| name.clone())?;
        ensure!(
            difference <= TOLERANCE,
            "{name} differs by {difference:.1e} of its scale, more than {TOLERANCE:.0e}: \
             not the same computation"
        );
        if difference > worst.difference {
            worst = Agreement { difference, array: name.clone() };
        }
    }
    Ok(worst)
}

fn difference(name: &str, a: &Array, b: &Array) -> Result<f64> {
    ensure!(a.shape == b.shape, "shape {:?} instead of {:?}", b.shape, a.shape);
    let (a, b) = (a.as_floats()?, b.as_floats()?);
    let largest = a.iter().fold(0.0_f64, |m, v| m.max(f64::from(v.abs())));
    // Some gradients are zero but for rounding (that of a key's bias, which
    // shifts all scores alike), so theirs is not a scale to divide by.
    let scale = if name.starts_with("grad.") { largest.max(1e-3) } else { largest.max(1.0) };
    let pairs = a.iter().zip(b).map(|(a, b)| f64::from(a - b).abs() / scale);
    // `max` would let NaN pass.
    Ok(pairs.fold(0.0, |m, d| if d.is_nan() || m.is_nan() { f64::NAN } else { m.max(d) }))
}
