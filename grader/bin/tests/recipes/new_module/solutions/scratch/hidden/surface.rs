//! The public interface, item by item.

#![allow(dead_code, reason = "only whether it compiles counts")]

// PROBE double: double
// EXPECT: pub fn double(x: f64) -> f64
fn double_double() -> f64 {
    scratch::double(1.0)
}
