//! Task `compressor`: which model fits where.

use super::prelude::*;
use crate::contract::{Candidate, Device, Requirements, Shortfall};

cases! { task "compressor", client Client;
    /// What a candidate misses is listed with the amount, in the order bytes, seconds, accuracy.
    plan_says_what_is_missing;
    /// A number exactly at its limit meets it.
    plan_accepts_exact_limits after [plan_says_what_is_missing];
    /// Of the candidates that fit, the cheapest is chosen.
    plan_chooses_the_cheapest;
    /// Of equally cheap candidates the most accurate is chosen, and of these the first.
    plan_breaks_ties_by_accuracy after [plan_chooses_the_cheapest];
    /// The price counts the slower of computing and reading.
    plan_takes_the_slower_side_of_the_roofline;
    /// The price is that of a million inferences, for each candidate, whether it fits or not.
    plan_prices_a_million_inferences after [plan_takes_the_slower_side_of_the_roofline];
    /// If no candidate fits, none is chosen.
    plan_chooses_none_if_none_fits after [plan_says_what_is_missing];
    /// No candidates, and numbers that cannot be, are refused by name.
    plan_refuses;
}

const DEVICE: Device =
    Device { flops_per_second: 1e9, bytes_per_second: 1e9, price_per_core_hour: 0.05 };
const ANYTHING: Requirements =
    Requirements { max_bytes: usize::MAX, max_seconds: 1e9, min_accuracy: 0.0 };

fn drawn(draw: &mut Draw) -> Candidate {
    Candidate {
        name: format!("candidate {}", draw.int(1..=1000)),
        bytes: draw.int(1_000..=900_000),
        seconds: draw.real(1e-5, 1e-2),
        accuracy: draw.real(0.5, 1.0),
        flops: draw.real(1e5, 1e7),
        traffic: draw.real(1e5, 1e7),
    }
}

fn missing(of: &Candidate, needs: Requirements) -> Vec<Shortfall> {
    let mut all = Vec::new();
    if of.bytes > needs.max_bytes {
        all.push(Shortfall::Bytes(of.bytes - needs.max_bytes));
    }
    if of.seconds > needs.max_seconds {
        all.push(Shortfall::Seconds(of.seconds - needs.max_seconds));
    }
    if of.accuracy < needs.min_accuracy {
        all.push(Shortfall::Accuracy(needs.min_accuracy - of.accuracy));
    }
    all
}

/// Compares kinds and amounts.
fn same_shortfalls(got: &[Vec<Shortfall>], expected: &[Vec<Shortfall>]) -> CaseVerdict {
    let parts = |of: &Shortfall| match of {
        Shortfall::Bytes(of) => ("bytes", *of as f64),
        Shortfall::Seconds(of) => ("seconds", *of),
        Shortfall::Accuracy(of) => ("accuracy", *of),
    };
    check::equal("one list for each candidate", &got.len(), &expected.len())?;
    for (got, expected) in got.iter().zip(expected) {
        let (got, expected): (Vec<_>, Vec<_>) =
            (got.iter().map(parts).collect(), expected.iter().map(parts).collect());
        let names = |of: &[(&'static str, f64)]| of.iter().map(|(name, _)| *name).collect();
        let (got_names, expected_names): (Vec<_>, Vec<_>) = (names(&got), names(&expected));
        check::equal("what a candidate misses", &got_names, &expected_names)?;
        for ((_, got), (_, expected)) in got.iter().zip(&expected) {
            check::close("by how much it misses", *got, *expected, 1e-9, 1e-12)?;
        }
    }
    Ok(())
}

fn plan_says_what_is_missing(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let needs = Requirements { max_bytes: 450_000, max_seconds: 5e-3, min_accuracy: 0.75 };
    let mut candidates: Vec<Candidate> = (0..12).map(|_| drawn(draw)).collect();
    candidates.push(Candidate { bytes: 450_001, seconds: 1.0, accuracy: 0.0, ..drawn(draw) });
    let expected: Vec<_> = candidates.iter().map(|of| missing(of, needs)).collect();
    let plan = code.plan(candidates, needs, DEVICE)?;
    same_shortfalls(&plan.shortfalls, &expected)
}

fn plan_accepts_exact_limits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let exact = drawn(draw);
    let needs = Requirements {
        max_bytes: exact.bytes,
        max_seconds: exact.seconds,
        min_accuracy: exact.accuracy,
    };
    let longer = Candidate { bytes: exact.bytes + 1, ..exact.clone() };
    let plan = code.plan(vec![longer, exact], needs, DEVICE)?;
    same_shortfalls(&plan.shortfalls, &[vec![Shortfall::Bytes(1)], vec![]])?;
    check::equal("the candidate exactly at its limits", &plan.choice, &Some(1))
}

fn plan_chooses_the_cheapest(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let needs = Requirements { min_accuracy: 0.7, ..ANYTHING };
        // Reading takes no time to speak of, so the price follows the operations.
        let mut candidates: Vec<Candidate> =
            (0..9).map(|_| Candidate { traffic: 1.0, ..drawn(draw) }).collect();
        // Cheap, but not good enough; and short, fast and accurate, but dear.
        candidates[3] = Candidate { flops: 1e4, accuracy: 0.6, ..candidates[3].clone() };
        candidates[5] = Candidate {
            flops: 2e7,
            accuracy: 1.0,
            bytes: 10,
            seconds: 1e-6,
            ..candidates[5].clone()
        };
        candidates[7].accuracy = 0.7;
        let fitting = (0..9).filter(|at| candidates[*at].accuracy >= 0.7);
        let expected = fitting.min_by(|a, b| candidates[*a].flops.total_cmp(&candidates[*b].flops));
        let plan = code.plan(candidates, needs, DEVICE)?;
        check::equal("the cheapest candidate that fits", &plan.choice, &expected)?;
    }
    Ok(())
}

fn plan_breaks_ties_by_accuracy(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let like = Candidate { accuracy: 0.8, traffic: 1.0, ..drawn(draw) };
    let with = |accuracy: f64| Candidate { accuracy, ..like.clone() };
    let dear = Candidate { flops: 2.0 * like.flops, accuracy: 0.99, ..like.clone() };
    let candidates = vec![dear, with(0.8), with(0.9), with(0.85), with(0.9)];
    let plan = code.plan(candidates, ANYTHING, DEVICE)?;
    let message = "of equally cheap candidates the most accurate, and of these the first";
    check::equal(message, &plan.choice, &Some(2))
}

fn price(of: &Candidate, device: Device) -> f64 {
    let seconds = (of.flops / device.flops_per_second).max(of.traffic / device.bytes_per_second);
    seconds * 1e6 / 3600.0 * device.price_per_core_hour
}

fn drawn_device(draw: &mut Draw) -> Device {
    Device {
        flops_per_second: draw.real(1e9, 1e11),
        bytes_per_second: draw.real(1e9, 1e10),
        price_per_core_hour: draw.real(0.01, 0.2),
    }
}

fn plan_takes_the_slower_side_of_the_roofline(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..4 {
        let device = drawn_device(draw);
        let computing = Candidate { flops: 1e8, traffic: 1e3, ..drawn(draw) };
        let reading = Candidate { flops: 1e3, traffic: 1e8, ..drawn(draw) };
        let candidates = vec![computing, reading];
        let expected: Vec<f64> = candidates.iter().map(|of| price(of, device)).collect();
        let got = code.plan(candidates, ANYTHING, device)?.cost_per_million;
        let ratio = |costs: &[f64]| costs.first().zip(costs.get(1)).map_or(0.0, |(a, b)| a / b);
        let message = "the ratio of the prices of a model that computes and one that reads";
        check::close(message, ratio(&got), ratio(&expected), 1e-6, 0.0)?;
    }
    Ok(())
}

fn plan_prices_a_million_inferences(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for needs in [ANYTHING, Requirements { max_bytes: 0, ..ANYTHING }] {
        let device = drawn_device(draw);
        let candidates: Vec<Candidate> = (0..6).map(|_| drawn(draw)).collect();
        let expected: Vec<f64> = candidates.iter().map(|of| price(of, device)).collect();
        let got = code.plan(candidates, needs, device)?.cost_per_million;
        check::all_close("the price of a million inferences", &got, &expected, 1e-9, 0.0)?;
    }
    Ok(())
}

fn plan_chooses_none_if_none_fits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let needs = Requirements { max_bytes: 999, ..ANYTHING };
    let candidates = vec![drawn(draw), drawn(draw)];
    let expected: Vec<_> = candidates.iter().map(|of| missing(of, needs)).collect();
    let plan = code.plan(candidates, needs, DEVICE)?;
    check::equal("no candidate fits", &plan.choice, &None)?;
    same_shortfalls(&plan.shortfalls, &expected)
}

fn plan_refuses(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut refused = |candidates: Vec<Candidate>, needs, device, named: &str| {
        let result = code.plan(candidates, needs, device);
        refuses("this plan should be refused", result.map(|_| ()), "BadValue", named)
    };
    refused(vec![], ANYTHING, DEVICE, "deployment_plan")?;
    let good = drawn(draw);
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let candidates = [
            (Candidate { seconds: bad, ..good.clone() }, "seconds"),
            (Candidate { accuracy: bad, ..good.clone() }, "accuracy"),
            (Candidate { flops: bad, ..good.clone() }, "flops"),
            (Candidate { traffic: bad, ..good.clone() }, "traffic"),
        ];
        for (candidate, named) in candidates {
            refused(vec![good.clone(), candidate], ANYTHING, DEVICE, named)?;
        }
        let needs = Requirements { max_seconds: bad, ..ANYTHING };
        refused(vec![good.clone()], needs, DEVICE, "max_seconds")?;
        let needs = Requirements { min_accuracy: bad, ..ANYTHING };
        refused(vec![good.clone()], needs, DEVICE, "min_accuracy")?;
        let device = Device { price_per_core_hour: bad, ..DEVICE };
        refused(vec![good.clone()], ANYTHING, device, "price_per_core_hour")?;
    }
    for speed in [0.0, -1.0, f64::NAN] {
        let device = Device { flops_per_second: speed, ..DEVICE };
        refused(vec![good.clone()], ANYTHING, device, "flops_per_second")?;
        let device = Device { bytes_per_second: speed, ..DEVICE };
        refused(vec![good.clone()], ANYTHING, device, "bytes_per_second")?;
    }
    let needs = Requirements { min_accuracy: 1.5, ..ANYTHING };
    refused(vec![good.clone()], needs, DEVICE, "min_accuracy")?;
    refused(vec![Candidate { accuracy: 1.5, ..good }], ANYTHING, DEVICE, "accuracy")
}
