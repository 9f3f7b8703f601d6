//! The reply to a call.

use crate::shorten::kept_short;
use crate::{CallFailure, StudentError, decode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The return type of a driver's contract functions.
pub type Answer<T> = Result<T, StudentError>;

/// One reply. The variants without a `T` have the same encoding for every `T`, so a panic can be
/// reported without knowing which function was called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply<T> {
    /// The answer.
    Value(T),
    /// The student's function returned an error.
    Error(StudentError),
    /// The student's function panicked.
    Panic {
        /// The panic message, cut to a reasonable length.
        message: String,
        /// File and line.
        location: Option<String>,
    },
    /// The function could not be built into this driver.
    Unavailable {
        /// The expected signature.
        message: String,
    },
    /// The request could not be decoded.
    Malformed {
        /// The decoder's message.
        message: String,
    },
}

impl<T> From<Answer<T>> for Reply<T> {
    fn from(answer: Answer<T>) -> Self {
        match answer {
            Ok(value) => Self::Value(value),
            Err(error) if error.kind == UNAVAILABLE => Self::Unavailable { message: error.message },
            Err(error) => Self::Error(error),
        }
    }
}

/// The error kind by which a driver reports a missing function.
const UNAVAILABLE: &str = "<unavailable>";

impl StudentError {
    /// A function that was left out of the driver because `signature` does not exist.
    pub fn unavailable(signature: impl Into<String>) -> Self {
        Self { kind: UNAVAILABLE.into(), message: signature.into() }
    }

    /// The student's error. Its kind is the variant's name, the first word of its `Debug` text.
    pub fn of<E: std::fmt::Debug + std::fmt::Display>(error: &E) -> Self {
        let debug = format!("{error:?}");
        let kind = debug.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        Self { kind: kind.into(), message: error.to_string() }
    }
}

/// Encodes a reply. Cost: linear in its size.
///
/// # Panics
/// Never for plain data: only maps of unknown length cannot be encoded.
pub fn encode_reply<T: Serialize>(reply: &Reply<T>) -> Vec<u8> {
    postcard::to_stdvec(reply).expect("plain data always encodes")
}

/// Decodes a reply and converts anything but an answer to a [`CallFailure`].
///
/// The writer of the bytes may be hostile. So texts are cut here too, in case the driver did not
/// cut them. No reply becomes a [`CallFailure::Fault`]: a grader fault leaves a submission without
/// points, so a submission must not be able to claim one.
///
/// # Errors
/// Everything except [`Reply::Value`]; also bytes that are not exactly one such reply.
pub fn decode_reply<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CallFailure> {
    let (reply, rest) = decode::take::<Reply<T>>(bytes)
        .map_err(|error| CallFailure::BadReply { what: error.to_string() })?;
    if !rest.is_empty() {
        return Err(CallFailure::BadReply { what: format!("{} bytes too many", rest.len()) });
    }
    Err(match reply {
        Reply::Value(value) => return Ok(value),
        Reply::Error(StudentError { kind, message }) => CallFailure::Returned(StudentError {
            kind: kept_short(kind),
            message: kept_short(message),
        }),
        Reply::Panic { message, location } => {
            let (message, location) = (kept_short(message), location.map(kept_short));
            if message.starts_with("not yet implemented") {
                CallFailure::NotStarted { message, location }
            } else {
                CallFailure::Panicked { message, location }
            }
        }
        Reply::Unavailable { message } => CallFailure::Unavailable { message: kept_short(message) },
        Reply::Malformed { .. } => {
            CallFailure::BadReply { what: "it says that it cannot read the request".into() }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_bytes_are_no_reply() {
        let mut bytes = encode_reply(&Reply::Value(1.5_f64));
        assert_eq!(decode_reply::<f64>(&bytes), Ok(1.5));
        bytes.push(0);
        assert!(matches!(decode_reply::<f64>(&bytes), Err(CallFailure::BadReply { .. })));
    }

    #[test]
    fn a_panic_reads_the_same_whatever_was_asked() {
        let reply = Reply::<()>::Panic { message: "index 3".into(), location: None };
        let failure = decode_reply::<Vec<f64>>(&encode_reply(&reply)).unwrap_err();
        assert_eq!(failure, CallFailure::Panicked { message: "index 3".into(), location: None });
    }

    /// Regression test: a wrong submission avoided a zero by reporting a grader fault.
    #[test]
    fn a_driver_cannot_make_its_failure_a_fault_of_ours() {
        let reply = Reply::<()>::Malformed { message: "your fault".into() };
        let failure = decode_reply::<f64>(&encode_reply(&reply)).unwrap_err();
        assert!(matches!(failure, CallFailure::BadReply { .. }), "{failure:?}");
    }

    /// Regression test: an honest driver cuts its texts, but a hostile one sent megabytes for each
    /// case.
    #[test]
    fn what_a_driver_says_is_cut_here_too() {
        let long = || "é".repeat(100_000);
        let error = StudentError { kind: long(), message: long() };
        let replies = [
            Reply::<()>::Error(error),
            Reply::Panic { message: long(), location: Some(long()) },
            Reply::Unavailable { message: long() },
        ];
        for reply in replies {
            let failure = decode_reply::<f64>(&encode_reply(&reply)).unwrap_err();
            assert!(format!("{failure:?}").len() < 10_000, "{}", failure.to_string().len());
        }
    }

    #[test]
    fn todo_is_not_started() {
        let reply = Reply::<()>::Panic {
            message: "not yet implemented: sort the samples".into(),
            location: None,
        };
        let failure = decode_reply::<f64>(&encode_reply(&reply)).unwrap_err();
        assert!(matches!(failure, CallFailure::NotStarted { .. }));
    }

    #[test]
    fn kind_is_the_variant_of_the_error() {
        #[derive(Debug)]
        enum ReplyError {
            #[expect(dead_code, reason = "seen through Debug")]
            BadSample { index: usize },
        }
        impl std::fmt::Display for ReplyError {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("sample 3 is NaN")
            }
        }
        let error = StudentError::of(&ReplyError::BadSample { index: 3 });
        assert_eq!((&*error.kind, &*error.message), ("BadSample", "sample 3 is NaN"));
    }
}
