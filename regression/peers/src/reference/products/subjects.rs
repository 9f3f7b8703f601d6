//! The products, each as its library's users write it: operands as the library
//! likes them, a new matrix for every result, one thread.

use std::hint::black_box;

use acceleration::{
    AccelError, MatRef, Matrix, matmul_blocked, matmul_naive, matmul_parallel, matmul_reordered,
    matmul_tiled,
};
use anyhow::Result;
#[cfg(feature = "frameworks")]
use candle_core::{Device, Tensor};
#[cfg(feature = "frameworks")]
use nalgebra::DMatrix;
use ndarray::Array2;

use super::super::subject::Subject;
use super::operands;
use crate::exchange::{Array, Arrays};

/// Side of a block of the blocked rung, as in its timed case.
const BLOCK: usize = 64;

/// The subject of that name, if it is one of these.
pub fn make(worker: &str, arrays: &Arrays) -> Option<Result<Box<dyn Subject>>> {
    let rung: Rung = match worker {
        "naive" => matmul_naive,
        "reordered" => matmul_reordered,
        "blocked" => |a, b| matmul_blocked(a, b, BLOCK),
        "tiled" => matmul_tiled,
        "parallel" => |a, b| matmul_parallel(a, b, 2),
        "ndarray" => return Some(ndarray(arrays)),
        #[cfg(feature = "frameworks")]
        "nalgebra" => return Some(nalgebra(arrays)),
        #[cfg(feature = "frameworks")]
        "faer" => return Some(faer(arrays)),
        #[cfg(feature = "frameworks")]
        "gemm" => return Some(candle(arrays)),
        _ => return None,
    };
    Some(ours(arrays, rung))
}

type Rung = fn(MatRef<'_>, MatRef<'_>) -> Result<Matrix, AccelError>;

/// A way to multiply, and a way to read the result row by row.
struct Product<C, M: FnMut() -> Result<C>, R: Fn(&C) -> Result<Vec<f32>>> {
    size: usize,
    multiply: M,
    rows: R,
}

impl<C, M: FnMut() -> Result<C>, R: Fn(&C) -> Result<Vec<f32>>> Subject for Product<C, M, R> {
    fn compute(&mut self) -> Result<()> {
        black_box((self.multiply)()?);
        Ok(())
    }

    fn output(&mut self) -> Result<Arrays> {
        let rows = (self.rows)(&(self.multiply)()?)?;
        let output = Array::floats(&[self.size, self.size], rows);
        Ok(Arrays::from([("output".to_string(), output)]))
    }
}

fn boxed<C: 'static>(
    size: usize,
    multiply: impl FnMut() -> Result<C> + 'static,
    rows: impl Fn(&C) -> Result<Vec<f32>> + 'static,
) -> Box<dyn Subject> {
    Box::new(Product { size, multiply, rows })
}

fn ours(arrays: &Arrays, rung: Rung) -> Result<Box<dyn Subject>> {
    let (n, a, b) = operands(arrays)?;
    let (a, b) = (Matrix::from_vec(a.to_vec(), n, n)?, Matrix::from_vec(b.to_vec(), n, n)?);
    Ok(boxed(n, move || Ok(rung(a.view(), b.view())?), |c| Ok(c.as_slice().to_vec())))
}

fn ndarray(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let (n, a, b) = operands(arrays)?;
    let a = Array2::from_shape_vec((n, n), a.to_vec())?;
    let b = Array2::from_shape_vec((n, n), b.to_vec())?;
    Ok(boxed(n, move || Ok(a.dot(&b)), |c| Ok(c.iter().copied().collect())))
}

/// By columns, nalgebra's own order.
#[cfg(feature = "frameworks")]
fn nalgebra(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let (n, a, b) = operands(arrays)?;
    let [a, b] = [a, b].map(|rows| DMatrix::from_row_slice(n, n, rows));
    Ok(boxed(n, move || Ok(&a * &b), |c| Ok(c.transpose().as_slice().to_vec())))
}

/// By columns, faer's own order.
#[cfg(feature = "frameworks")]
fn faer(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let (n, a, b) = operands(arrays)?;
    let [a, b] = [a, b].map(|rows| faer::Mat::from_fn(n, n, |i, j| rows[i * n + j]));
    let multiply = move || {
        let mut c = faer::Mat::zeros(n, n);
        let replace = faer::Accum::Replace;
        faer::linalg::matmul::matmul(&mut c, replace, &a, &b, 1.0_f32, faer::Par::Seq);
        Ok(c)
    };
    let rows =
        move |c: &faer::Mat<f32>| Ok((0..n * n).map(|at| c[(at / n, at % n)]).collect::<Vec<_>>());
    Ok(boxed(n, multiply, rows))
}

/// The crate `gemm`, as candle calls it.
#[cfg(feature = "frameworks")]
fn candle(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let (n, a, b) = operands(arrays)?;
    let a = Tensor::from_slice(a, (n, n), &Device::Cpu)?;
    let b = Tensor::from_slice(b, (n, n), &Device::Cpu)?;
    Ok(boxed(n, move || Ok(a.matmul(&b)?), |c| Ok(c.flatten_all()?.to_vec1()?)))
}
