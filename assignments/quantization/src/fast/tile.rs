//! The innermost loop.
