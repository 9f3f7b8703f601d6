//! How numbers and outcomes are put into words, the same in every format.

use grader_model::{CompileProblem, Outcome, Timing};

/// What colour a thing has, where there are colours. Never the only sign: a word is beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Part,
    Bad,
    Alarm,
    Quiet,
}

impl Tone {
    /// The class of it in our style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Part => "part",
            Self::Bad => "bad",
            Self::Alarm => "alarm",
            Self::Quiet => "quiet",
        }
    }
}

pub(crate) const fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Pass => Tone::Good,
        Outcome::Partial | Outcome::Undecided => Tone::Part,
        Outcome::NotStarted | Outcome::Skipped | Outcome::NotAsked => Tone::Quiet,
        Outcome::Refused | Outcome::NotGraded | Outcome::GraderFault => Tone::Alarm,
        Outcome::CompileError
        | Outcome::WrongAnswer
        | Outcome::TooSlow
        | Outcome::Crashed
        | Outcome::TimedOut
        | Outcome::OutOfMemory => Tone::Bad,
    }
}

/// A sign of one column's width.
pub(crate) const fn sign(outcome: Outcome, unicode: bool) -> &'static str {
    match (tone(outcome), unicode) {
        (Tone::Good, true) => "✓",
        (Tone::Good, false) => "+",
        (Tone::Part, true) => "◐",
        (Tone::Part, false) => "~",
        (Tone::Bad, true) => "✗",
        (Tone::Bad, false) => "x",
        (Tone::Alarm, _) => "!",
        (Tone::Quiet, true) => "–",
        (Tone::Quiet, false) => "-",
    }
}

/// What an outcome means for the student, and what to do next.
pub(crate) const fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "Everything that was asked for is right.",
        Outcome::Partial => "Some of it is right; the rest is listed below.",
        Outcome::NotStarted => {
            "The code still says todo!(). Nothing is wrong with it: there is nothing to grade yet."
        }
        Outcome::CompileError => {
            "The compiler could not build it, or a public name or signature is missing, so these cases could not run. Mend the first problem listed; later ones often follow from it."
        }
        Outcome::WrongAnswer => "Your code answered, and the answer is not right.",
        Outcome::TooSlow => "The answers are right, but not fast enough for this case.",
        Outcome::Undecided => {
            "The measurements varied too much to decide. That is never counted as a fail."
        }
        Outcome::Crashed => "Your code panicked, or ended the process, before it had answered.",
        Outcome::TimedOut => "Your code did not answer within the time limit.",
        Outcome::OutOfMemory => "Your code needed more memory than the limit allows.",
        Outcome::Refused => {
            "Your code does something that the grader does not allow. The remarks, or the note beside the case, say what."
        }
        Outcome::Skipped => {
            "It builds on a case that did not pass, so it did not run. Mend that one first."
        }
        Outcome::NotAsked => {
            "This case was not run, because earlier cases of its task had used up the task's time."
        }
        Outcome::NotGraded => {
            "There is no grade yet, and that is not a zero. The remarks say what to hand in."
        }
        Outcome::GraderFault => {
            "The grader failed, not your code. No points are lost: it has to be graded again."
        }
    }
}

/// Points with at most two decimals, without trailing zeros.
pub(crate) fn points(points: f64) -> String {
    let text = format!("{points:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// What is added to a score while something of it is not decided: ` (6 pending)`, or nothing.
pub(crate) fn pending(pending: f64) -> String {
    if pending > 0.0 { format!(" ({} pending)", points(pending)) } else { String::new() }
}

/// `7.5 / 10`, or that there is no grade.
pub(crate) fn score(reached: Option<f64>, max: f64) -> String {
    reached.map_or_else(
        || "no grade".into(),
        |reached| format!("{} / {}", points(reached), points(max)),
    )
}

/// What is said of points that nobody has won or lost yet, where a class is summed up.
pub(crate) fn of_pending(submissions: usize) -> String {
    let whose = count(submissions, "submission");
    let has = if submissions == 1 { "has" } else { "have" };
    format!(
        "{whose} {has} points pending: undecided, so neither won nor lost. Grade again to decide them."
    )
}

/// The part of the points reached, from 0 to 1.
pub(crate) fn share(points: f64, max: f64) -> f64 {
    if max > 0.0 && points > 0.0 { (points / max).min(1.0) } else { 0.0 }
}

/// Whole percents. What is not everything is never 100, and what is not nothing never 0.
pub(crate) fn percent(share: f64) -> u32 {
    let percent = (share * 100.0).round() as u32;
    if share > 0.0 && share < 1.0 { percent.clamp(1, 99) } else { percent }
}

/// A ratio with three digits, without trailing zeros: `9.8`, `56`, `0.95`.
pub(crate) fn ratio(ratio: f64) -> String {
    let decimals = match ratio.abs() {
        large if large >= 100.0 => 0,
        large if large >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{ratio:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// A measurement in a sentence or two, for its student.
pub(crate) fn timing(timing: &Timing) -> String {
    let Timing { estimate, low, high, gate, .. } = timing;
    let mut text = format!(
        "{} times as fast as {} (surely between {} and {}); asked: {} times. Measured {} times in \
         turn, {}{}.",
        ratio(*estimate),
        timing.against,
        ratio(*low),
        ratio(*high),
        ratio(*gate),
        timing.pairs,
        timing.clock.words(),
        if timing.cpus > 1 { format!(" on {} CPUs", timing.cpus) } else { String::new() },
    );
    if timing.charged_share > NOTICED_CHARGE {
        let share = percent(timing.charged_share);
        text += &format!(
            " Your code also computes outside of the measured calls; that time ({share} % of all) \
             was added."
        );
    }
    text
}

/// A smaller share than this may be chance.
const NOTICED_CHARGE: f64 = 0.05;

/// A measurement in one short line.
pub(crate) fn timing_in_short(timing: &Timing) -> String {
    let [estimate, low, high, gate] =
        [timing.estimate, timing.low, timing.high, timing.gate].map(ratio);
    format!("x{estimate} [{low}, {high}], gate {gate}, {} pairs", timing.pairs)
}

/// `1 case`, `2 cases`.
pub(crate) fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// `src/timer.rs:12:5`, as far as it is known.
pub(crate) fn place(problem: &CompileProblem) -> Option<String> {
    let mut place = problem.file.clone()?;
    for number in [problem.line, problem.column].into_iter().map_while(|n| n) {
        place.push_str(&format!(":{number}"));
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_have_no_needless_digits() {
        for (value, text) in
            [(10.0, "10"), (7.5, "7.5"), (1.0 / 3.0, "0.33"), (0.0, "0"), (-0.001, "0")]
        {
            assert_eq!(points(value), text);
        }
    }

    fn measured(charged_share: f64, cpus: u32) -> Timing {
        Timing {
            against: "the naive product".into(),
            gate: 16.0,
            estimate: 9.8,
            low: 9.4,
            high: 10.2,
            pairs: 8,
            launches: 1,
            clock: grader_model::TimingClock::Cpu,
            cpus,
            charged_share,
            seconds: 1.0,
        }
    }

    #[test]
    fn a_measurement_is_a_sentence_and_a_line() {
        assert_eq!(
            timing(&measured(0.0, 1)),
            "9.8 times as fast as the naive product (surely between 9.4 and 10.2); asked: 16 times. \
             Measured 8 times in turn, CPU time."
        );
        assert_eq!(timing_in_short(&measured(0.0, 1)), "x9.8 [9.4, 10.2], gate 16, 8 pairs");
    }

    #[test]
    fn what_was_charged_is_said_when_it_is_no_chance() {
        assert!(!timing(&measured(0.04, 1)).contains("added"));
        assert!(timing(&measured(0.4, 2)).contains("on 2 CPUs. Your code also computes"));
        assert!(timing(&measured(0.4, 1)).contains("(40 % of all) was added"));
    }

    #[test]
    fn ratios_have_three_digits() {
        for (value, text) in [
            (9.76, "9.76"),
            (9.7, "9.7"),
            (55.86, "55.9"),
            (123.4, "123"),
            (4.0, "4"),
            (100.0, "100"),
        ] {
            assert_eq!(ratio(value), text);
        }
    }

    #[test]
    fn almost_all_is_not_all() {
        assert_eq!((percent(0.9999), percent(1.0)), (99, 100));
        assert_eq!((percent(0.0001), percent(0.0)), (1, 0));
    }

    #[test]
    fn a_share_is_a_share_whatever_the_points_are() {
        for (points, max) in [(f64::NAN, 1.0), (1.0, 0.0), (-1.0, 1.0)] {
            assert_eq!(share(points, max).to_bits(), 0.0_f64.to_bits());
        }
        assert!((share(20.0, 10.0) - 1.0).abs() < f64::EPSILON);
    }
}
