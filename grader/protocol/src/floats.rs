//! Numbers that are serialized as one block, like [`crate::Bytes`].

use crate::Bytes;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Single-precision numbers, encoded as little-endian bytes at the speed of a copy. Every bit
/// pattern is preserved, including those of NaNs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Floats(pub Vec<f32>);

impl Serialize for Floats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|number| number.to_le_bytes()).collect();
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Floats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Bytes(bytes) = Bytes::deserialize(deserializer)?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(D::Error::custom("numbers have four bytes each"));
        }
        Ok(Self(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_comes_back() {
        let numbers = [0.0, -0.0, 1.5, f32::MIN_POSITIVE / 2.0, f32::INFINITY, -f32::NAN];
        let encoded = postcard::to_stdvec(&Floats(numbers.to_vec())).unwrap();
        let Floats(back) = postcard::from_bytes(&encoded).unwrap();
        assert!(back.iter().zip(numbers).all(|(a, b)| a.to_bits() == b.to_bits()));
        assert_eq!(back.len(), numbers.len());
    }

    #[test]
    fn a_part_of_a_number_is_refused() {
        let encoded = postcard::to_stdvec(&Bytes(vec![0; 7])).unwrap();
        assert!(postcard::from_bytes::<Floats>(&encoded).is_err());
    }
}
