//! From three nested loops to the speed of a library, one rung at a time.
//!
//! You build the ladder from the bottom; each file explains its rung.
//!
//! | task | file | the rung |
//! |---|---|---|
//! | `naive` | `naive.rs` | the definition, as three loops |
//! | `reordered` | `reordered.rs` | the same loops in another order |
//! | `blocked` | `blocked.rs` | blocks that fit into a cache |
//! | `tiled` | `tiled/pack.rs`, `tiled/kernel.rs` | tiles that fit into registers, with vector instructions |
//! | `parallel` | `parallel.rs` | several threads |
//! | `conv` | `conv.rs`, `conv/im2col.rs` | convolution, by its definition and as a product |
//! | `backend` | `backend.rs` | one entry point that chooses a rung by the shapes |
//! | `roofline` | `roofline.rs`, `roofline/work.rs` | the highest possible speed |
//!
//! Given, and used by all tasks: [`MatRef`], [`Matrix`], [`elements`], [`ConvShape`], [`AccelError`],
//! [`Buffer`] for packed operands, and [`matmul_library`] for comparison.
//!
//! Conventions: numbers are `f32` (4 bytes), a multiply-accumulate is two FLOPs, and every function
//! that can be called with invalid arguments returns a [`Result`] whose error names the operation and
//! both shapes.

mod backend;
mod blocked;
mod conv;
mod error;
mod library;
mod matrix;
mod naive;
mod parallel;
mod reordered;
mod roofline;
mod tiled;

pub use backend::{Kernel, Operation, OptimizedBackend};
pub use blocked::matmul_blocked;
pub use conv::{ConvShape, Window, conv2d_im2col, conv2d_naive, im2col};
pub use error::{AccelError, Result};
pub use library::matmul_library;
pub use matrix::{MatRef, Matrix, elements};
pub use naive::matmul_naive;
pub use parallel::matmul_parallel;
pub use reordered::matmul_reordered;
pub use roofline::{Bound, Roofline, Work};
pub use tiled::{Buffer, add_matmul_tiled, matmul_tiled, pack, packed_len};
