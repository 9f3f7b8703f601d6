//! Task `roofline`.

use super::prelude::*;
use crate::oracle::traffic::{self, Traffic};
use contract::{Bound, CountedWork, RooflineReply, Window};

cases! { task "roofline", client Client;
    /// A product does two operations for each multiply-accumulate, and touches each element once.
    work_of_a_product_counts_each_element_once;
    /// With blocks, A and B pass once for each column and each row of blocks.
    work_by_blocks_counts_every_pass after [work_of_a_product_counts_each_element_once];
    /// Without any reuse every multiply-accumulate loads two numbers; with one block nothing passes twice.
    work_by_blocks_lies_between_its_extremes after [work_by_blocks_counts_every_pass];
    /// A convolution reads input and weight once and writes its output once.
    work_of_a_convolution_counts_each_element_once;
    /// Through `im2col`, the columns are written and read besides.
    work_through_columns_adds_their_bytes after [work_of_a_convolution_counts_each_element_once];
    /// Intensity is FLOPs for each byte, and does not exist without bytes.
    intensity_is_flops_for_each_byte;
    /// The ridge is where both limits are equal.
    ridge_is_peak_over_bandwidth;
    /// Below the ridge the memory is the limit, above it the arithmetic.
    bound_changes_at_the_ridge after [ridge_is_peak_over_bandwidth];
    /// Attainable is the smaller one of both limits.
    attainable_is_the_smaller_limit;
    /// The least time is that of arithmetic or transfer, whichever is longer.
    prediction_is_the_longer_of_two_times;
    /// Efficiency is predicted over measured time.
    efficiency_compares_with_the_clock after [prediction_is_the_longer_of_two_times];
    /// Machines and times that do not exist are refused.
    roofline_refuses_what_no_machine_has;
    /// Blocks of `0`, and convolutions that do not fit, have no work.
    work_refuses_what_cannot_be_computed;
}

const ROUNDING: f64 = 1e-12;

fn sizes(draw: &mut Draw) -> [usize; 3] {
    [draw.int(1..=60), draw.int(1..=60), draw.int(1..=60)]
}

fn counts(
    message: &'static str,
    code: &mut Client,
    counted: CountedWork,
    expected: Traffic,
) -> CaseVerdict {
    let work = code.work(counted)?;
    check::equal(message, &(work.flops, work.bytes), &expected)
}

fn work_of_a_product_counts_each_element_once(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`Work::matmul`: 2 m k n FLOPs, and 4 bytes for each element of A, B and C";
    for _ in 0..5 {
        let shape = sizes(draw);
        counts(message, code, CountedWork::MatMul(shape), traffic::blocked(shape, 1000))?;
    }
    let [m, _, n] = sizes(draw);
    counts(message, code, CountedWork::MatMul([m, 0, n]), (0, 4 * (m * n) as u64))?;
    // Too large for 32-bit counts.
    let large = 20_000_u64;
    let expected = (2 * large.pow(3), 12 * large.pow(2));
    counts(message, code, CountedWork::MatMul([20_000; 3]), expected)
}

fn work_by_blocks_counts_every_pass(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`Work::matmul_blocked`: A passes once for each column of blocks of C, B once for \
                   each row of blocks, rounded up; C is written once";
    for _ in 0..8 {
        let (shape, block) = (sizes(draw), draw.int(1..=25));
        counts(message, code, CountedWork::Blocked(shape, block), traffic::blocked(shape, block))?;
    }
    Ok(())
}

fn work_by_blocks_lies_between_its_extremes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let [m, k, n] = sizes(draw);
    let message = "`Work::matmul_blocked` with blocks of 1 loads two numbers for each product";
    let (flops, elements) = (2 * m * k * n, 2 * m * k * n + m * n);
    let naive = (flops as u64, 4 * elements as u64);
    counts(message, code, CountedWork::Blocked([m, k, n], 1), naive)?;
    let message = "`Work::matmul_blocked` with one block is `Work::matmul`";
    let block = draw.int(60..=100);
    let whole = code.work(CountedWork::MatMul([m, k, n]))?;
    counts(message, code, CountedWork::Blocked([m, k, n], block), (whole.flops, whole.bytes))
}

fn convolution(draw: &mut Draw) -> ([usize; 4], [usize; 4], Window) {
    let channels = draw.int(1..=5);
    let input = [draw.int(1..=3), channels, draw.int(5..=12), draw.int(5..=12)];
    let weight = [draw.int(1..=6), channels, draw.int(1..=5), draw.int(1..=5)];
    let stride = (draw.int(1..=3), draw.int(1..=3));
    (input, weight, Window { stride, padding: (draw.int(0..=2), draw.int(0..=2)) })
}

fn work_of_a_convolution_counts_each_element_once(
    code: &mut Client,
    draw: &mut Draw,
) -> CaseVerdict {
    let message = "`Work::conv2d`: the FLOPs of every output element, and 4 bytes for each element of \
                   input, weight and output; padding is not read";
    for _ in 0..6 {
        let (input, weight, window) = convolution(draw);
        let expected = traffic::conv(input, weight, window, false);
        counts(message, code, CountedWork::Conv2d(input, weight, window), expected)?;
    }
    Ok(())
}

fn work_through_columns_adds_their_bytes(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`Work::im2col`: besides, every image's columns are written once and read once";
    for _ in 0..6 {
        let (input, weight, window) = convolution(draw);
        let expected = traffic::conv(input, weight, window, true);
        counts(message, code, CountedWork::Im2col(input, weight, window), expected)?;
    }
    Ok(())
}

fn given(draw: &mut Draw) -> (u64, u64) {
    (draw.int(1..=1_000_000) as u64, draw.int(1..=1_000_000) as u64)
}

fn intensity_is_flops_for_each_byte(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`intensity` should be FLOPs over bytes";
    for _ in 0..4 {
        let (flops, bytes) = given(draw);
        let got = code.work(CountedWork::Given { flops, bytes })?.intensity.unwrap_or(f64::NAN);
        check::close(message, got, flops as f64 / bytes as f64, ROUNDING, 0.0)?;
    }
    let message = "without bytes there is no intensity: `None`, never infinity or NaN";
    for flops in [0, draw.int(1..=100) as u64] {
        check::equal(
            message,
            &code.work(CountedWork::Given { flops, bytes: 0 })?.intensity,
            &None,
        )?;
    }
    Ok(())
}

/// A plausible machine: FLOPs and bytes per second.
fn machine(draw: &mut Draw) -> (f64, f64) {
    (draw.real(1e9, 1e12), draw.real(1e9, 1e11))
}

fn roof(
    code: &mut Client,
    machine: (f64, f64),
    (flops, bytes): (u64, u64),
) -> Reply<RooflineReply> {
    code.roofline(machine.0, machine.1, CountedWork::Given { flops, bytes }, 1.0)
}

fn ridge_is_peak_over_bandwidth(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`ridge` should be the intensity at which both limits are equal";
    for _ in 0..4 {
        let (machine, work) = (machine(draw), given(draw));
        let got = roof(code, machine, work)?.ridge;
        check::close(message, got * machine.1, machine.0, ROUNDING, 0.0)?;
    }
    Ok(())
}

fn bound_changes_at_the_ridge(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`bound` should be `Memory` below the ridge, `Compute` at it and above";
    // A ridge of exactly 8 FLOPs per byte.
    let machine = (8e9, 1e9);
    let bytes = draw.int(10..=1000) as u64;
    for (flops, expected) in [
        (8 * bytes - 1, Bound::Memory),
        (8 * bytes, Bound::Compute),
        (8 * bytes + 1, Bound::Compute),
        (0, Bound::Memory),
    ] {
        check::equal(message, &roof(code, machine, (flops, bytes))?.bound, &expected)?;
    }
    let message = "work that moves no bytes cannot wait for memory";
    check::equal(message, &roof(code, machine, (bytes, 0))?.bound, &Bound::Compute)
}

fn attainable_is_the_smaller_limit(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "`attainable` should be the smaller one of the peak and of intensity times bandwidth";
    let machine = machine(draw);
    for factor in [0.01, 0.5, 0.99, 1.01, 2.0, 100.0] {
        let bytes = 1_000_000;
        let flops = (factor * bytes as f64 * machine.0 / machine.1) as u64;
        let got = roof(code, machine, (flops, bytes))?.attainable;
        let by_memory = flops as f64 / bytes as f64 * machine.1;
        let expected = if factor < 1.0 { by_memory } else { machine.0 };
        check::close(message, got, expected, ROUNDING, 0.0)?;
    }
    let message = "without bytes the peak is attainable, without FLOPs nothing";
    let [peak, nothing, empty] =
        [(7, 0), (0, 7), (0, 0)].map(|work| roof(code, machine, work).map(|roof| roof.attainable));
    check::close(message, peak?, machine.0, ROUNDING, 0.0)?;
    check::close(message, nothing?, 0.0, 0.0, 0.0)?;
    check::close(message, empty?, 0.0, 0.0, 0.0)
}

fn prediction_is_the_longer_of_two_times(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`predict` should be the time of the arithmetic or of the transfer, whichever is \
                   longer: they overlap";
    for _ in 0..8 {
        let (machine, work) = (machine(draw), given(draw));
        let times = [work.0 as f64 / machine.0, work.1 as f64 / machine.1];
        let got = roof(code, machine, work)?.seconds;
        check::close(message, got, times[0].max(times[1]), ROUNDING, 0.0)?;
    }
    check::close(message, roof(code, machine(draw), (0, 0))?.seconds, 0.0, 0.0, 0.0)
}

fn efficiency_compares_with_the_clock(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`efficiency` should be predicted over measured time: 1 at the roof";
    for share in [1.0, 0.5, 0.013, 1.2] {
        let ((peak, bandwidth), (flops, bytes)) = (machine(draw), given(draw));
        let work = CountedWork::Given { flops, bytes };
        let least = (flops as f64 / peak).max(bytes as f64 / bandwidth);
        let got = code.roofline(peak, bandwidth, work, least / share)?.efficiency;
        check::close(message, got, share, ROUNDING, 0.0)?;
    }
    Ok(())
}

fn roofline_refuses_what_no_machine_has(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a peak, bandwidth or time of 0, below 0, infinite or NaN should be `BadQuantity`";
    let (flops, bytes) = given(draw);
    let work = CountedWork::Given { flops, bytes };
    for bad in [0.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        for [peak, bandwidth, seconds] in [[bad, 1e9, 1.0], [1e9, bad, 1.0], [1e9, 1e9, bad]] {
            let result = code.roofline(peak, bandwidth, work, seconds);
            check::returns_error(message, result, "BadQuantity")?;
        }
    }
    Ok(())
}

fn work_refuses_what_cannot_be_computed(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let shape = sizes(draw);
    let message = "`Work::matmul_blocked` should refuse blocks of 0 by `BadBlock`";
    check::returns_error(message, code.work(CountedWork::Blocked(shape, 0)), "BadBlock")?;
    let (input, mut weight, window) = convolution(draw);
    weight[1] += 1;
    let message = "`Work::conv2d` and `Work::im2col` should refuse shapes that do not fit by \
                   `ShapeMismatch`";
    let result = code.work(CountedWork::Conv2d(input, weight, window));
    check::returns_error(message, result, "ShapeMismatch")?;
    let result = code.work(CountedWork::Im2col(input, weight, window));
    check::returns_error(message, result, "ShapeMismatch")
}
