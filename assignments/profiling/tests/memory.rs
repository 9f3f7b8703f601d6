//! Task `memory`. Run with `cargo test -p profiling --test memory`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start. All numbers are exact: the allocator counts, nothing is estimated.

use profiling::{MemoryProfiler, MemoryStats};
use std::hint::black_box;
use tinytorch::Tensor;

/// A block of this many bytes, in one allocation.
fn block(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

fn profile<R>(f: impl FnOnce() -> R) -> MemoryStats {
    MemoryProfiler::new().profile(f)
}

#[test]
fn a_function_that_allocates_nothing_shows_nothing() {
    let stats = profile(|| black_box(1 + 1));
    let counts = [stats.peak_bytes, stats.allocated_bytes, stats.allocations, stats.leaked_bytes];
    assert_eq!(counts, [0; 4]);
}

#[test]
fn the_peak_is_what_was_live_at_once() {
    let stats = profile(|| {
        drop(block(1000));
        drop(block(3000));
        drop(block(2000));
    });
    assert_eq!(stats.peak_bytes, 3000);
    assert_eq!(stats.allocated_bytes, 6000);
    assert_eq!(stats.allocations, 3);
}

#[test]
fn blocks_that_live_together_add_up() {
    let stats = profile(|| {
        let first = block(1000);
        let second = block(500);
        (first.capacity(), second.capacity())
    });
    assert_eq!(stats.peak_bytes, 1500);
}

#[test]
fn what_was_there_before_is_baseline_and_not_peak() {
    let kept = block(10_000);
    let stats = profile(|| drop(block(16)));
    assert!(stats.baseline_bytes >= kept.capacity());
    assert_eq!(stats.peak_bytes, 16);
}

#[test]
fn an_earlier_peak_is_forgotten() {
    drop(block(50_000));
    assert_eq!(profile(|| drop(block(16))).peak_bytes, 16);
}

#[test]
fn forgotten_memory_is_leaked() {
    let stats = profile(|| std::mem::forget(block(77)));
    assert_eq!(stats.leaked_bytes, 77);
}

#[test]
fn what_is_returned_is_not_leaked() {
    let stats = profile(|| block(4096));
    assert_eq!((stats.peak_bytes, stats.leaked_bytes), (4096, 0));
}

#[test]
fn freeing_what_was_there_before_leaks_nothing() {
    let old = block(4096);
    assert_eq!(profile(move || drop(old)).leaked_bytes, 0);
}

#[test]
fn an_inner_measurement_leaves_the_outer_peak_alone() {
    let mut inner = MemoryStats::default();
    let outer = profile(|| {
        drop(block(9000));
        inner = profile(|| drop(block(100)));
    });
    assert_eq!(inner.peak_bytes, 100);
    assert_eq!(outer.peak_bytes, 9000);
}

#[test]
fn an_inner_peak_is_part_of_the_outer_one() {
    let outer = profile(|| {
        let held = block(1000);
        let inner = profile(|| drop(block(5000)));
        assert_eq!(inner.peak_bytes, 5000);
        held.capacity()
    });
    assert_eq!(outer.peak_bytes, 6000);
}

#[test]
fn a_tensor_takes_four_bytes_an_element() {
    let stats = profile(|| Tensor::zeros(&[64, 32]));
    let elements = 64 * 32 * 4;
    // The shape and the reference count take some bytes too.
    assert!((elements..elements + 500).contains(&stats.peak_bytes), "{stats:?}");
}
