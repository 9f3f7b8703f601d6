//! Task `memory`: every byte is known, so every count is exact.

use super::prelude::*;
use crate::oracle::heap::Heap;
use contract::MemoryStep::{self, Allocate, Free, Leak, Zeros};

cases! { task "memory", client Client;
    /// A single buffer is the peak, above what was live before.
    peak_of_one_buffer_is_its_size;
    /// A profile starts its own peak: an earlier and higher one is over.
    each_profile_has_its_own_peak after [peak_of_one_buffer_is_its_size];
    /// A function that allocates nothing has peak, total, number and leak of zero.
    nothing_allocated_is_all_zero after [each_profile_has_its_own_peak];
    /// The peak is the most that was live at once, not the sum of all allocations.
    peak_is_the_most_at_once after [each_profile_has_its_own_peak];
    /// Everything allocated is counted, freed or not.
    allocated_counts_what_was_freed_too;
    /// What is freed is not leaked.
    freed_memory_is_not_leaked;
    /// What is never freed is leaked, to the byte.
    leaked_memory_is_counted after [freed_memory_is_not_leaked];
    /// What the function returns is the caller's and no leak.
    returned_memory_is_not_leaked after [freed_memory_is_not_leaked];
    /// A function that frees older memory leaks nothing, whatever the subtraction says.
    freeing_older_memory_is_no_leak
        after [freed_memory_is_not_leaked, each_profile_has_its_own_peak];
    /// A tensor's storage is seen like any other memory.
    tensors_are_seen;
    /// A profile inside another counts only what happens in it.
    inner_profile_counts_its_own after [peak_is_the_most_at_once];
    /// An outer peak before an inner profile is still there afterwards.
    outer_peak_survives_an_inner_profile after [inner_profile_counts_its_own];
    /// A peak inside the inner profile is the outer one's peak too.
    inner_peak_counts_outside_too after [inner_profile_counts_its_own];
    /// The baseline is what was live when the profile began.
    baseline_is_what_was_live;
}

/// A size that would show any rounding by an allocator.
fn size(draw: &mut Draw) -> usize {
    draw.int(1_000..=100_000) | 1
}

/// Random allocations and frees in a few slots; everything is freed at the end.
fn walk(draw: &mut Draw, steps: usize) -> Vec<MemoryStep> {
    let mut walk: Vec<_> = (0..steps)
        .map(|_| match draw.int(0..=3) {
            0 => Free { slot: draw.int(0..=3) },
            _ => Allocate { slot: draw.int(0..=3), bytes: size(draw) },
        })
        .collect();
    walk.extend((0..4).map(|slot| Free { slot }));
    walk
}

fn nothing_allocated_is_all_zero(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let got = code.memory(vec![])?;
    let message = "the profile of a function that allocates nothing should be all zeros (does \
                   the profiler itself allocate between its readings?)";
    let counts = (got.peak_bytes, got.allocated_bytes, got.allocations, got.leaked_bytes);
    check::equal(message, &counts, &(0, 0, 0, 0))
}

fn peak_of_one_buffer_is_its_size(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // Larger than any earlier peak, so that this case does not depend on resetting it. The
    // memory is only reserved and never touched: it costs address space, but no memory.
    let bytes = 64_000_000 + size(draw);
    let got = code.memory(vec![Allocate { slot: 0, bytes }, Free { slot: 0 }])?;
    let message = "`peak_bytes` of one buffer should be its size";
    let verdict = check::equal(message, &got.peak_bytes, &bytes);
    let absolute = "`peak_bytes` counts what was live before the profile too; it should be above \
                    the baseline";
    diagnosed(verdict, &[(got.peak_bytes == bytes + got.baseline_bytes, absolute)])
}

fn each_profile_has_its_own_peak(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (bytes, earlier) = (size(draw), 2_000_000 + size(draw));
    // One allocation in the same thread, freed before the inner profile begins.
    let before = vec![Allocate { slot: 0, bytes: earlier }, Free { slot: 0 }];
    let inner = vec![Allocate { slot: 1, bytes }, Free { slot: 1 }];
    let (_, inner) = code.memory_nested(before, inner, vec![])?;
    let message = "`peak_bytes` remembers an earlier peak; start a new one with `reset_peak`";
    check::equal(message, &inner.peak_bytes, &bytes)
}

pub fn peak_is_the_most_at_once(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let steps = walk(draw, 40);
    let (got, heap) = (code.memory(steps.clone())?.peak_bytes, Heap::after(&steps));
    let message = "`peak_bytes` should be the most that was live at once";
    let sum = "`peak_bytes` is the sum of all allocations; it should be the most that was live at \
               once";
    diagnosed(check::equal(message, &got, &heap.peak), &[(got == heap.total, sum)])
}

fn allocated_counts_what_was_freed_too(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let steps = walk(draw, 40);
    let (got, heap) = (code.memory(steps.clone())?, Heap::after(&steps));
    let message = "`allocated_bytes` should be the sum of all allocations, freed or not";
    check::equal(message, &got.allocated_bytes, &heap.total)?;
    check::equal("`allocations` should be how many there were", &got.allocations, &heap.allocations)
}

fn freed_memory_is_not_leaked(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let got = code.memory(walk(draw, 20))?.leaked_bytes;
    check::equal("`leaked_bytes` should be 0 when everything was freed", &got, &0)
}

pub fn leaked_memory_is_counted(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut steps = walk(draw, 10);
    for _ in 0..3 {
        steps.insert(draw.int(0..=10), Leak { bytes: size(draw) });
    }
    let (got, heap) = (code.memory(steps.clone())?.leaked_bytes, Heap::after(&steps));
    let message = "`leaked_bytes` should be what is still live at the end, above the baseline";
    check::equal(message, &got, &heap.leaked)
}

fn returned_memory_is_not_leaked(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let bytes = size(draw);
    let got = code.memory_returning(bytes)?;
    let message = "what the function returns is not leaked; drop it before the last reading";
    check::equal(message, &got.leaked_bytes, &0)?;
    let message = "what the function returns should count for `allocated_bytes`";
    check::equal(message, &got.allocated_bytes, &bytes)
}

fn freeing_older_memory_is_no_leak(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let before = vec![Allocate { slot: 0, bytes: size(draw) }];
    let (_, inner) = code.memory_nested(before, vec![Free { slot: 0 }], vec![])?;
    let message = "a function that frees older memory ends below the baseline; `leaked_bytes` \
                   and `peak_bytes` should be 0 then";
    check::equal(message, &(inner.leaked_bytes, inner.peak_bytes), &(0, 0))
}

fn tensors_are_seen(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let shape = [draw.int(20..=90), draw.int(20..=90)];
    let got = code.memory(vec![Zeros { shape }, Zeros { shape: [0, shape[1]] }])?;
    // A tensor also stores its shape, so there is a little more than its numbers.
    let least = 4 * shape[0] * shape[1];
    check::that(
        (least..least + 4096).contains(&got.allocated_bytes) && got.allocations > 0,
        "a tensor should be seen with four bytes for each of its numbers",
        || format!("{got:?}, expected at least {least}"),
    )
}

fn inner_profile_counts_its_own(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (before, after) = (walk(draw, 10), walk(draw, 10));
    let steps = walk(draw, 10);
    let (_, inner) = code.memory_nested(before, steps.clone(), after)?;
    let heap = Heap::after(&steps);
    let message = "a profile inside another should count only what happens in it";
    let got = (inner.peak_bytes, inner.allocated_bytes, inner.allocations);
    check::equal(message, &got, &(heap.peak, heap.total, heap.allocations))
}

fn outer_peak_survives_an_inner_profile(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let bytes = 1_000_000 + size(draw);
    let before = vec![Allocate { slot: 0, bytes }, Free { slot: 0 }];
    let inner = vec![Allocate { slot: 1, bytes: size(draw) }, Free { slot: 1 }];
    let (outer, _) = code.memory_nested(before, inner, vec![])?;
    let message = "an inner `profile` made the outer one forget its peak; put the earlier peak \
                   back when a profile ends";
    check::equal(message, &outer.peak_bytes, &bytes)
}

fn inner_peak_counts_outside_too(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (held, bytes) = (size(draw), 1_000_000 + size(draw));
    let before = vec![Allocate { slot: 0, bytes: held }];
    let inner = vec![Allocate { slot: 1, bytes }, Free { slot: 1 }];
    let (outer, _) = code.memory_nested(before, inner, vec![Free { slot: 0 }])?;
    let message = "memory in use inside an inner `profile` should count for the outer peak too";
    check::equal(message, &outer.peak_bytes, &(held + bytes))
}

fn baseline_is_what_was_live(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let bytes = 1_000_000 + size(draw);
    let before = vec![Allocate { slot: 0, bytes }];
    let (outer, inner) = code.memory_nested(before, vec![], vec![Free { slot: 0 }])?;
    let grown = inner.baseline_bytes.saturating_sub(outer.baseline_bytes);
    // The driver may allocate a little in between.
    check::that(
        (bytes..bytes + 4096).contains(&grown),
        "`baseline_bytes` should be what was live when the profile began",
        || format!("grew by {grown}, expected {bytes}"),
    )
}
