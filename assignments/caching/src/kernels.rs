//! Room for kernels of your own: products of a few rows with a matrix, scores, weighted sums. You need none
//! to be right, and [`Linear::forward`](tinytorch::nn::Linear) is fast for many rows. For one row, the case
//! that matters here, a loop that reads each weight once is several times as fast.
