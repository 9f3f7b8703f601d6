//! Task `params`.

use super::prelude::*;

cases! { task "params", client Client;
    /// A symmetric range has a scale and no zero point.
    params_are_symmetric;
}

fn params_are_symmetric(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let high = draw.int(1..=100) as f32;
    let got = code.from_range(-high, high / 2.0, Scheme::Symmetric { bits: 8 })?;
    let scale = (f64::from(high) / 127.0) as f32;
    let expected = Params { scale, zero_point: 0, scheme: Scheme::Symmetric { bits: 8 } };
    check::equal("the scale should be the larger end, divided by 127", &got, &expected)
}
