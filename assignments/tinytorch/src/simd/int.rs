//! Bytes multiplied with bytes: what quantized layers compute.

use bytemuck::Pod;
use pulp::bytemuck;

/// Vector instructions for `u8` times `i8`, summed in `i32`.
///
/// A kernel is written once, for any `S: SimdInt`, and [`IntArch::dispatch`](super::IntArch::dispatch)
/// compiles it for each [`IntLevel`](super::IntLevel). All levels compute the same bits.
///
/// A sum of products of `u8` with `i8` fits in an `i32` up to 65 793 products, since
/// `255 * 128 * 65 793 < 2^31`; with weights in `-127..=127`, up to 66 311. Longer sums wrap around
/// on every level.
pub trait SimdInt: Copy {
    /// A register of `4 * LANES` bytes without sign.
    type U8s: Pod;
    /// A register of `4 * LANES` bytes with a sign.
    type I8s: Pod;
    /// A register of `LANES` sums.
    type I32s: Pod;

    /// How many `i32` one register holds: 4, 8 or 16.
    const LANES: usize;
    /// How many registers the processor has: a tile's sums and operands should fit into them.
    const REGISTERS: usize;

    /// `x` in every lane.
    fn splat(self, x: i32) -> Self::I32s;

    /// Lane by lane, `sum + a0 * b0 + a1 * b1 + a2 * b2 + a3 * b3`, where `a0..a3` and `b0..b3` are
    /// the four bytes at the lane's place in `a` and `b`. Exact: no intermediate result saturates.
    fn dot4(self, sum: Self::I32s, a: Self::U8s, b: Self::I8s) -> Self::I32s;

    /// Lane by lane, `a + b`; wraps around.
    fn add(self, a: Self::I32s, b: Self::I32s) -> Self::I32s;

    /// The same four bytes in every lane.
    #[inline(always)]
    fn splat4_u8(self, bytes: [u8; 4]) -> Self::U8s {
        bytemuck::cast(self.splat(i32::from_ne_bytes(bytes)))
    }

    /// The same four bytes in every lane.
    #[inline(always)]
    fn splat4_i8(self, bytes: [i8; 4]) -> Self::I8s {
        bytemuck::cast(self.splat(bytemuck::cast(bytes)))
    }

    /// The sum of the lanes; wraps around.
    #[inline(always)]
    fn reduce(self, sums: Self::I32s) -> i32 {
        let mut total = 0_i32;
        for lane in bytemuck::cast_slice::<_, i32>(&[sums]) {
            total = total.wrapping_add(*lane);
        }
        total
    }

    /// A slice split into registers and the remaining elements, fewer than `4 * LANES`.
    #[inline(always)]
    fn as_u8s(bytes: &[u8]) -> (&[Self::U8s], &[u8]) {
        split(bytes, 4 * Self::LANES)
    }

    /// A slice split into registers and the remaining elements, fewer than `4 * LANES`.
    #[inline(always)]
    fn as_i8s(bytes: &[i8]) -> (&[Self::I8s], &[i8]) {
        split(bytes, 4 * Self::LANES)
    }

    /// A slice split into registers and the remaining elements, fewer than `LANES`.
    #[inline(always)]
    fn as_i32s(sums: &[i32]) -> (&[Self::I32s], &[i32]) {
        split(sums, Self::LANES)
    }

    /// The same as [`as_i32s`](Self::as_i32s), mutable.
    #[inline(always)]
    fn as_mut_i32s(sums: &mut [i32]) -> (&mut [Self::I32s], &mut [i32]) {
        let whole = sums.len() - sums.len() % Self::LANES;
        let (registers, rest) = sums.split_at_mut(whole);
        (bytemuck::cast_slice_mut(registers), rest)
    }
}

#[inline(always)]
fn split<T: Pod, R: Pod>(elements: &[T], register: usize) -> (&[R], &[T]) {
    let whole = elements.len() - elements.len() % register;
    let (registers, rest) = elements.split_at(whole);
    (bytemuck::cast_slice(registers), rest)
}

/// A computation that [`IntArch::dispatch`](super::IntArch::dispatch) compiles for each level.
pub trait WithInt {
    /// What the computation returns.
    type Output;

    /// The computation; to be marked `#[inline(always)]`, like everything that it calls in a loop.
    fn with_int<S: SimdInt>(self, simd: S) -> Self::Output;
}
