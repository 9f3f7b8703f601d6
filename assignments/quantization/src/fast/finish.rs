//! From a kernel's sums to results.
