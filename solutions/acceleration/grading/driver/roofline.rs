//! Task `roofline`.

use super::contract::{self, Counted};
use super::{Result, given};
use acceleration::{Bound, Roofline, Work};

pub(super) fn work(counted: Counted) -> Result<contract::Work> {
    let work = count(counted)?;
    Ok(contract::Work { flops: work.flops, bytes: work.bytes, intensity: work.intensity() })
}

pub(super) fn roof(
    (flops_per_second, bytes_per_second): (f64, f64),
    counted: Counted,
    seconds: f64,
) -> Result<contract::Roof> {
    let roofline = Roofline::new(flops_per_second, bytes_per_second)?;
    let work = count(counted)?;
    let bound = match roofline.bound(&work) {
        Bound::Memory => contract::Bound::Memory,
        Bound::Compute => contract::Bound::Compute,
    };
    Ok(contract::Roof {
        ridge: roofline.ridge(),
        attainable: roofline.attainable(&work),
        bound,
        seconds: roofline.predict(&work),
        efficiency: roofline.efficiency(&work, seconds)?,
    })
}

fn count(counted: Counted) -> Result<Work> {
    match counted {
        Counted::Given { flops, bytes } => Ok(Work { flops, bytes }),
        Counted::MatMul([m, k, n]) => Ok(Work::matmul(m, k, n)),
        Counted::Blocked([m, k, n], block) => Work::matmul_blocked(m, k, n, block),
        Counted::Conv2d(input, weight, window) => {
            Work::conv2d(&input, &weight, given::window(window))
        }
        Counted::Im2col(input, weight, window) => {
            Work::im2col(&input, &weight, given::window(window))
        }
    }
}
