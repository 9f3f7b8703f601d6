//! Decoding what a hostile process may have written: memory is bounded by a count of fields.

use postcard::de_flavors::{Flavor, Slice};
use postcard::{Deserializer, Error, Result};
use serde::de::DeserializeOwned;

/// A value may be made of this many fields; bytes of texts, of [`crate::Bytes`] and of [`crate::Floats`]
/// do not count one by one. Larger things cross the wire in one piece.
const MOST_FIELDS: usize = 1 << 20;

/// Decodes a `T` and returns what is left.
///
/// One byte on the wire can be an empty text, which takes three words here: a frame of the largest size
/// would become gigabytes of them. So what is read piece by piece may not have more than a million
/// pieces. (A vector of something that takes no bytes at all would escape this: no contract has one.)
///
/// # Errors
/// When the bytes are no `T`, or one of too many fields.
///
/// # Cost
/// Memory: the bytes, and some 100 MB at most, whatever they say.
pub(crate) fn take<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8])> {
    let counted = Counted { inner: Slice::new(bytes), left: MOST_FIELDS };
    let mut deserializer = Deserializer::from_flavor(counted);
    let value = T::deserialize(&mut deserializer)?;
    Ok((value, deserializer.finalize()?))
}

/// Bytes that are handed out a limited number of times.
struct Counted<'de> {
    inner: Slice<'de>,
    left: usize,
}

impl Counted<'_> {
    fn count(&mut self) -> Result<()> {
        self.left = self.left.checked_sub(1).ok_or(Error::SerdeDeCustom)?;
        Ok(())
    }
}

impl<'de> Flavor<'de> for Counted<'de> {
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

    /// A reply of 64 MiB that says "as many empty vectors" was decoded into gigabytes.
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
