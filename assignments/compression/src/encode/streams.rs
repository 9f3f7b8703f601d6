//! Zeros and values of a weight as streams of bits.
