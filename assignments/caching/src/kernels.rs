//! An optional place for your own kernels: products of a few rows with a matrix, scores, weighted sums.
//! Correct results do not need them, and [`Linear::forward`](tinytorch::nn::Linear) is fast for many rows.
//! For a single row, the most common case here, a loop that reads each weight once is several times as
//! fast.
