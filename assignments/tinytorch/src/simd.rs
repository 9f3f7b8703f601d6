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

//!
//! # Bytes
//!
//! A quantized layer multiplies bytes: activations as `u8`, weights as `i8`. Processors have instructions
//! for that too, which the compiler does not find by itself. [`IntArch`], [`WithInt`] and [`SimdInt`]
//! offer them in the same way. For `S: SimdInt` and `simd: S`:
//!
//! | | |
//! |---|---|
//! | `S::LANES`, `S::REGISTERS` | how many `i32` a register holds, and how many registers there are |
//! | `S::as_u8s(&[u8])`, `S::as_i8s(&[i8])` | a slice split into registers and the remaining elements |
//! | `S::as_i32s(&[i32])`, `S::as_mut_i32s(&mut [i32])` | the same for sums |
//! | `simd.splat(x)` | `x` in every lane of `i32` |
//! | `simd.splat4_u8(bytes)`, `simd.splat4_i8(bytes)` | the same four bytes in every lane |
//! | `simd.dot4(sum, a, b)` | lane by lane, four products of bytes added to the sum |
//! | `simd.add(a, b)`, `simd.reduce(a)` | sums lane by lane; the sum of the lanes |
//! | [`round_u8`], [`round_i8`], [`round_within`] | an `f32` rounded to a byte |
//!
//! Plain loops in the same `with_int` need none of this: the compiler uses the level's instructions
//! for them, so scaling and rounding are written with `for`. All levels give the same bits, floats
//! too, unless `mul_add` is written by hand.
//!
//! One output of a linear layer:
//!
//! ```
//! use tinytorch::simd::{IntArch, SimdInt, WithInt};
//!
//! struct Row<'a> {
//!     x: &'a [u8],
//!     weights: &'a [i8],
//! }
//!
//! impl WithInt for Row<'_> {
//!     type Output = i32;
//!
//!     #[inline(always)]
//!     fn with_int<S: SimdInt>(self, simd: S) -> i32 {
//!         let (x, x_rest) = S::as_u8s(self.x);
//!         let (weights, weights_rest) = S::as_i8s(self.weights);
//!         let mut sums = simd.splat(0);
//!         for (x, weights) in x.iter().zip(weights) {
//!             sums = simd.dot4(sums, *x, *weights);
//!         }
//!         let mut total = simd.reduce(sums);
//!         for (x, weight) in x_rest.iter().zip(weights_rest) {
//!             total += i32::from(*x) * i32::from(*weight);
//!         }
//!         total
//!     }
//! }
//!
//! let x = [255; 100];
//! let weights = [-128; 100];
//! for level in IntArch::available() {
//!     let arch = IntArch::with_level(level).unwrap();
//!     let row = Row { x: &x, weights: &weights };
//!     assert_eq!(arch.dispatch(row), 100 * 255 * -128, "{level}");
//! }
//! ```
#![expect(
    clippy::inline_always,
    reason = "code that is not inlined is compiled for the oldest processor"
)]

mod arch;
mod int;
#[cfg(target_arch = "aarch64")]
mod neon;
mod plain;
mod round;
#[cfg(all(target_arch = "x86_64", feature = "vnni"))]
mod vnni;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use arch::{IntArch, IntLevel};
pub use int::{SimdInt, WithInt};
pub use pulp::{Arch, Simd, WithSimd, bytemuck};
pub use round::{round_i8, round_u8, round_within};
