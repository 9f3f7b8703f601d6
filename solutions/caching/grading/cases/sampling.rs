//! Task `generate`: from scores to a token.

use super::prelude::*;
use crate::oracle::sampling::{Uniform, allows};

cases! { task "generate", client Client;
    /// Greedy choices take the largest score.
    sampler_is_greedy;
    /// Of equal scores the smallest id wins.
    sampler_breaks_ties_by_id after [sampler_is_greedy];
    /// Random choices follow from the seed as the definition says, one number each.
    sampler_draws_as_defined;
    /// The temperature divides the scores.
    sampler_divides_by_the_temperature after [sampler_draws_as_defined];
    /// Only the likeliest `top_k` are drawn from, also when there are equal ones on the edge.
    sampler_keeps_the_top_k after [sampler_draws_as_defined];
    /// A `top_k` of `1` is greedy, and one beyond the vocabulary changes nothing.
    sampler_top_k_reaches_from_one_to_all after [sampler_keeps_the_top_k];
    /// Scores of minus infinity are never chosen.
    sampler_never_chooses_the_impossible after [sampler_draws_as_defined];
    /// Large scores and small temperatures do not overflow.
    sampler_takes_large_scores after [sampler_draws_as_defined];
    /// Scores from which nothing can be chosen are refused.
    sampler_refuses_bad_scores;
    /// Temperatures and `top_k` that make no sense are refused.
    sampler_refuses_bad_options;
}

fn scores(draw: &mut Draw, count: usize) -> Floats {
    Floats((0..count).map(|_| (3.0 * draw.normal()) as f32).collect())
}

/// Runs one sampler on several rows and checks each choice.
fn chooses(
    message: &'static str,
    code: &mut Client,
    (sampling, seed): (Sampling, u64),
    rows: &[Floats],
) -> CaseVerdict {
    let chosen = code.sample(sampling, seed, rows.to_vec())?;
    check::equal(message, &chosen.len(), &rows.len())?;
    let mut draws = Uniform::new(seed);
    for (at, (chosen, row)) in chosen.iter().zip(rows).enumerate() {
        let logits: Vec<f64> = row.0.iter().map(|x| f64::from(*x)).collect();
        let right = chosen.as_ref().is_ok_and(|id| allows(&logits, sampling, &mut draws, *id));
        check::that(right, message, || format!("row {at}: {chosen:?} of {logits:?}"))?;
    }
    Ok(())
}

pub fn sampler_is_greedy(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a greedy choice should be the token with the largest score";
    let mut rows: Vec<Floats> = (1..=20).map(|count| scores(draw, count)).collect();
    // All below 0, and infinities.
    rows.push(Floats(vec![-5.0, -3.0, -4.0]));
    rows.push(Floats(vec![f32::NEG_INFINITY, -3e38, f32::NEG_INFINITY]));
    chooses(message, code, (Sampling::Greedy, draw.bits()), &rows)
}

fn sampler_breaks_ties_by_id(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "of equal scores the token with the smallest id should win (0 and -0 are equal)";
    let top = draw.int(1..=9) as f32;
    let rows = vec![
        Floats(vec![1.0, top + 1.0, 0.5, top + 1.0, top + 1.0]),
        Floats(vec![top; 7]),
        Floats(vec![-1.0, -0.0, 0.0]),
        Floats(vec![-1.0, 0.0, -0.0]),
    ];
    let ids: Vec<usize> = code
        .sample(Sampling::Greedy, 1, rows)?
        .into_iter()
        .map(|chosen| chosen.unwrap_or(usize::MAX))
        .collect();
    check::equal(message, &ids, &vec![1, 0, 1, 1])
}

fn sampler_draws_as_defined(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a random choice should follow the definition: tokens by falling scores, weights \
                   exp(score - largest), the first whose sum is above u times the whole";
    for _ in 0..3 {
        let rows: Vec<Floats> = (0..60).map(|_| scores(draw, 13)).collect();
        chooses(message, code, (random(1.0, None), draw.bits()), &rows)?;
    }
    Ok(())
}

pub fn sampler_divides_by_the_temperature(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "scores should be divided by the temperature";
    for temperature in [0.3, 0.7, 2.5, 10.0] {
        let rows: Vec<Floats> = (0..60).map(|_| scores(draw, 11)).collect();
        chooses(message, code, (random(temperature, None), draw.bits()), &rows)?;
    }
    Ok(())
}

fn sampler_keeps_the_top_k(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "only the `top_k` tokens with the largest scores should be drawn from, exactly so many";
    for top_k in [2, 3, 7] {
        let rows: Vec<Floats> = (0..60).map(|_| scores(draw, 11)).collect();
        chooses(message, code, (random(2.0, Some(top_k)), draw.bits()), &rows)?;
    }
    // All are equal, so those with the smallest ids are kept.
    let equal = vec![Floats(vec![1.5; 9]); 80];
    let chosen = code.sample(random(1.0, Some(3)), draw.bits(), equal)?;
    let right = chosen.iter().all(|id| id.as_ref().is_ok_and(|id| *id < 3));
    check::that(right, message, || format!("{chosen:?}"))
}

fn sampler_top_k_reaches_from_one_to_all(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "`top_k` 1 should be greedy, and one that is larger than the vocabulary keep all";
    for top_k in [1, 11, 12, usize::MAX] {
        let rows: Vec<Floats> = (0..40).map(|_| scores(draw, 11)).collect();
        chooses(message, code, (random(1.5, Some(top_k)), draw.bits()), &rows)?;
    }
    Ok(())
}

fn sampler_never_chooses_the_impossible(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "a score of minus infinity should never be chosen, even when few others are left";
    let only = draw.int(0..=8);
    let mut row = vec![f32::NEG_INFINITY; 9];
    row[only] = -2.0;
    let chosen = code.sample(random(5.0, Some(6)), draw.bits(), vec![Floats(row); 30])?;
    let right = chosen.iter().all(|id| id.as_ref().is_ok_and(|id| *id == only));
    check::that(right, message, || format!("{chosen:?}, not {only}"))
}

fn sampler_takes_large_scores(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "large scores or a small temperature should not overflow";
    let seed = draw.bits();
    let far = vec![Floats(vec![900.0, 1000.0, -3e38, 999.9]); 30];
    chooses(message, code, (random(1.0, None), seed), &far)?;
    let near = vec![Floats(vec![2.0, 1.5, 0.0]); 10];
    chooses(message, code, (random(1e-3, None), seed), &near)
}

fn sampler_refuses_bad_scores(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "no scores, a NaN, plus infinity, and nothing but minus infinity should be `BadLogits`";
    let (nan, up, down) = (f32::NAN, f32::INFINITY, f32::NEG_INFINITY);
    let bad = [vec![], vec![1.0, nan], vec![nan, 1.0, 2.0], vec![1.0, up, 2.0], vec![down; 3]];
    for sampling in [Sampling::Greedy, random(1.0, None), random(0.5, Some(2))] {
        let rows: Vec<Floats> = bad.iter().cloned().map(Floats).collect();
        let chosen = code.sample(sampling, draw.bits(), rows)?;
        let refused = |one: &Result<usize, _>| {
            one.as_ref().is_err_and(|e: &grader_judge::StudentError| e.kind == "BadLogits")
        };
        let right = chosen.len() == bad.len() && chosen.iter().all(refused);
        check::that(right, message, || format!("{sampling:?}: {chosen:?}"))?;
    }
    Ok(())
}

fn sampler_refuses_bad_options(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let message =
        "a temperature that is not finite and above 0, or a `top_k` of 0, should be `BadOptions`";
    for temperature in [0.0, -0.0, -1.0, f32::NAN, f32::INFINITY] {
        let result = code.sample(random(temperature, None), 1, Vec::new());
        check::returns_error(message, result, "BadOptions")?;
    }
    let result = code.sample(random(1.0, Some(0)), 1, Vec::new());
    check::returns_error(message, result, "BadOptions")
}
