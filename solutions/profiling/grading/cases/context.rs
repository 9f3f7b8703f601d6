//! Task `context`: one report of time, memory, FLOPs and bytes.

use super::memory::{leaked_memory_is_counted, peak_is_the_most_at_once};
use super::prelude::*;
use crate::oracle::{heap::Heap, render};
use contract::{Context, ContextScript, MemoryStep};

cases! { task "context", client Client;
    /// The time is that from the constructor to `finish`, in seconds.
    context_measures_seconds;
    /// FLOPs and bytes that are added pile up, each by itself.
    context_adds_up_flops_and_bytes;
    /// FLOPs and bytes stay at the largest number instead of overflowing.
    context_counts_saturate after [context_adds_up_flops_and_bytes];
    /// Achieved GFLOP/s are FLOPs over seconds, in billions.
    gflops_are_flops_over_seconds
        after [context_measures_seconds, context_adds_up_flops_and_bytes];
    /// When no time has passed there is no rate.
    no_time_has_no_gflops;
    /// Arithmetic intensity is FLOPs over bytes moved.
    intensity_is_flops_over_bytes after [context_adds_up_flops_and_bytes];
    /// When no bytes were moved there is no intensity.
    no_bytes_have_no_intensity;
    /// The context sees the memory that is used while it lives, and none of its own.
    context_sees_memory_meanwhile after [peak_is_the_most_at_once, leaked_memory_is_counted];
    /// The rendered report holds the report's own numbers, to the letter.
    context_renders_its_numbers;
    /// The rendered report of a known run is the expected text.
    context_report_reads_as_expected after [context_renders_its_numbers,
        gflops_are_flops_over_seconds, intensity_is_flops_over_bytes, context_sees_memory_meanwhile];
}

/// A script with some of everything.
fn script(draw: &mut Draw) -> ContextScript {
    let amounts = |draw: &mut Draw| (0..4).map(|_| draw.int(1..=1_000_000_000) as u64).collect();
    ContextScript {
        name: format!("run {}", draw.int(0..=999)),
        nanoseconds: draw.int(1_000..=9_000_000_000) as u64,
        flops: amounts(draw),
        bytes_moved: amounts(draw),
        memory: vec![],
    }
}

fn context_measures_seconds(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let script = script(draw);
    let expected = script.nanoseconds as f64 * 1e-9;
    let got = code.context(script)?.seconds;
    let message = "`ProfilerContext` should report the seconds from its start to `finish`";
    check::close(message, got, expected, ROUNDING, 0.0)
}

fn context_adds_up_flops_and_bytes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let script = script(draw);
    let got = code.context(script.clone())?;
    let flops = script.flops.iter().sum();
    check::equal("`add_flops` should add to what was there", &got.flops, &flops)?;
    let bytes = script.bytes_moved.iter().sum();
    check::equal("`add_bytes` should add to what was there", &got.bytes_moved, &bytes)
}

fn context_counts_saturate(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let amounts = vec![u64::MAX - 1, draw.int(2..=1_000_000) as u64];
    let got = code.context(ContextScript {
        flops: amounts.clone(),
        bytes_moved: amounts,
        ..script(draw)
    })?;
    let message = "`add_flops` and `add_bytes` should saturate instead of overflowing";
    check::equal(message, &(got.flops, got.bytes_moved), &(u64::MAX, u64::MAX))
}

fn gflops_are_flops_over_seconds(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let script = script(draw);
    let flops: u64 = script.flops.iter().sum();
    // FLOPs per nanosecond equal billions of FLOPs per second.
    let expected = flops as f64 / script.nanoseconds as f64;
    let got = code.context(script)?.gflops.unwrap_or(f64::NAN);
    let message = "`gflops` should be FLOPs / seconds / 1e9";
    check::close(message, got, expected, ROUNDING, 0.0)
}

fn no_time_has_no_gflops(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let got = code.context(ContextScript { nanoseconds: 0, ..script(draw) })?.gflops;
    check::equal("`gflops` should be None when no time has passed", &got, &None)
}

fn intensity_is_flops_over_bytes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let script = script(draw);
    let sum = |amounts: &[u64]| amounts.iter().sum::<u64>() as f64;
    let expected = sum(&script.flops) / sum(&script.bytes_moved);
    let got = code.context(script)?.intensity.unwrap_or(f64::NAN);
    let message = "`arithmetic_intensity` should be FLOPs / bytes moved";
    check::close(message, got, expected, ROUNDING, 0.0)
}

fn no_bytes_have_no_intensity(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bytes_moved in [vec![], vec![0, 0]] {
        let got = code.context(ContextScript { bytes_moved, ..script(draw) })?.intensity;
        let message = "`arithmetic_intensity` should be None when no bytes were moved";
        check::equal(message, &got, &None)?;
    }
    Ok(())
}

fn context_sees_memory_meanwhile(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut bytes = || draw.int(1_000..=90_000);
    let memory = vec![
        MemoryStep::Allocate { slot: 0, bytes: bytes() },
        MemoryStep::Allocate { slot: 1, bytes: bytes() },
        MemoryStep::Free { slot: 0 },
        MemoryStep::Leak { bytes: bytes() },
        MemoryStep::Free { slot: 1 },
    ];
    let heap = Heap::after(&memory);
    let got = code.context(ContextScript { memory, ..script(draw) })?.memory;
    let message = "`ProfilerContext` should report the memory used between its start and `finish`, \
                   without what it allocates for itself";
    let counts = (got.peak_bytes, got.allocated_bytes, got.allocations, got.leaked_bytes);
    check::equal(message, &counts, &(heap.peak, heap.total, heap.allocations, heap.leaked))
}

fn context_renders_its_numbers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let all = script(draw);
    let idle = ContextScript { nanoseconds: 0, bytes_moved: vec![], ..all.clone() };
    for script in [all, idle] {
        let name = script.name.clone();
        let got = code.context(script)?;
        check::equal("the report should keep the context's name", &got.name, &name)?;
        let message = "`ProfileReport::render` differs from the format in the handout (every space \
                       counts, and what is undefined reads `n/a`)";
        check::equal(message, &got.rendered, &render::context(&got))?;
    }
    Ok(())
}

/// The run whose report is a snapshot. Everything in it is scripted, so the text needs no
/// redaction.
fn known_run() -> ContextScript {
    ContextScript {
        name: "matmul 512".into(),
        nanoseconds: 21_474_836,
        flops: vec![2 * 512 * 512 * 512],
        bytes_moved: vec![3 * 4 * 512 * 512],
        memory: vec![
            MemoryStep::Allocate { slot: 0, bytes: 1_048_576 },
            MemoryStep::Leak { bytes: 4096 },
            MemoryStep::Free { slot: 0 },
        ],
    }
}

fn context_report_reads_as_expected(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let got: Context = code.context(known_run())?;
    let expected = snapshot(include_str!("../snapshots/context_report.snap"));
    check::equal("the rendered report of a known run differs", &&*got.rendered, &expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected report of [`known_run`], computed from the script alone.
    fn expected() -> Context {
        let script = known_run();
        let heap = Heap::after(&script.memory);
        let (flops, bytes_moved) = (script.flops[0], script.bytes_moved[0]);
        Context {
            name: script.name,
            seconds: script.nanoseconds as f64 * 1e-9,
            flops,
            bytes_moved,
            memory: contract::Memory {
                baseline_bytes: 0,
                peak_bytes: heap.peak,
                allocated_bytes: heap.total,
                allocations: heap.allocations,
                leaked_bytes: heap.leaked,
            },
            gflops: Some(flops as f64 / script.nanoseconds as f64),
            intensity: Some(flops as f64 / bytes_moved as f64),
            rendered: String::new(),
        }
    }

    #[test]
    fn snapshot_is_fresh() {
        assert_snapshot("context_report", &render::context(&expected()));
    }
}
