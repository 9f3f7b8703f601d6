//! Task `double`. Run with `cargo test -p scratch --test double`.

use scratch::double;

#[test]
fn twice_two_is_four() {
    assert!((double(2.0) - 4.0).abs() < 1e-12);
}
