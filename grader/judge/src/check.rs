//! The checks used in cases. Messages for students are fixed text; values go only into the hidden
//! detail.

use crate::{CallFailure, CaseVerdict, Failure, wrong};
use std::fmt::Debug;

/// Passes if `holds`. Otherwise fails with `message`, and with `detail` for the instructor.
///
/// # Errors
/// [`Failure::Wrong`].
pub fn that(holds: bool, message: &'static str, detail: impl FnOnce() -> String) -> CaseVerdict {
    if holds { Ok(()) } else { Err(wrong(message, detail())) }
}

/// Passes if both are equal.
///
/// # Errors
/// [`Failure::Wrong`].
pub fn equal<T: PartialEq + Debug>(message: &'static str, got: &T, expected: &T) -> CaseVerdict {
    that(got == expected, message, || format!("got {got:?}, expected {expected:?}"))
}

/// Passes if `got` is finite and within `relative * |expected| + absolute` of `expected`.
///
/// # Errors
/// [`Failure::Wrong`], also for NaN and infinity.
pub fn close(
    message: &'static str,
    got: f64,
    expected: f64,
    relative: f64,
    absolute: f64,
) -> CaseVerdict {
    let bound = relative * expected.abs() + absolute;
    that((got - expected).abs() <= bound, message, || {
        format!("got {got:?}, expected {expected:?} within {bound:e}")
    })
}

/// [`close`] for each pair of elements; the lengths must be equal.
///
/// # Errors
/// [`Failure::Wrong`] with the first index that differs.
pub fn all_close(
    message: &'static str,
    got: &[f64],
    expected: &[f64],
    relative: f64,
    absolute: f64,
) -> CaseVerdict {
    equal(message, &got.len(), &expected.len())?;
    let differs = got
        .iter()
        .zip(expected)
        .position(|(g, e)| close(message, *g, *e, relative, absolute).is_err());
    differs.map_or(Ok(()), |at| {
        Err(wrong(message, format!("at {at}: got {:?}, expected {:?}", got[at], expected[at])))
    })
}

/// Passes if the function returned an error of `kind`, a variant of its error type.
///
/// # Errors
/// [`Failure::Wrong`] if it returned a value or another error; any other failure is passed on.
pub fn returns_error<T: Debug>(
    message: &'static str,
    result: Result<T, CallFailure>,
    kind: &str,
) -> CaseVerdict {
    match result {
        Err(CallFailure::Returned(error)) if error.kind == kind => Ok(()),
        Err(CallFailure::Returned(error)) => {
            Err(wrong(message, format!("got the error {error:?}, expected {kind}")))
        }
        Err(other) => Err(Failure::from(other)),
        Ok(value) => Err(wrong(message, format!("got {value:?}, expected the error {kind}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grader_protocol::StudentError;

    #[test]
    fn nan_and_infinity_are_never_close() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(close("m", bad, 1.0, 1.0, 1e300).is_err(), "{bad}");
        }
        assert!(close("m", 1.0 + 1e-12, 1.0, 1e-9, 0.0).is_ok());
    }

    #[test]
    fn a_missing_element_is_not_close() {
        assert!(all_close("m", &[1.0], &[1.0, 2.0], 1.0, 1.0).is_err());
    }

    #[test]
    fn only_the_named_error_will_do() {
        let error = |kind: &str| {
            Err::<(), _>(CallFailure::Returned(StudentError {
                kind: kind.into(),
                message: String::new(),
            }))
        };
        assert!(returns_error("m", error("NoRuns"), "NoRuns").is_ok());
        assert!(returns_error("m", error("Other"), "NoRuns").is_err());
        assert!(returns_error("m", Ok(()), "NoRuns").is_err());
    }
}
