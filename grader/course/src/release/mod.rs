//! From `solutions/` to `assignments/`.
