//! The public interface, item by item. Compiled only when the driver did not compile with a
//! submission, to tell the student which item is missing or has another signature.
//!
//! Each item from one PROBE line to the next is independent of the others. `EXPECT` is what the
//! student reads.

#![allow(dead_code, unused, reason = "only whether it compiles counts")]

type Outcome<T> = Result<T, acceleration::AccelError>;
type View<'a> = acceleration::MatRef<'a>;

// PROBE naive: matmul_naive
// EXPECT: pub fn matmul_naive(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix>
fn naive(a: View<'_>, b: View<'_>) -> Outcome<acceleration::Matrix> {
    acceleration::matmul_naive(a, b)
}

// PROBE reordered: matmul_reordered
// EXPECT: pub fn matmul_reordered(a: MatRef<'_>, b: MatRef<'_>) -> Result<Matrix>
fn reordered(a: View<'_>, b: View<'_>) -> Outcome<acceleration::Matrix> {
    acceleration::matmul_reordered(a, b)
}
