//! The arithmetic without vector instructions: what all other levels must equal.

use pulp::bytemuck::cast;
use pulp::{i8x16, i32x4, u8x16};

use super::SimdInt;

/// Any processor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain;

/// Four products and a sum. Shifts take a lane apart several times as fast as arrays of bytes, which
/// go through memory.
#[inline(always)]
fn lane(sum: i32, a: u32, b: i32) -> i32 {
    let mut sum = sum;
    for byte in 0..4 {
        let factor = (a >> (8 * byte) & 0xff).cast_signed();
        sum = sum.wrapping_add(factor * (b << (24 - 8 * byte) >> 24));
    }
    sum
}

impl SimdInt for Plain {
    type U8s = u8x16;
    type I8s = i8x16;
    type I32s = i32x4;

    const LANES: usize = 4;
    const REGISTERS: usize = 16;

    #[inline(always)]
    fn splat(self, x: i32) -> i32x4 {
        i32x4(x, x, x, x)
    }

    #[inline(always)]
    fn dot4(self, sum: i32x4, a: u8x16, b: i8x16) -> i32x4 {
        let a: [u32; 4] = cast(a);
        let b: [i32; 4] = cast(b);
        i32x4(
            lane(sum.0, a[0], b[0]),
            lane(sum.1, a[1], b[1]),
            lane(sum.2, a[2], b[2]),
            lane(sum.3, a[3], b[3]),
        )
    }

    #[inline(always)]
    fn add(self, a: i32x4, b: i32x4) -> i32x4 {
        i32x4(
            a.0.wrapping_add(b.0),
            a.1.wrapping_add(b.1),
            a.2.wrapping_add(b.2),
            a.3.wrapping_add(b.3),
        )
    }
}
