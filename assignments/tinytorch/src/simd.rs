//! Vector instructions without `unsafe`, selected at run time.
//!
//! A processor adds and multiplies 4, 8 or 16 `f32` at once, depending on its age. A program
//! compiled for all processors uses 4; a program compiled for the newest stops with an illegal
//! instruction on all others. So the choice is made at run time: [`Arch`] detects the processor, and
//! a [`WithSimd`] is compiled once for each kind, with [`Simd`] standing for its instructions.
//!
//! The parts of the API that a kernel needs, for `S: Simd` and `simd: S`:
//!
//! | | |
//! |---|---|
//! | `S::F32_LANES` | how many `f32` one register holds |
//! | `S::as_simd_f32s(&[f32])` | a slice split into registers and the remaining elements |
//! | `S::as_mut_simd_f32s(&mut [f32])` | the same, mutable |
//! | `simd.splat_f32s(x)` | `x` in every lane |
//! | `simd.add_f32s(a, b)`, `simd.mul_f32s(a, b)` | lane by lane |
//! | `simd.mul_add_e_f32s(a, b, c)` | `a * b + c`, as one instruction where the processor has it |
//! | `simd.reduce_sum_f32s(a)` | the sum of the lanes |
//! | `bytemuck::cast_slice(&[S::f32s])` | registers as a slice of `f32` |
//!
//! Every function between [`Arch::dispatch`] and the innermost loop must be `#[inline(always)]`, and
//! must not be a closure that is called from elsewhere: code that is not inlined is compiled for the
//! oldest processor, and each vector instruction in it becomes a function call.
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
