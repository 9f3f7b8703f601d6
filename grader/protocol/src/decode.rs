//! Decodes bytes that a hostile process may have written. Memory is bounded by limiting the number
//! of fields.

use postcard::de_flavors::{Flavor, Slice};
use postcard::{Deserializer, Error, Result};
use serde::de::DeserializeOwned;

/// Maximum number of fields in one value. Texts, [`crate::Bytes`] and [`crate::Floats`] are read in
/// one piece, so their bytes are not counted one by one.
const MOST_FIELDS: usize = 1 << 20;

/// Decodes a `T` and returns it with the remaining bytes.
///
/// An empty text takes one byte on the wire but three words in memory, so a frame of the maximum
/// size could expand to gigabytes. Therefore a value is read in at most [`MOST_FIELDS`] pieces. (A
/// vector of a zero-sized type would escape this limit; no contract has one.)
///
/// # Errors
/// If the bytes do not encode a `T`, or it has too many fields.
///
/// # Cost
/// Memory: the bytes plus about 100 MB at most, regardless of their content.
pub(crate) fn take<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8])> {
    let counted = LimitedPieces { inner: Slice::new(bytes), left: MOST_FIELDS };
    let mut deserializer = Deserializer::from_flavor(counted);
    let value = T::deserialize(&mut deserializer)?;
    Ok((value, deserializer.finalize()?))
}

/// Bytes that can be read in a limited number of pieces.
struct LimitedPieces<'de> {
    inner: Slice<'de>,
    left: usize,
}

impl LimitedPieces<'_> {
    fn count(&mut self) -> Result<()> {
        self.left = self.left.checked_sub(1).ok_or(Error::SerdeDeCustom)?;
        Ok(())
    }
}

impl<'de> Flavor<'de> for LimitedPieces<'de> {
    type Remainder = &'de [u8];
    type Source = &'de [u8];

    fn pop(&mut self) -> Result<u8> {
        self.count()?;
        self.inner.pop()
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }

    fn try_take_n(&mut self, count: usize) -> Result<&'de [u8]> {
        self.count()?;
        self.inner.try_take_n(count)
    }

    fn finalize(self) -> Result<&'de [u8]> {
        self.inner.finalize()
    }
}

#[cfg(test)]
mod tests {
    use crate::timed::from_bytes;
    use crate::{Bytes, CallFailure, Floats, decode_reply};

    /// Regression test: a 64 MiB reply that claimed to hold as many empty vectors was decoded into
    /// gigabytes.
    #[test]
    fn a_reply_cannot_become_many_times_its_size() {
        let empty_vectors = |count: usize| {
            let mut payload = postcard::to_stdvec(&(0_u8, count)).unwrap();
            payload.resize(payload.len() + count, 0);
            payload
        };
        let many = decode_reply::<Vec<Bytes>>(&empty_vectors(2 << 20));
        assert!(matches!(many, Err(CallFailure::BadReply { .. })), "it was decoded");
        assert!(from_bytes::<Vec<Bytes>>(&empty_vectors(2 << 20)[1..]).is_none());
        assert_eq!(decode_reply::<Vec<Bytes>>(&empty_vectors(1000)).unwrap().len(), 1000);
    }

    #[test]
    fn what_crosses_in_one_piece_may_be_large() {
        let numbers = Floats(vec![1.0; 4 << 20]);
        let reply = crate::encode_reply(&crate::Reply::Value(numbers.clone()));
        assert!(decode_reply::<Floats>(&reply).unwrap() == numbers);
    }
}
