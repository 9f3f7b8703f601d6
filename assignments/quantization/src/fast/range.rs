//! The range of an input, which is measured at each call.
