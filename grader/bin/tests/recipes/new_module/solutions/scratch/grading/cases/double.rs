//! Task `double`.

use crate::contract::Client;
use grader_judge::{Draw, CaseVerdict, cases, check};

cases! { task "double", client Client;
    /// The result is twice the argument.
    double_is_twice_the_argument;
    /// Twice a negative number is negative.
    double_keeps_the_sign after [double_is_twice_the_argument];
}

fn double_is_twice_the_argument(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let x = draw.real(1.0, 2.0);
    check::close("`double` should return twice its argument", code.double(x)?, 2.0 * x, 1e-12, 0.0)
}

fn double_keeps_the_sign(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let x = draw.real(-2.0, -1.0);
    check::close("`double` should keep the sign", code.double(x)?, 2.0 * x, 1e-12, 0.0)
}
