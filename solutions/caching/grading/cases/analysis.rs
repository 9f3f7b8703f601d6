//! Task `analysis`: bytes and multiply-adds.

use super::prelude::*;

cases! { task "analysis", client Client;
    /// Bytes of keys and values, of any size.
    bytes_of_keys_and_values;
    /// Multiply-adds of one token at a position.
    work_of_one_token;
    /// Multiply-adds of a whole sequence, as a count pair by pair.
    work_of_a_sequence;
    /// Running work with a cache: the prompt once, then each token alone.
    work_with_a_cache after [work_of_one_token, work_of_a_sequence];
    /// Running work without a cache: everything again for each token.
    work_without_a_cache after [work_of_a_sequence];
    /// The first new token costs the same both ways, and no new tokens cost nothing.
    work_begins_alike after [work_with_a_cache, work_without_a_cache];
    /// Long texts and large models are counted without an overflow.
    work_of_large_models after [work_of_one_token];
    /// A cache pays from the number of tokens on where its running costs are below.
    break_even_compares_running_costs;
    /// What counts is that it stays so: a lead that is lost again is none.
    break_even_lasts after [break_even_compares_running_costs];
    /// Costs that are equal, or none, are no gain.
    break_even_needs_a_gain after [break_even_compares_running_costs];
    /// Costs that are no costs are refused.
    break_even_refuses_bad_data;
}

fn any(draw: &mut Draw) -> Sizes {
    let max_seq_len = draw.int(100..=300);
    Sizes { vocab_size: draw.int(10..=99), ..sizes(draw, max_seq_len) }
}

/// Counts multiply-adds pair by pair and matrix by matrix.
fn counted(sizes: Sizes, tokens: usize) -> u64 {
    let Sizes { vocab_size, d_model: d, n_layers, .. } = sizes;
    let mut total = 0;
    for token in 0..tokens {
        for _ in 0..n_layers {
            // Queries, keys, values and output; then the two layers of the MLP.
            total += 4 * (d * d) as u64 + (d * 4 * d) as u64 + (4 * d * d) as u64;
            for _seen in 0..=token {
                total += d as u64 + d as u64; // Its score and its weighted value.
            }
        }
        total += (d * vocab_size) as u64;
    }
    total
}

fn bytes_of_keys_and_values(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a cache should take 2 x layers x batch x tokens x d_model x 4 bytes";
    for _ in 0..5 {
        let (sizes, batch, tokens) = (any(draw), draw.int(1..=8), draw.int(0..=300));
        let numbers = [2, sizes.n_layers, batch, tokens, sizes.d_model, 4];
        let expected: usize = numbers.iter().product();
        check::equal(message, &code.cache_bytes(sizes, batch, tokens)?, &(expected as u64))?;
    }
    let large = Sizes { d_model: 12288, n_layers: 96, n_heads: 96, ..any(draw) };
    let expected = 2 * 96 * 64 * 128_000 * 12288 * 4_u64;
    check::equal(message, &code.cache_bytes(large, 64, 128_000)?, &expected)
}

fn work_of_one_token(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "one token should cost 12 D^2 + 2 D x (position + 1) in each layer, and D V at the head";
    for _ in 0..6 {
        let (sizes, position) = (any(draw), draw.int(0..=60));
        let expected = counted(sizes, position + 1) - counted(sizes, position);
        let (decode, _) = code.macs(sizes, position)?;
        check::equal(message, &decode, &expected)?;
    }
    Ok(())
}

fn work_of_a_sequence(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "a sequence should cost what its tokens cost, each attending to itself and those before";
    for tokens in [0, 1, 2, draw.int(3..=50)] {
        let sizes = any(draw);
        let (_, forward) = code.macs(sizes, tokens)?;
        check::equal(message, &forward, &counted(sizes, tokens))?;
    }
    Ok(())
}

/// Lengths of prompts and numbers of new tokens.
fn lengths(draw: &mut Draw) -> [(usize, usize); 4] {
    let mut some = || (draw.int(1..=20), draw.int(2..=15));
    [some(), some(), (1, 1), (7, 2)]
}

fn work_with_a_cache(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "with a cache, the prompt should go through once, and each new token but the last once";
    for (prompt, new) in lengths(draw) {
        let sizes = any(draw);
        let expected: Vec<u64> = (0..new).map(|token| counted(sizes, prompt + token)).collect();
        let (cached, _) = code.work(sizes, prompt, new)?;
        check::equal(message, &cached, &expected)?;
    }
    Ok(())
}

fn work_without_a_cache(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "without a cache, everything before a new token should go through again for each of them";
    for (prompt, new) in lengths(draw) {
        let sizes = any(draw);
        let mut sum = 0;
        let passes = (0..new).map(|token| {
            sum += counted(sizes, prompt + token);
            sum
        });
        let expected: Vec<u64> = passes.collect();
        let (_, recomputed) = code.work(sizes, prompt, new)?;
        check::equal(message, &recomputed, &expected)?;
    }
    Ok(())
}

fn work_begins_alike(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "the first new token should cost the same both ways, and no new tokens give empty lists";
    let (sizes, prompt) = (any(draw), draw.int(1..=20));
    check::equal(message, &code.work(sizes, prompt, 0)?, &(Vec::new(), Vec::new()))?;
    let (cached, recomputed) = code.work(sizes, prompt, 3)?;
    let second = cached.get(1).zip(recomputed.get(1));
    let cheaper = second.is_some_and(|(cached, recomputed)| cached < recomputed);
    check::that(cached.first() == recomputed.first() && cheaper, message, || {
        format!("{cached:?}, {recomputed:?}")
    })
}

fn work_of_large_models(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "counts should be of 64 bits from the first multiplication on";
    let large =
        Sizes { vocab_size: 50_257, d_model: 12_288, n_layers: 96, n_heads: 96, ..any(draw) };
    let d = large.d_model as u64;
    let one = |position: u64| 96 * (12 * d * d + 2 * d * (position + 1)) + d * 50_257;
    let position = draw.int(1000..=2000);
    let (decode, forward) = code.macs(large, position)?;
    check::equal(message, &decode, &one(position as u64))?;
    check::equal(message, &forward, &(0..position as u64).map(one).sum())?;
    let bytes = code.cache_bytes(large, 512, 1_000_000)?;
    check::equal(message, &bytes, &(8 * 96 * 512 * 1_000_000 * d))
}

/// The definition, evaluated for each n.
fn break_even(set_up: f64, cached: &[f64], recomputed: &[f64]) -> Option<usize> {
    let pays = |n: usize| {
        let sum = |costs: &[f64]| costs[..n].iter().fold(0.0, |sum, cost| sum + cost);
        cached[..n].iter().fold(set_up, |sum, cost| sum + cost) < sum(recomputed)
    };
    (1..=cached.len()).find(|first| (*first..=cached.len()).all(pays))
}

fn agrees_on(
    message: &'static str,
    code: &mut Client,
    set_up: f64,
    costs: (Vec<f64>, Vec<f64>),
) -> CaseVerdict {
    let (cached, recomputed) = costs;
    let expected = break_even(set_up, &cached, &recomputed);
    check::equal(message, &code.break_even(set_up, cached, recomputed)?, &expected)
}

fn break_even_compares_running_costs(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a cache should pay from the first n on where its costs up to n, `set_up` included, are below \
                   those without";
    for _ in 0..6 {
        let set_up = draw.int(5..=60) as f64;
        let step = draw.int(1..=4) as f64;
        let cached = vec![step; 30];
        let recomputed = (1..=30).map(|n| step + f64::from(n) - 1.0).collect();
        agrees_on(message, code, set_up, (cached, recomputed))?;
    }
    Ok(())
}

fn break_even_lasts(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a lead that is lost again should not count: what is asked for is the n from which it lasts";
    let bump = draw.int(20..=40) as f64;
    // Ahead at first, behind at the fourth, ahead again at the end.
    let cached = vec![1.0, 1.0, 1.0, bump, 1.0, 1.0, 1.0];
    let recomputed = vec![3.0, 3.0, 3.0, 3.0, bump, bump, 3.0];
    agrees_on(message, code, 0.5, (cached, recomputed))?;
    for _ in 0..5 {
        let count = draw.int(8..=20);
        let whole = |draw: &mut Draw| (0..count).map(|_| draw.int(0..=9) as f64).collect();
        let (cached, recomputed) = (whole(draw), whole(draw));
        agrees_on(message, code, 1.0, (cached, recomputed))?;
    }
    Ok(())
}

fn break_even_needs_a_gain(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "equal costs are no gain: the answer should be `None` when a cache never pays";
    let cost = draw.int(1..=9) as f64;
    agrees_on(message, code, 0.0, (vec![cost; 6], vec![cost; 6]))?;
    agrees_on(message, code, 1.0, (vec![cost; 6], vec![cost; 6]))?;
    agrees_on(message, code, 2.0, (vec![0.0; 3], vec![1.0; 3]))?;
    agrees_on(message, code, 100.0, (vec![1.0; 6], vec![2.0; 6]))?;
    agrees_on(message, code, 1.0, (Vec::new(), Vec::new()))
}

fn break_even_refuses_bad_data(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let message = "lists of different lengths, and costs that are negative, NaN or infinite, should be \
                   `BadData`";
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    for (set_up, cached, recomputed) in [
        (0.0, vec![1.0], vec![1.0, 2.0]),
        (0.0, vec![1.0, 2.0], vec![]),
        (-1.0, vec![1.0], vec![1.0]),
        (nan, vec![1.0], vec![1.0]),
        (0.0, vec![inf], vec![1.0]),
        (0.0, vec![1.0], vec![-0.5]),
        (0.0, vec![1.0], vec![nan]),
    ] {
        check::returns_error(message, code.break_even(set_up, cached, recomputed), "BadData")?;
    }
    Ok(())
}
