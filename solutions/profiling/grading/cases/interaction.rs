//! Task `compare`, second part: the combined effect of two optimizations.

use super::prelude::*;
use contract::{Interaction, Kind};
use grader_judge::CallFailure;

cases! { task "compare", client Client;
    /// Each speedup is the baseline's time over the other's.
    interaction_speedups_are_over_the_baseline;
    /// If speedups multiplied, the prediction is their product.
    if_multiplied_is_the_product;
    /// If saved seconds added up, the prediction is what remains of the baseline.
    if_added_takes_off_both_savings;
    /// When both savings together exceed the baseline nothing can be predicted by adding.
    if_added_is_none_when_nothing_remains after [if_added_takes_off_both_savings];
    /// A combination near the product multiplies.
    independent_speedups_multiply after [interaction_speedups_are_over_the_baseline,
        if_multiplied_is_the_product, if_added_is_none_when_nothing_remains];
    /// A combination near the added savings adds.
    separate_savings_add
        after [interaction_speedups_are_over_the_baseline, if_added_takes_off_both_savings];
    /// When a combination is near both predictions, the closer one counts.
    the_closer_prediction_counts after [independent_speedups_multiply, separate_savings_add];
    /// A combination no better than the better one alone cancels, whatever else it is near.
    no_better_than_one_alone_cancels after [interaction_speedups_are_over_the_baseline];
    /// More than one alone and less than the product is partial.
    less_than_multiplied_is_partial
        after [interaction_speedups_are_over_the_baseline, if_multiplied_is_the_product];
    /// Between the two predictions, and near neither, is partial too.
    between_the_predictions_is_partial after [less_than_multiplied_is_partial,
        if_added_takes_off_both_savings];
    /// More than either prediction is synergy.
    more_than_both_predictions_is_synergy after [if_added_is_none_when_nothing_remains,
        interaction_speedups_are_over_the_baseline, if_multiplied_is_the_product];
    /// A tolerance of zero is legal and wants the exact product.
    a_tolerance_of_zero_is_exact after [independent_speedups_multiply];
    /// Impossible times and tolerances are errors.
    interaction_rejects_impossible_numbers;
}

/// Two optimizations with these speedups alone and together, from a new baseline.
fn together(
    code: &mut Client,
    draw: &mut Draw,
    alone: [f64; 2],
    both: f64,
) -> Result<Interaction, CallFailure> {
    let baseline = draw.real(0.5, 20.0);
    code.interaction(0.05, baseline, baseline / alone[0], baseline / alone[1], baseline / both)
}

fn interaction_speedups_are_over_the_baseline(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let expected = [draw.real(1.1, 3.0), draw.real(1.1, 3.0), draw.real(3.1, 4.0)];
    let got = together(code, draw, [expected[0], expected[1]], expected[2])?;
    let message = "speedups should be the baseline's time over the time of a, of b and of both";
    let got = [got.speedup_a, got.speedup_b, got.speedup_both];
    check::all_close(message, &got, &expected, ROUNDING, 0.0)
}

fn if_multiplied_is_the_product(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let alone = [draw.real(1.1, 3.0), draw.real(1.1, 3.0)];
    let got = together(code, draw, alone, 3.0)?.if_multiplied;
    let message = "`if_multiplied` should be the product of the two speedups";
    check::close(message, got, alone[0] * alone[1], ROUNDING, 0.0)
}

fn if_added_takes_off_both_savings(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // Fractions of the baseline that each optimization saves.
    let (a, b) = (draw.real(0.1, 0.4), draw.real(0.1, 0.4));
    let got = together(code, draw, [1.0 / (1.0 - a), 1.0 / (1.0 - b)], 1.2)?.if_added;
    let message = "`if_added` should be baseline / (a + b - baseline): both savings taken off";
    check::close(message, got.unwrap_or(f64::NAN), 1.0 / (1.0 - a - b), ROUNDING, 0.0)
}

fn if_added_is_none_when_nothing_remains(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (a, b) = (draw.real(2.5, 4.0), draw.real(2.5, 4.0));
    let message = "`if_added` should be None when the savings exceed the baseline, or equal it";
    check::equal(message, &together(code, draw, [a, b], 6.0)?.if_added, &None)?;
    // Powers of two: nothing remains, exactly.
    check::equal(message, &code.interaction(0.05, 8.0, 4.0, 4.0, 1.0)?.if_added, &None)
}

/// Checks the kind of a combination.
fn is_kind(
    code: &mut Client,
    draw: &mut Draw,
    (alone, both): ([f64; 2], f64),
    (kind, message): (Kind, &'static str),
) -> CaseVerdict {
    check::equal(message, &together(code, draw, alone, both)?.kind, &kind)
}

fn independent_speedups_multiply(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let expected = (Kind::Multiply, "a combination near the product should be `Multiply`");
    // The sum of savings is far off for the first, undefined for the second.
    for speedup in [draw.real(1.5, 1.7), draw.real(2.2, 3.0)] {
        let both = speedup * speedup * draw.real(0.97, 1.03);
        is_kind(code, draw, ([speedup; 2], both), expected)?;
    }
    Ok(())
}

fn separate_savings_add(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let speedup = draw.real(1.45, 1.7);
    let both = draw.real(0.97, 1.03) / (2.0 / speedup - 1.0);
    let expected = (Kind::Add, "a combination near the added savings should be `Add`");
    is_kind(code, draw, ([speedup; 2], both), expected)
}

fn the_closer_prediction_counts(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // The predictions differ by 2 to 6 % here, and both are within 10 % of either.
    let alone = draw.real(1.15, 1.25);
    let (multiplied, added) = (alone * alone, 1.0 / (2.0 / alone - 1.0));
    let baseline = draw.real(0.5, 20.0);
    for (both, expected) in [(multiplied, Kind::Multiply), (added, Kind::Add)] {
        let (a, both) = (baseline / alone, baseline / both);
        let got = code.interaction(0.1, baseline, a, a, both)?.kind;
        let message = "when both predictions are near, the closer one (by |ln|) should count";
        check::equal(message, &got, &expected)?;
    }
    Ok(())
}

fn no_better_than_one_alone_cancels(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let expected =
        (Kind::Cancel, "together no better than the better one alone should be `Cancel`");
    let (a, b) = (draw.real(1.5, 3.0), draw.real(1.5, 3.0));
    let best = f64::max(a, b);
    for both in [best * draw.real(0.6, 0.99), best * draw.real(1.0, 1.04)] {
        is_kind(code, draw, ([a, b], both), expected)?;
    }
    // Near the product as well, because the second optimization has almost no effect.
    is_kind(code, draw, ([a, 1.01], a * 1.01), expected)
}

fn less_than_multiplied_is_partial(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (alone, both) = (draw.real(2.8, 3.2), draw.real(4.0, 6.0));
    let message = "better than one alone but short of the product should be `Partial`";
    is_kind(code, draw, ([alone; 2], both), (Kind::Partial, message))
}

fn between_the_predictions_is_partial(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // 1.55: 2.40 if multiplied, 3.44 if added; 1.65: 2.72 and 4.71.
    let (alone, both) = (draw.real(1.55, 1.65), draw.real(2.95, 3.1));
    let message = "more than multiplied, less than added and near neither should be `Partial`";
    is_kind(code, draw, ([alone; 2], both), (Kind::Partial, message))
}

fn more_than_both_predictions_is_synergy(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let expected = (Kind::Synergy, "more than either prediction should be `Synergy`");
    // 1.5: 2.25 if multiplied, 3 if added; 2.5: 6.25 if multiplied, undefined if added.
    for (alone, both) in [(1.5, draw.real(3.5, 5.0)), (2.5, draw.real(7.5, 12.0))] {
        is_kind(code, draw, ([alone; 2], both), expected)?;
    }
    Ok(())
}

fn a_tolerance_of_zero_is_exact(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // Powers of two: nothing is rounded.
    let unit = f64::from(1 << draw.int(0..=9));
    let exact = code.interaction(0.0, 16.0 * unit, 8.0 * unit, 4.0 * unit, 2.0 * unit)?.kind;
    let message = "with a tolerance of 0 the exact product should be `Multiply`";
    check::equal(message, &exact, &Kind::Multiply)?;
    let short = code.interaction(0.0, 16.0 * unit, 8.0 * unit, 4.0 * unit, 2.1 * unit)?.kind;
    let message = "with a tolerance of 0 anything short of the product should be `Partial`";
    check::equal(message, &short, &Kind::Partial)
}

fn interaction_rejects_impossible_numbers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bad in [0.0, -draw.real(0.1, 2.0), f64::NAN, f64::INFINITY] {
        for place in 0..4 {
            let mut seconds = [4.0, 3.0, 3.0, 2.0];
            seconds[place] = bad;
            let [baseline, a, b, both] = seconds;
            let message = "`analyze` should return `BadSample` for times that are not above 0";
            let result = code.interaction(0.05, baseline, a, b, both);
            check::returns_error(message, result, "BadSample")?;
        }
    }
    for bad in [-draw.real(0.01, 1.0), f64::NAN, f64::INFINITY] {
        let message = "`InteractionAnalyzer::new` should return `BadTolerance` for negative, NaN \
                       and infinite tolerances";
        let result = code.interaction(bad, 4.0, 3.0, 3.0, 2.0);
        check::returns_error(message, result, "BadTolerance")?;
    }
    Ok(())
}
