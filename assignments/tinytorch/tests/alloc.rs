//! The counting allocator. Each test runs on its own thread, and the counts are per thread,
//! so tests do not disturb each other.

use std::hint::black_box;

use tinytorch::Tensor;
use tinytorch::alloc::{Counters, counters, process_counters, raise_peak, reset_peak};

/// The changes caused by `work`: live bytes, total bytes, allocations. Its result is
/// dropped inside and not counted.
fn change(work: impl FnOnce()) -> (isize, usize, usize) {
    let before = counters();
    work();
    let after = counters();
    let live = after.live_bytes.cast_signed() - before.live_bytes.cast_signed();
    let total = after.total_bytes - before.total_bytes;
    (live, total, after.allocations - before.allocations)
}

/// The peak above the live bytes at the start.
fn peak_of(work: impl FnOnce()) -> usize {
    let outer = reset_peak();
    let start = counters().live_bytes;
    work();
    let peak = counters().peak_bytes - start;
    raise_peak(outer);
    peak
}

/// A block that the compiler cannot optimize away.
fn block(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[test]
fn a_vector_is_counted_and_its_end_too() {
    let mut kept = Vec::new();
    assert_eq!(change(|| kept = block(1000)), (1000, 1000, 1));
    assert_eq!(change(|| drop(kept)), (-1000, 0, 0));
}

#[test]
fn zeroed_memory_counts_like_any_other() {
    assert_eq!(change(|| drop(black_box(vec![0_u8; 4096]))), (0, 4096, 1));
}

#[test]
fn nothing_is_counted_where_nothing_is_allocated() {
    assert_eq!(change(|| drop(black_box(Vec::<u8>::new()))), (0, 0, 0));
    assert_eq!(change(|| assert!(black_box([1_u8; 64]).len() == 64)), (0, 0, 0));
}

#[test]
fn growing_counts_once_more_and_by_the_growth() {
    let mut vector = block(100);
    vector.push(0);
    assert_eq!(change(|| vector.reserve_exact(299)), (200, 200, 1));
    assert_eq!(vector.capacity(), 300);
}

#[test]
fn shrinking_adds_nothing_to_the_total() {
    let mut vector = block(300);
    vector.push(0);
    assert_eq!(change(|| vector.shrink_to(50)), (-250, 0, 1));
}

#[test]
fn the_peak_is_the_most_that_was_live_at_once() {
    let peak = peak_of(|| {
        drop(block(700));
        let first = block(500);
        let second = block(400);
        drop((first, second));
        drop(block(600));
    });
    assert_eq!(peak, 900);
}

#[test]
fn a_nested_measurement_leaves_the_outer_one_right() {
    let mut inner = 0;
    let outer = peak_of(|| {
        drop(block(5000));
        let held = block(100);
        inner = peak_of(|| drop(block(300)));
        drop(held);
    });
    assert_eq!((outer, inner), (5000, 300));

    let outer = peak_of(|| {
        let held = block(100);
        inner = peak_of(|| drop(block(7000)));
        drop(held);
    });
    assert_eq!((outer, inner), (7100, 7000), "the inner peak is part of the outer one");
}

#[test]
fn raise_peak_never_lowers() {
    reset_peak();
    drop(block(1000));
    let peak = counters().peak_bytes;
    raise_peak(peak - 1);
    assert_eq!(counters().peak_bytes, peak);
    raise_peak(peak + 1);
    assert_eq!(counters().peak_bytes, peak + 1);
}

#[test]
fn reset_peak_returns_the_peak_up_to_now() {
    drop(block(1 << 20));
    let peak = counters().peak_bytes;
    assert_eq!(reset_peak(), peak);
    assert_eq!(counters().peak_bytes, counters().live_bytes);
}

#[test]
fn threads_count_for_themselves() {
    let here = change(|| {
        std::thread::scope(|scope| {
            let there = scope.spawn(|| change(|| drop(block(1 << 20))));
            assert_eq!(there.join().expect("the thread ends well"), (0, 1 << 20, 1));
        });
    });
    assert!(here.1 < 1 << 16, "the other thread's megabyte was counted here: {here:?}");
}

#[test]
fn memory_freed_on_another_thread_leaves_live_at_zero_there() {
    let megabyte = block(1 << 20);
    let there = std::thread::spawn(move || {
        drop(megabyte);
        let after_foreign: Counters = counters();
        let own = change(|| drop(block(64)));
        let held = block(1000);
        let live = counters().live_bytes;
        drop(held);
        (after_foreign.live_bytes, own, live)
    });
    let there = there.join().expect("the thread ends well");
    assert_eq!(there, (0, (0, 64, 1), 1000), "own memory is still counted exactly");
    assert!(counters().live_bytes >= 1 << 20, "here it was never freed");
}

#[test]
fn allocating_while_a_thread_ends_does_not_fail() {
    struct AllocatesWhenDropped;
    impl Drop for AllocatesWhenDropped {
        fn drop(&mut self) {
            assert_eq!(change(|| drop(block(64))), (0, 64, 1));
        }
    }
    thread_local!(static LAST: AllocatesWhenDropped = const { AllocatesWhenDropped });
    let ended = std::thread::spawn(|| LAST.with(|_| ())).join();
    ended.expect("no panic while the thread ends");
}

#[test]
fn what_is_documented_as_free_copies_no_elements() {
    let tensor = Tensor::zeros(&[250, 4]);
    let transposed = tensor.t().unwrap();
    let views = [
        change(|| drop(tensor.clone())),
        change(|| drop(tensor.t())),
        change(|| drop(tensor.permute(&[1, 0]))),
        change(|| drop(tensor.slice_axis(0, 3, 9))),
        change(|| drop(tensor.reshape(&[100, 10]))),
        change(|| drop(transposed.reshape(&[4, 250]))),
        change(|| drop(tensor.clone().into_array())),
    ];
    let copied = views.map(|(_, total, _)| total >= tensor.nbytes());
    // Only the last one: a separate array needs separate elements.
    assert_eq!(copied, [false, false, false, false, false, false, true]);
}

#[test]
fn an_array_taken_from_the_only_tensor_is_moved() {
    let tensor = Tensor::zeros(&[250, 4]);
    let mut array = None;
    let (_, total, _) = change(|| array = Some(tensor.into_array()));
    assert_eq!((total, array.map(|a| a.len())), (0, Some(1000)));
}

/// Other tests allocate at the same time, so the counts of the process are at least what is expected.
#[test]
fn the_process_counts_what_any_thread_allocates() {
    let (own, all) = (counters(), process_counters());
    let (asked, inbox) = std::sync::mpsc::channel::<usize>();
    let (outbox, done) = std::sync::mpsc::channel();
    let lives_on = std::thread::spawn(move || {
        for bytes in inbox {
            outbox.send(block(bytes)).unwrap();
        }
    });
    asked.send(1 << 20).unwrap();
    let given = done.recv().unwrap();
    assert!(process_counters().total_bytes - all.total_bytes >= 1 << 20, "of one that lives");
    drop((given, asked));
    lives_on.join().unwrap();
    std::thread::spawn(|| drop(block(1 << 20))).join().unwrap();
    let after = process_counters();
    assert!(after.total_bytes - all.total_bytes >= 2 << 20, "of one that has ended");
    assert!(after.allocations - all.allocations >= 2);
    assert!(counters().total_bytes - own.total_bytes < 1 << 20, "not of this thread");
}
