//! How a verdict about speed came about: look by look, from the pairs that the gradebook keeps.

use grader_model::{CaseResult, Grade, Outcome, TimedPair, TimingResult};
use grader_pipeline::looks_at;
use grader_report::escape;
use grader_timing::{Gate, GateDecision, GateVerdict, Look, VerdictBasis};
use std::fmt::Write as _;

/// Every measurement of a grade, decided again.
pub fn text(grade: &Grade) -> String {
    let measured = grade.cases.iter().filter_map(|case| {
        let pairs = case.timed_pairs.as_ref()?.for_instructor();
        Some(one(case, case.timing.as_ref()?, pairs))
    });
    let text: String = measured.collect();
    if text.is_empty() { "nothing was measured\n".into() } else { text }
}

fn one(case: &CaseResult, timing: &TimingResult, pairs: &[TimedPair]) -> String {
    let mut text = format!(
        "\n{}: at least {} times as fast as {}; recorded: {}\n",
        escape::line(&case.name, 200),
        timing.gate,
        escape::line(&timing.against, 200),
        case.outcome,
    );
    if let Some(message) = &case.message {
        let _ = writeln!(text, "  {}", escape::line(message, 400));
    }
    let Some(gate) = Gate::at_least(timing.gate) else { return text + "  its gate is no number\n" };
    let looks = looks_at(case, gate);
    text += "  pairs      ratio       from         to  verdict\n";
    for Look { pairs, decision } in &looks {
        let GateDecision { verdict, ratio, basis } = decision;
        let _ = writeln!(
            text,
            "  {pairs:>5} {:>10.3} {:>10.3} {:>10.3}  {}{}",
            ratio.estimate,
            ratio.low,
            ratio.high,
            outcome(*verdict),
            rests_on(*basis)
        );
    }
    let _ = writeln!(text, "  decided again: {}", agreement(case.outcome, looks.last()));
    text + &table(pairs)
}

const fn outcome(verdict: GateVerdict) -> Outcome {
    match verdict {
        GateVerdict::Pass => Outcome::Pass,
        GateVerdict::Fail => Outcome::TooSlow,
        GateVerdict::Undecided => Outcome::Undecided,
    }
}

/// What a verdict rests on, if that is not the mean of all pairs.
const fn rests_on(basis: VerdictBasis) -> &'static str {
    match basis {
        VerdictBasis::AllPairs => "",
        VerdictBasis::TypicalPairs => ", by the middle half of the pairs",
        VerdictBasis::Totals => ", by total time: the spread is the submission's own",
        VerdictBasis::UsedUp => {
            ", by total time: the submission used up the time of the measurement"
        }
    }
}

/// Whether the record stands.
fn agreement(recorded: Outcome, last: Option<&Look>) -> String {
    let again = last.map_or(Outcome::Undecided, |look| outcome(look.decision.verdict));
    if again == recorded {
        format!("{again}, as recorded")
    } else if recorded == Outcome::Undecided {
        format!("{again}; recorded as undecided for the reason above")
    } else {
        format!("{again}, and NOT as recorded: these are not the pairs of that verdict")
    }
}

/// The pairs themselves, in milliseconds a call.
fn table(pairs: &[TimedPair]) -> String {
    let mut text = String::from(
        "   pair   baseline ms  submission ms  beyond what is free off the clock ms  ratio\n",
    );
    for (number, pair) in pairs.iter().enumerate() {
        let TimedPair { baseline, submission, excess, .. } = pair;
        let [a, b, off] = [baseline, submission, excess].map(|seconds| 1e3 * seconds);
        let ratio = baseline / submission;
        let _ = writeln!(text, "  {:>5} {a:>13.4} {b:>14.4} {off:>37.4} {ratio:>6.2}", number + 1);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(verdict: GateVerdict) -> Look {
        let ratio = grader_timing::SpeedRatio { estimate: 1.0, low: 1.0, high: 1.0 };
        Look { pairs: 5, decision: GateDecision { verdict, ratio, basis: VerdictBasis::AllPairs } }
    }

    #[test]
    fn a_record_that_its_pairs_do_not_bear_out_is_said() {
        let told = |recorded, verdict| agreement(recorded, Some(&look(verdict)));
        assert_eq!(told(Outcome::TooSlow, GateVerdict::Fail), "too slow, as recorded");
        assert!(told(Outcome::TooSlow, GateVerdict::Pass).contains("NOT as recorded"));
        assert!(told(Outcome::Undecided, GateVerdict::Pass).contains("for the reason above"));
        assert!(agreement(Outcome::Pass, None).contains("NOT as recorded"));
    }
}
