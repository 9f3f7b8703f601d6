//! Square products of `f32` matrices: our ladder beside five libraries.

pub mod subjects;

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use tinytorch::Rng;

use super::Options;
use super::contender::{Contender, REFERENCE_SCRIPT};
use super::field::Field;
use crate::exchange::{self, Array, Arrays};

/// The baseline of the ladder.
pub const NAIVE: &str = "naive";
/// Our fastest rung on one thread.
pub const TILED: &str = "tiled";
/// The yardstick: `matrixmultiply`, which ndarray's `.dot` calls.
pub const NDARRAY: &str = "ndarray";

/// Everyone, ours first. `gemm` is called by candle's `matmul`, which adds a few
/// checks: by itself it can only be called unsafely.
pub const CONTENDERS: [Contender; 10] = [
    Contender::new(NAIVE, "naive"),
    Contender::new("reordered", "reordered"),
    Contender::new("blocked", "blocked"),
    Contender::new(TILED, "tiled"),
    Contender::new("parallel, 2 threads", "parallel").threads(2),
    Contender::new(NDARRAY, "ndarray"),
    Contender::new("nalgebra", "nalgebra"),
    Contender::new("faer", "faer"),
    Contender::new("gemm (candle)", "gemm"),
    Contender::python("NumPy (OpenBLAS)", "numpy", REFERENCE_SCRIPT),
];

/// One size.
#[derive(Clone, Debug, Serialize)]
pub struct Products {
    /// Side of the matrices.
    pub size: usize,
    /// What was measured.
    pub field: Field,
}

impl Products {
    /// 10^9 floating-point operations a second, when a product takes so long.
    pub fn gflops(&self, seconds: f64) -> f64 {
        2.0 * (self.size as f64).powi(3) / seconds / 1e9
    }
}

/// Measures everyone at one size.
pub fn measure(size: usize, file: &Path, options: &Options) -> Result<Products> {
    eprintln!("{size} x {size} matrices");
    let problem = problem(size);
    exchange::save(file, &problem)?;
    let exact = Exact::new(&problem)?;
    let settings = (options.python.as_path(), options.plan);
    let field = Field::measure(&CONTENDERS, file, settings, |_, c| exact.error(c))?;
    Ok(Products { size, field })
}

/// The matrices `a` and `b`, between -1 and 1.
pub fn problem(size: usize) -> Arrays {
    let mut rng = Rng::new(16);
    let mut matrix = || {
        let elements = (0..size * size).map(|_| rng.uniform_range(-1.0, 1.0) as f32);
        Array::floats(&[size, size], elements.collect())
    };
    Arrays::from([("a".to_string(), matrix()), ("b".to_string(), matrix())])
}

/// The side of the problem's matrices and their elements, row by row.
fn operands(arrays: &Arrays) -> Result<(usize, &[f32], &[f32])> {
    let [a, b] = ["a", "b"].map(|name| arrays.get(name).with_context(|| format!("no `{name}`")));
    let (a, b) = (a?, b?);
    match a.shape[..] {
        [rows, columns] if rows == columns && a.shape == b.shape => {
            Ok((rows, a.as_floats()?, b.as_floats()?))
        }
        _ => bail!("the matrices must be square, not {:?} and {:?}", a.shape, b.shape),
    }
}

/// The product in `f64`, and how far rounding may lead from it.
pub struct Exact {
    size: usize,
    product: Vec<f64>,
    /// The products of the absolute values, summed.
    magnitude: Vec<f64>,
}

impl Exact {
    /// Of the problem's matrices.
    pub fn new(problem: &Arrays) -> Result<Self> {
        let (size, a, b) = operands(problem)?;
        let (mut product, mut magnitude) = (vec![0.0; size * size], vec![0.0; size * size]);
        let rows = product.chunks_exact_mut(size).zip(magnitude.chunks_exact_mut(size));
        for ((sums, magnitudes), a) in rows.zip(a.chunks_exact(size)) {
            for (&x, b) in a.iter().zip(b.chunks_exact(size)) {
                for ((sum, magnitude), &y) in sums.iter_mut().zip(&mut *magnitudes).zip(b) {
                    let term = f64::from(x) * f64::from(y);
                    *sum += term;
                    *magnitude += term.abs();
                }
            }
        }
        Ok(Self { size, product, magnitude })
    }

    /// The largest error, as a share of what rounding allows.
    ///
    /// # Errors
    /// When an element is further away than `n u (|A| |B|)`, where u is half of the
    /// distance from 1 to the next `f32`: no order of additions rounds that badly.
    ///
    /// Source: Higham, "Accuracy and Stability of Numerical Algorithms" (2002), 3.5.
    pub fn error(&self, product: &Array) -> Result<f64> {
        let expected = [self.size, self.size];
        ensure!(product.shape == expected, "shape {:?}, not {expected:?}", product.shape);
        let unit = f64::from(f32::EPSILON) / 2.0;
        let mut largest = 0.0_f64;
        let exact = self.product.iter().zip(&self.magnitude);
        for (at, (value, (exact, magnitude))) in product.as_floats()?.iter().zip(exact).enumerate()
        {
            let allowed = self.size as f64 * unit * magnitude;
            let share = (f64::from(*value) - exact).abs() / allowed;
            if share.is_nan() || share > 1.0 {
                let (i, j) = (at / self.size, at % self.size);
                bail!("element ({i}, {j}) is {value}, not {exact}: not the same product");
            }
            largest = largest.max(share);
        }
        Ok(largest)
    }
}
