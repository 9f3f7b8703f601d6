//! Task `roofline`. Run with `cargo test -p acceleration --test roofline`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. The numbers are worked out in the comments.

use acceleration::{AccelError, Bound, Roofline, Window, Work};

/// 100 GFLOP/s and 10 GB/s: the corner of the roofline is at 10 FLOPs per byte.
fn machine() -> Roofline {
    Roofline::new(100e9, 10e9).unwrap()
}

#[test]
fn a_product_touches_each_element_once() {
    // 2 * 2 * 3 * 4 FLOPs; 6 + 12 + 8 elements.
    assert_eq!(Work::matmul(2, 3, 4), Work { flops: 48, bytes: 4 * 26 });
}

#[test]
fn blocks_make_operands_pass_again() {
    // C is 4 x 6 in blocks of 2: three columns of blocks read A (4 x 5), two rows of blocks B (5 x 6).
    let work = Work::matmul_blocked(4, 5, 6, 2).unwrap();
    assert_eq!(work, Work { flops: 240, bytes: 4 * (3 * 20 + 2 * 30 + 24) });
    // Blocks of 4: two columns of blocks (the second is narrower), one row.
    assert_eq!(Work::matmul_blocked(4, 5, 6, 4).unwrap().bytes, 4 * (2 * 20 + 30 + 24));
    assert_eq!(Work::matmul_blocked(4, 5, 6, 6).unwrap(), Work::matmul(4, 5, 6));
    let error = Work::matmul_blocked(4, 5, 6, 0).unwrap_err();
    assert_eq!(error, AccelError::BadBlock { operation: "matmul_blocked" });
}

#[test]
fn columns_cost_bytes_and_no_flops() {
    let window = Window { stride: (1, 1), padding: (1, 1) };
    let (input, weight) = ([2, 3, 8, 8], [4, 3, 3, 3]);
    // 2 * 4 * 64 outputs of 27 products each; 384 pixels, 108 weights, 512 outputs.
    let direct = Work::conv2d(&input, &weight, window).unwrap();
    assert_eq!(direct, Work { flops: 2 * 512 * 27, bytes: 4 * (384 + 108 + 512) });
    // Two images of 27 x 64, written and read.
    let through = Work::im2col(&input, &weight, window).unwrap();
    assert_eq!(through, Work { flops: direct.flops, bytes: direct.bytes + 2 * 4 * 2 * 27 * 64 });
}

#[test]
fn intensity_needs_bytes() {
    assert_eq!(Work { flops: 30, bytes: 12 }.intensity(), Some(2.5));
    assert_eq!(Work { flops: 30, bytes: 0 }.intensity(), None);
}

#[test]
fn the_roof_has_a_corner() {
    let roof = machine();
    assert_eq!(roof.ridge(), 10.0);
    let (low, high) = (Work { flops: 50, bytes: 10 }, Work { flops: 500, bytes: 10 });
    assert_eq!((roof.attainable(&low), roof.bound(&low)), (50e9, Bound::Memory));
    assert_eq!((roof.attainable(&high), roof.bound(&high)), (100e9, Bound::Compute));
    assert_eq!(roof.bound(&Work { flops: 100, bytes: 10 }), Bound::Compute);
    assert_eq!(roof.attainable(&Work { flops: 1, bytes: 0 }), 100e9);
}

#[test]
fn the_longer_time_counts() {
    let roof = machine();
    // 2 s of arithmetic or 1 s of transfer; then the reverse.
    assert_eq!(roof.predict(&Work { flops: 200_000_000_000, bytes: 10_000_000_000 }), 2.0);
    let work = Work { flops: 100_000_000_000, bytes: 30_000_000_000 };
    assert_eq!(roof.predict(&work), 3.0);
    assert_eq!(roof.efficiency(&work, 12.0), Ok(0.25));
}

#[test]
fn no_machine_has_no_speed() {
    for bad in [0.0, -1.0, f64::INFINITY] {
        let error = Roofline::new(bad, 1.0).unwrap_err();
        assert_eq!(error, AccelError::BadQuantity { quantity: "peak", value: bad });
        assert!(Roofline::new(1.0, bad).is_err());
        assert!(machine().efficiency(&Work { flops: 1, bytes: 1 }, bad).is_err());
    }
    assert!(Roofline::new(f64::NAN, 1.0).is_err());
}
