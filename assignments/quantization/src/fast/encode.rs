//! From numbers and codes to the bytes of a kernel.
