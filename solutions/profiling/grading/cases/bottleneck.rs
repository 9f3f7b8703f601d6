//! Task `bottleneck`: how much the whole gains when one part becomes faster.

use super::prelude::*;
use contract::Part;

cases! { task "bottleneck", client Client;
    /// Amdahl's law: the rest takes its time as before, the part takes less.
    amdahl_speeds_up_only_the_part;
    /// Nothing to speed up, or no speedup, leaves the whole as it was; all of it gets it in full.
    amdahl_at_its_ends after [amdahl_speeds_up_only_the_part];
    /// A part that takes no time at all leaves the rest, if there is any.
    amdahl_of_an_infinite_factor after [amdahl_speeds_up_only_the_part];
    /// A factor below one is a legal slowdown.
    amdahl_of_a_slowdown_is_below_one after [amdahl_speeds_up_only_the_part];
    /// A fraction that is none, or a factor that cannot be, is an error.
    amdahl_rejects_impossible_numbers;
    /// The ranking begins with the part that takes the most time.
    ranking_begins_with_the_largest_share;
    /// Parts that take equally long stay in the order in which they were given.
    ranking_keeps_ties_in_order after [ranking_begins_with_the_largest_share];
    /// Each share is the part's time over that of all parts; they add up to one.
    ranked_shares_are_of_the_whole;
    /// A part's limit is the speedup of the whole if the part took no time.
    limit_is_what_remains_without_the_part
        after [amdahl_of_an_infinite_factor, ranked_shares_are_of_the_whole];
    /// The whole's speedup is what recomputing its time gives.
    speedup_if_recomputes_the_whole after [amdahl_speeds_up_only_the_part];
    /// Asking for a part that is not there is an error.
    an_unknown_part_is_an_error;
    /// No parts, equal names, impossible times and no time at all are errors, each its own.
    impossible_parts_are_errors;
}

fn part(name: impl Into<String>, seconds: f64) -> Part {
    Part { name: name.into(), seconds }
}

/// `count` parts with new, different times.
fn parts(draw: &mut Draw, count: usize) -> Vec<Part> {
    (0..count).map(|i| part(format!("part{i}"), draw.real(0.1, 5.0))).collect()
}

fn amdahl_speeds_up_only_the_part(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (fraction, factor) = (draw.real(0.1, 0.4), draw.real(2.0, 20.0));
    let got = code.amdahl(fraction, factor)?;
    let after = (1.0 - fraction) + fraction / factor;
    let message = "`amdahl` should be 1 / ((1 - fraction) + fraction / factor)";
    let verdict = check::close(message, got, 1.0 / after, ROUNDING, 0.0);
    let inverted = "`amdahl` returns the new time over the old; a speedup is the old over the new";
    let rest = "`amdahl` speeds up the rest instead of the part that `fraction` stands for";
    let of_rest = 1.0 / (fraction + (1.0 - fraction) / factor);
    diagnosed(verdict, &[(same(got, after), inverted), (same(got, of_rest), rest)])
}

fn amdahl_at_its_ends(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (fraction, factor) = (draw.real(0.0, 1.0), draw.real(2.0, 50.0));
    let message = "`amdahl` of a fraction of 0 should be 1";
    check::close(message, code.amdahl(0.0, factor)?, 1.0, ROUNDING, 0.0)?;
    let message = "`amdahl` of a factor of 1 should be 1";
    check::close(message, code.amdahl(fraction, 1.0)?, 1.0, ROUNDING, 0.0)?;
    let message = "`amdahl` of a fraction of 1 should be the factor";
    check::close(message, code.amdahl(1.0, factor)?, factor, ROUNDING, 0.0)
}

fn amdahl_of_an_infinite_factor(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let fraction = draw.real(0.6, 0.95);
    let got = code.amdahl(fraction, f64::INFINITY)?;
    let message = "`amdahl` of an infinite factor should be 1 / (1 - fraction)";
    check::close(message, got, 1.0 / (1.0 - fraction), ROUNDING, 0.0)?;
    let message = "`amdahl` of a fraction of 1 and an infinite factor should be infinite";
    check::equal(message, &code.amdahl(1.0, f64::INFINITY)?, &f64::INFINITY)
}

fn amdahl_of_a_slowdown_is_below_one(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (fraction, factor) = (draw.real(0.1, 0.9), draw.real(0.1, 0.9));
    let expected = 1.0 / ((1.0 - fraction) + fraction / factor);
    let message = "`amdahl` of a factor below 1 should be a speedup below 1";
    check::close(message, code.amdahl(fraction, factor)?, expected, ROUNDING, 0.0)
}

fn amdahl_rejects_impossible_numbers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for fraction in [-draw.real(0.01, 1.0), 1.0 + draw.real(0.01, 1.0), f64::NAN] {
        let message = "`amdahl` should return `BadFraction` outside 0..=1 and for NaN";
        check::returns_error(message, code.amdahl(fraction, 2.0), "BadFraction")?;
    }
    for factor in [0.0, -draw.real(0.01, 9.0), f64::NAN] {
        let message = "`amdahl` should return `BadFactor` for 0, negative factors and NaN";
        check::returns_error(message, code.amdahl(0.5, factor), "BadFactor")?;
    }
    Ok(())
}

fn ranking_begins_with_the_largest_share(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut given = parts(draw, 8);
    let got: Vec<_> = code.bottleneck(given.clone())?.into_iter().map(|row| row.name).collect();
    given.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    let expected: Vec<_> = given.into_iter().map(|part| part.name).collect();
    let message = "`ranking` should begin with the part that takes the most time and end with the \
                   one that takes the least";
    check::equal(message, &got, &expected)
}

fn ranking_keeps_ties_in_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let seconds = draw.real(0.1, 5.0);
    let mut names: Vec<_> = (0..40).map(|i| format!("part{i}")).collect();
    draw.shuffle(&mut names);
    let given = names.iter().map(|name| part(name, seconds)).collect();
    let got: Vec<_> = code.bottleneck(given)?.into_iter().map(|row| row.name).collect();
    let message = "`ranking` should keep parts with equal times in the order they were given";
    check::equal(message, &got, &names)
}

fn ranked_shares_are_of_the_whole(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let count = draw.int(3..=9);
    let mut given = parts(draw, count);
    given.push(part("idle", 0.0));
    let got = code.bottleneck(given.clone())?;
    let shares: Vec<_> = got.iter().map(|row| row.share).collect();
    let seconds: Vec<_> = given.iter().map(|part| part.seconds).collect();
    let whole: f64 = seconds.iter().sum();
    let expected: Vec<_> = sorted(&seconds).iter().map(|seconds| seconds / whole).collect();
    let message = "`share` should be the part's seconds over those of all parts together";
    check::all_close(message, &sorted(&shares), &expected, ROUNDING, 0.0)
}

fn limit_is_what_remains_without_the_part(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let given = parts(draw, 5);
    let whole: f64 = given.iter().map(|part| part.seconds).sum();
    for row in code.bottleneck(given.clone())? {
        let seconds = given.iter().find(|part| part.name == row.name).map_or(0.0, |p| p.seconds);
        let message = "`limit` should be the speedup of the whole if this part took no time";
        check::close(message, row.limit, whole / (whole - seconds), ROUNDING, 0.0)?;
    }
    let only = code.bottleneck(vec![part("only", draw.real(0.1, 5.0))])?;
    let message = "`limit` of a part that is all there is should be infinite";
    check::that(only.len() == 1 && only[0].limit > 1e12, message, || format!("{only:?}"))
}

fn speedup_if_recomputes_the_whole(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let given = parts(draw, 6);
    let (chosen, factor) = (draw.pick(&given).clone(), draw.real(1.5, 30.0));
    let whole: f64 = given.iter().map(|part| part.seconds).sum();
    let expected = whole / (whole - chosen.seconds + chosen.seconds / factor);
    let got = code.speedup_if(given, chosen.name, factor)?;
    let message = "`speedup_if` should be the old time of all parts over the new one";
    check::close(message, got, expected, ROUNDING, 0.0)
}

fn an_unknown_part_is_an_error(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let result = code.speedup_if(parts(draw, 4), "no such part".into(), 2.0);
    let message = "`speedup_if` should return `UnknownPart` for a name that is not there";
    check::returns_error(message, result, "UnknownPart")
}

fn impossible_parts_are_errors(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let good = parts(draw, 3);
    let with = |name: &str, seconds| [&*good, &[part(name, seconds)]].concat();
    let message = "`BottleneckAnalyzer::new` should return `NoParts` without any part";
    check::returns_error(message, code.bottleneck(vec![]), "NoParts")?;
    let message = "`BottleneckAnalyzer::new` should return `DuplicatePart` for equal names";
    check::returns_error(message, code.bottleneck(with("part1", 1.0)), "DuplicatePart")?;
    for bad in [-draw.real(0.01, 1.0), f64::NAN, f64::INFINITY] {
        let message = "`BottleneckAnalyzer::new` should return `BadSample` for negative, NaN and \
                       infinite seconds";
        check::returns_error(message, code.bottleneck(with("bad", bad)), "BadSample")?;
    }
    let idle = vec![part("a", 0.0), part("b", 0.0)];
    let message = "`BottleneckAnalyzer::new` should return `NoTime` when all parts take no time";
    check::returns_error(message, code.bottleneck(idle), "NoTime")
}
