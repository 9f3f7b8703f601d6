//! Measures the machine's two limits: the arithmetic of one core, and the memory bandwidth.

use acceleration::Roofline;
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;
use tinytorch::simd::{Arch, Simd, WithSimd};

/// Independent sums. A multiply-accumulate takes four cycles and two can start per cycle, so at
/// least eight must be in flight.
const SUMS: usize = 12;
/// Steps of one measurement, which take some milliseconds.
const STEPS: usize = 2_000_000;
/// More numbers than fit into any cache: 256 MiB.
const NUMBERS: usize = 64 << 20;
/// The number of tries. The best one counts, because a limit is the best possible result.
const TRIES: usize = 20;

/// Measures both limits.
pub(crate) fn measure() -> Result<Roofline, Box<dyn Error>> {
    let arch = Arch::new();
    let flops = best(|| {
        let flops = arch.dispatch(Arithmetic { steps: black_box(STEPS) });
        (flops, ())
    });
    let numbers = vec![1.0_f32; NUMBERS];
    let bytes = best(|| ((4 * NUMBERS) as f64, arch.dispatch(Sum(black_box(&numbers)))));
    Ok(Roofline::new(flops, bytes)?)
}

/// The highest rate of all tries, in units per second.
fn best<R>(mut run: impl FnMut() -> (f64, R)) -> f64 {
    let tries = (0..TRIES).map(|_| {
        let start = Instant::now();
        let (units, result) = run();
        let seconds = start.elapsed().as_secs_f64();
        black_box(result);
        units / seconds
    });
    tries.fold(0.0, f64::max)
}

/// Multiply-accumulates on registers only.
struct Arithmetic {
    steps: usize,
}

impl WithSimd for Arithmetic {
    /// The number of FLOPs.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        let (x, y) = (simd.splat_f32s(black_box(0.999)), simd.splat_f32s(black_box(1e-3)));
        let mut sums = [y; SUMS];
        for _ in 0..self.steps {
            for sum in &mut sums {
                *sum = simd.mul_add_e_f32s(*sum, x, y);
            }
        }
        let total = sums.iter().map(|sum| simd.reduce_sum_f32s(*sum)).sum::<f32>();
        black_box(total);
        (2 * SUMS * S::F32_LANES * self.steps) as f64
    }
}

/// A sum that is limited by memory only.
struct Sum<'a>(&'a [f32]);

impl WithSimd for Sum<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f32 {
        let (registers, _) = S::as_simd_f32s(self.0);
        let mut sums = [simd.splat_f32s(0.0); 8];
        for registers in registers.chunks_exact(8) {
            for (sum, register) in sums.iter_mut().zip(registers) {
                *sum = simd.add_f32s(*sum, *register);
            }
        }
        sums.iter().map(|sum| simd.reduce_sum_f32s(*sum)).sum()
    }
}
