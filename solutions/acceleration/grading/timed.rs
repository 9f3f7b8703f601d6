//! What has to be fast, and how its answers are verified without computing them again.

mod convolutions;

use crate::cases::backend::{backend_multiplies_any_shape, backend_multiplies_large_matrices};
use crate::cases::conv::{conv_im2col_pads_and_strides, conv_im2col_takes_batches};
use crate::cases::parallel::parallel_multiplies_any_shape;
use crate::cases::reordered::{reordered_multiplies_any_shape, reordered_sums_precisely};
use crate::cases::tiled::{tiled_multiplies_any_shape, tiled_sums_precisely};
use crate::contract::{Operand, Product, ProductInput, ProductOutput};
use crate::oracle::product;
use convolutions::Convolutions;
use grader_judge::{CallBatch, CaseVerdict, Draw, Failure, Workload, check, timed, wrong};
use grader_protocol::{Floats, timed as wire};

timed! {
    task "reordered" {
        /// Another order of the loops is much faster: 384 x 384 matrices, against the naive order.
        reordered_is_fast after [reordered_multiplies_any_shape, reordered_sums_precisely]:
            kernel "reordered", against "naive" ("the naive product"),
            work |draw| Box::new(Products::new(draw, [384; 3]));
    }
    task "tiled" {
        /// Tiles in registers are many times as fast: 384 x 384 matrices, against the naive loops.
        tiled_is_fast after [tiled_multiplies_any_shape, tiled_sums_precisely]:
            kernel "tiled", against "naive" ("the naive product"),
            work |draw| Box::new(Products::new(draw, [384; 3]));
    }
    task "parallel" {
        /// Two threads compute at once: 1200 x 1200 matrices, against your own product by tiles on one
        /// thread.
        parallel_is_fast after [parallel_multiplies_any_shape, tiled_multiplies_any_shape]:
            kernel "parallel", against "tiled" ("your own product by tiles on one thread"),
            work |draw| Box::new(Products::new(draw, [1200; 3]));
    }
    task "conv" {
        /// As a product, a convolution is many times as fast as by its definition: 32 channels of
        /// 30 x 30 pixels, 64 filters of 3 x 3.
        conv_im2col_is_fast after [conv_im2col_pads_and_strides, conv_im2col_takes_batches]:
            kernel "conv_im2col", against "conv_naive" ("the convolution by its definition"),
            work |draw| Box::new(Convolutions::new(draw));
    }
    task "backend" {
        /// Of the rungs, one that is fast for 320 x 320 matrices is chosen, against the course's own
        /// backend and rungs, all on one thread.
        backend_is_fast after [backend_multiplies_any_shape, backend_multiplies_large_matrices]:
            kernel "dispatch", against "dispatch" ("the course's own backend"),
            work |draw| Box::new(Products::new(draw, [320; 3]));
    }
}

const MESSAGE: &str = "the product should be right while it is timed, too";

/// Numbers from -1 to 1, two from each draw: a batch has millions.
fn numbers(draw: &mut Draw, count: usize) -> Vec<f32> {
    let bits = (0..=count / 2).map(|_| draw.bits());
    let unit = |bits: u32| (bits >> 8) as f32 / (1 << 23) as f32 - 1.0;
    let halves = bits.flat_map(|bits| [bits as u32, (bits >> 32) as u32]);
    halves.map(unit).take(count).collect()
}

/// Of so many pairs, one has nothing asked beside it.
const ALONE_ONE_OF: usize = 4;

/// Products of fresh matrices. Nothing of them is known before the clock starts but their shape. Matrices of other
/// shapes are asked beside, at times that are drawn: a side may be of one tile or less, of some tiles and a rest, or one
/// off the timed shape.
struct Products {
    draw: Draw,
    shape: [usize; 3],
    /// With the shape [m, k, n] of each product.
    asked: Vec<([usize; 3], (Operand, Operand))>,
}

impl Products {
    /// Of [m, k] x [k, n].
    fn new(draw: Draw, shape: [usize; 3]) -> Self {
        Self { draw, shape, asked: Vec::new() }
    }

    fn matrix(&mut self, rows: usize, columns: usize) -> Operand {
        let data = numbers(&mut self.draw, rows * columns);
        Operand { data, shape: (rows, columns), strides: (columns, 1) }
    }

    /// A batch of products with these shapes.
    fn of_shapes(&mut self, shapes: Vec<[usize; 3]>) -> CallBatch {
        let operands =
            shapes.into_iter().map(|[m, k, n]| ([m, k, n], (self.matrix(m, k), self.matrix(k, n))));
        self.asked = operands.collect();
        let encoded = |(shape, (a, b)): &([usize; 3], (Operand, Operand))| {
            let left = Floats(a.data.clone());
            let right = Floats(b.data.clone());
            wire::to_bytes(&ProductInput { shape: *shape, left, right })
        };
        CallBatch { set_up: None, inputs: self.asked.iter().map(encoded).collect() }
    }

    /// A side beside the timed one, which is `timed` long.
    fn side(&mut self, timed: usize) -> usize {
        match self.draw.int(0..=2) {
            0 => self.draw.int(1..=16),
            1 => self.draw.int(17..=90),
            _ => self.draw.int(timed - 1..=timed + 1),
        }
    }
}

impl Workload for Products {
    type Wrong = Failure;

    fn batch(&mut self, calls: usize) -> CallBatch {
        self.of_shapes(vec![self.shape; calls])
    }

    fn aside(&mut self) -> Option<CallBatch> {
        if self.draw.int(1..=ALONE_ONE_OF) == 1 {
            return None;
        }
        let calls = self.draw.int(1..=2);
        let shapes = (0..calls).map(|_| self.shape.map(|timed| self.side(timed))).collect();
        Some(self.of_shapes(shapes))
    }

    fn verify(&mut self, outputs: &[Vec<u8>]) -> CaseVerdict {
        let asked = std::mem::take(&mut self.asked);
        for (output, (_, operands)) in outputs.iter().zip(&asked) {
            let decoded: Option<ProductOutput> = wire::from_bytes(output);
            let ProductOutput { shape, data } =
                decoded.ok_or_else(|| wrong(MESSAGE, "no product"))?;
            verify(&mut self.draw, operands, &Product { shape, data: data.0 })?;
        }
        self.asked = asked;
        Ok(())
    }
}

/// Elements of a product that are computed again.
const SAMPLED: usize = 24;

/// Checks a product in far less than the time of computing it. Once the answer is there, a vector of
/// random signs is drawn, and C r has to be A (B r): one wrong element is seen with a probability of
/// one half in each such test, and any two tests are independent. What stays within the rounding of
/// whole rows is looked for in some elements that are computed again.
///
/// # Cost
/// O(mk + kn + mn).
///
/// Source: Freivalds, "Probabilistic Machines Can Use Less Running Time" (1977).
fn verify(draw: &mut Draw, (a, b): &(Operand, Operand), got: &Product) -> CaseVerdict {
    let ((m, k), n) = (a.shape, b.shape.1);
    check::equal(MESSAGE, &got.shape, &(m, n))?;
    check::equal(MESSAGE, &got.data.len(), &(m * n))?;
    let signs: Vec<f64> = (0..n).map(|_| *draw.pick(&[-1.0, 1.0])).collect();
    let (from_b, size_of_b) = apply(&b.data, &signs);
    for (i, row) in a.data.chunks_exact(k).enumerate() {
        let row = || row.iter().map(|x| f64::from(*x));
        let expected: f64 = row().zip(&from_b).map(|(x, y)| x * y).sum();
        let magnitude: f64 = row().zip(&size_of_b).map(|(x, y)| x.abs() * y).sum();
        let (sum, _) = apply(&got.data[i * n..][..n], &signs);
        let bound = product::gamma(k) * magnitude;
        let off = (sum[0] - expected).abs();
        // Written so that NaN is off.
        let right = off <= bound;
        check::that(right, MESSAGE, || format!("row {i} is off by {off:e}, allowed {bound:e}"))?;
    }
    for _ in 0..SAMPLED {
        let (i, j) = (draw.int(0..=m - 1), draw.int(0..=n - 1));
        let products = (0..k).map(|p| product::element(a, i, p) * product::element(b, p, j));
        product::elements_agree(MESSAGE, &[got.data[i * n + j]], &[product::sum(products)], k)?;
    }
    Ok(())
}

/// Each row of a matrix times a vector of signs, and the sum of the row's absolute values.
fn apply(data: &[f32], signs: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let rows = data.chunks_exact(signs.len());
    let both = rows.map(|row| {
        row.iter().zip(signs).fold((0.0, 0.0), |(sum, size), (x, sign)| {
            let x = f64::from(*x);
            (x.mul_add(*sign, sum), size + x.abs())
        })
    });
    both.unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(spoil: impl Fn(&mut [f32])) -> CaseVerdict {
        let mut work = Products::new(Draw::new(7, "verify"), [33, 41, 37]);
        let batch = work.batch(2);
        assert_eq!(batch.inputs.len(), 2);
        assert_ne!(batch.inputs[0], batch.inputs[1]);
        let answer = |([m, _, n], (a, b)): &([usize; 3], (Operand, Operand))| {
            let exact = product::exact(a, b);
            let mut data: Vec<f32> = exact.iter().map(|exact| exact.value as f32).collect();
            spoil(&mut data);
            wire::to_bytes(&ProductOutput { shape: (*m, *n), data: Floats(data) })
        };
        let outputs: Vec<_> = work.asked.iter().map(answer).collect();
        work.verify(&outputs)?;
        // What is asked beside is of other shapes, and looked at as closely.
        let aside = (0..64).find_map(|_| work.aside()).expect("most pairs");
        assert!(work.asked.iter().all(|(shape, _)| *shape != work.shape));
        assert_eq!(aside.inputs.len(), work.asked.len());
        let outputs: Vec<_> = work.asked.iter().map(answer).collect();
        work.verify(&outputs)
    }

    #[test]
    fn the_product_is_right() {
        answered(|_| ()).unwrap();
    }

    #[test]
    fn one_wrong_element_is_seen() {
        assert!(answered(|data| data[700] += 0.5).is_err());
        assert!(answered(|data| data[700] = f32::NAN).is_err());
    }

    #[test]
    fn too_few_bits_are_seen() {
        let short = |x: &mut f32| *x = f32::from_bits(x.to_bits() & 0xffff_0000);
        assert!(answered(|data| data.iter_mut().for_each(short)).is_err());
    }
}
