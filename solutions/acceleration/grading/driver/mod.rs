//! The values between the contract's bodies and the student's code. Nothing here knows which answers are right.

#![allow(unexpected_cfgs, reason = "`missing_*` is set only when a submission is compiled")]

#[allow(unused_imports, reason = "unused when the tasks that use them are missing")]
use course_data::{array, tensor};

acceleration_driver!();

/// A view of an operand.
#[allow(dead_code, reason = "unused when the tasks that multiply are missing")]
fn view(of: &Operand) -> Answer<acceleration::MatRef<'_>> {
    Ok(acceleration::MatRef::strided(&of.data, of.shape, of.strides)?)
}

#[cfg(not(missing_roofline))]
mod roofline {
    use super::contract::CountedWork;
    use super::{Answer, Native as _};
    use acceleration::Work;

    pub(super) fn work(counted: CountedWork) -> Answer<Work> {
        Ok(match counted {
            CountedWork::Given { flops, bytes } => Work { flops, bytes },
            CountedWork::MatMul([m, k, n]) => Work::matmul(m, k, n),
            CountedWork::Blocked([m, k, n], block) => Work::matmul_blocked(m, k, n, block)?,
            CountedWork::Conv2d(input, weight, window) => {
                Work::conv2d(&input, &weight, window.native())?
            }
            CountedWork::Im2col(input, weight, window) => {
                Work::im2col(&input, &weight, window.native())?
            }
        })
    }
}
