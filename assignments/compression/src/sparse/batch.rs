//! One value of a sparse weight meets many rows.
