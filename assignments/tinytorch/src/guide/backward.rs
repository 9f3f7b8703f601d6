//! The backward pass on a model of two layers.
//!
#![doc = include_str!("../../docs/backward.svg")]
#![doc = ""]
#![doc = include_str!("../../docs/backward.md")]
