//! A straight line through logarithms, by an unusual formula.

/// Exponent, factor and explained share of the variance, from the normal equations solved with
/// determinants.
pub fn power_law(points: &[(f64, f64)]) -> (f64, f64, f64) {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let n = logs.len() as f64;
    let total = |term: fn(f64, f64) -> f64| logs.iter().map(|(x, y)| term(*x, *y)).sum::<f64>();
    let (x, y) = (total(|x, _| x), total(|_, y| y));
    let (xx, xy) = (total(|x, _| x * x), total(|x, y| x * y));
    let determinant = n * xx - x * x;
    let (slope, offset) = ((n * xy - x * y) / determinant, (xx * y - x * xy) / determinant);
    let residual: f64 = logs.iter().map(|(x, y)| (y - offset - slope * x).powi(2)).sum();
    let variance: f64 = logs.iter().map(|(_, v)| (v - y / n).powi(2)).sum();
    (slope, offset.exp(), 1.0 - residual / variance)
}
