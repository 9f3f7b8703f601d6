//! Vector instructions without `unsafe`, chosen when the program runs.
//!
//! A processor adds and multiplies 4, 8 or 16 `f32` at once, depending on its age. A program that
//! is compiled for all of them uses 4; one that is compiled for the newest stops with an illegal
//! instruction on all others. So the choice is made at run time: [`Arch`] looks at the processor,
//! and a [`WithSimd`] is compiled once for each kind, with [`Simd`] standing for its instructions.
//!
//! What a kernel needs, for `S: Simd` and `simd: S`:
//!
//! | | |
//! |---|---|
//! | `S::F32_LANES` | how many `f32` one register holds |
//! | `S::as_simd_f32s(&[f32])` | a slice as registers' worth, and what is left over at its end |
//! | `S::as_mut_simd_f32s(&mut [f32])` | the same, to be changed |
//! | `simd.splat_f32s(x)` | `x` in every lane |
//! | `simd.add_f32s(a, b)`, `simd.mul_f32s(a, b)` | lane by lane |
//! | `simd.mul_add_e_f32s(a, b, c)` | `a * b + c`, in one instruction where there is one |
//! | `simd.reduce_sum_f32s(a)` | the sum of the lanes |
//! | `bytemuck::cast_slice(&[S::f32s])` | registers as a slice of `f32` |
//!
//! Every function between [`Arch::dispatch`] and the innermost loop must be `#[inline(always)]`, and
//! must not be a closure that is called from elsewhere: what is not inlined is compiled for the
//! oldest processor, and each instruction in it becomes a call.
//!
//! ```
//! use tinytorch::simd::{Arch, Simd, WithSimd};
//!
//! struct Sum<'a>(&'a [f32]);
//!
//! impl WithSimd for Sum<'_> {
//!     type Output = f32;
//!
//!     #[inline(always)]
//!     fn with_simd<S: Simd>(self, simd: S) -> f32 {
//!         let (registers, rest) = S::as_simd_f32s(self.0);
//!         let mut sums = simd.splat_f32s(0.0);
//!         for register in registers {
//!             sums = simd.add_f32s(sums, *register);
//!         }
//!         simd.reduce_sum_f32s(sums) + rest.iter().sum::<f32>()
//!     }
//! }
//!
//! let numbers: Vec<f32> = (0..100).map(|i| i as f32).collect();
//! assert_eq!(Arch::new().dispatch(Sum(&numbers)), 4950.0);
//! ```

pub use pulp::{Arch, Simd, WithSimd, bytemuck};
