//! Task `double`.

/// Twice `x`.
pub fn double(x: f64) -> f64 {
    // BEGIN SOLUTION: return twice the argument
    let once_more = x;
    once_more + x
    // END SOLUTION
}
