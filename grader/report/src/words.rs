//! How numbers and outcomes are put into words, the same in every format.

use crate::class::Totals;
use grader_model::student::{StudentTask, StudentView};
use grader_model::{
    Award, CompileProblem, CreditRule, CreditStep, Outcome, TimedThreads, Timing, TimingBasis,
};

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
            "The compiler could not build it, or a public name or signature is missing, so these cases could not run. Fix the first problem listed; later ones often follow from it."
        }
        Outcome::WrongAnswer => "Your code answered, and the answer is not right.",
        Outcome::TooSlow => "The answers are right, but not fast enough for this case.",
        Outcome::Undecided => {
            "The measurements did not decide it, and that is never counted as a fail: its points are pending until another measurement or an instructor decides."
        }
        Outcome::Crashed => "Your code panicked, or ended the process, before it had answered.",
        Outcome::TimedOut => "Your code did not answer within the time limit.",
        Outcome::OutOfMemory => "Your code needed more memory than the limit allows.",
        Outcome::Refused => {
            "The code uses something that is not available to graded code. The remarks, or the note beside the case, say what it is and what to use instead."
        }
        Outcome::Skipped => {
            "It builds on a case that did not pass, so it did not run. Fix that one first."
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

/// `88 / 100 (12 pending)`, or that there is no grade.
pub fn score_in_words(reached: Option<f64>, max: f64, open: f64) -> String {
    score(reached, max) + &pending(open)
}

/// ` of 4 grades, 2 with another maximum left out`, beside a mean that does not cover all; else nothing.
pub(crate) fn mean_of(totals: &Totals) -> String {
    match totals.other_maximum {
        0 => String::new(),
        others => format!(
            " of {}, {others} with another maximum left out",
            count(totals.graded - others, "grade")
        ),
    }
}

/// What is said of points that nobody has won or lost yet, where a class is summed up; `None` if there are none.
pub(crate) fn of_pending(totals: &Totals) -> Option<String> {
    if totals.pending == 0 {
        return None;
    }
    let whose = count(totals.pending, "submission");
    let has = if totals.pending == 1 { "has" } else { "have" };
    let mean = totals.mean_at_most.map(|mean| {
        let (mean, max) = (points(mean), points(totals.max_points));
        format!(" Mean and median count them as not reached; with all of them the mean is {mean} / {max}.")
    });
    Some(format!(
        "{whose} {has} {} points pending: undecided, so neither won nor lost.{} Grade again to decide them, \
         or decide them with `grader decide`.",
        points(totals.pending_points),
        mean.unwrap_or_default()
    ))
}

/// How a task's cases become its points, so that anybody can check the number: `28 of 37 cases passed,
/// weights 30 of 42: 18.67 of 26 points, in proportion to the weight`.
pub(crate) fn account(task: &StudentTask) -> String {
    let StudentTask { score, weights, .. } = task;
    let mut text = format!("{} of {} passed", score.passed, count(score.cases, "case"));
    if weights.total > 0.0 {
        text += &format!(", weights {} of {}", number(weights.passed), number(weights.total));
    }
    if weights.undecided > 0.0 {
        text += &format!(" ({} undecided)", number(weights.undecided));
    }
    let reached = format!(": {} of {} points", points(score.points), points(score.max_points));
    text + &reached + &pending(score.pending) + &credit(score.credit.as_ref())
}

/// The rule of partial credit, to be said after the points; nothing where it is not known.
fn credit(rule: Option<&CreditRule>) -> String {
    match rule {
        None => String::new(),
        Some(CreditRule::Proportional) => ", in proportion to the weight".into(),
        Some(CreditRule::AllOrNothing) => ", all points only if every case passed".into(),
        Some(CreditRule::Steps(steps)) => {
            let step = |step: &CreditStep| {
                let points = number(100.0 * step.fraction);
                format!("{} % of the weight earns {points} % of the points", number(step.percent))
            };
            let steps: Vec<_> = steps.iter().map(step).collect();
            format!(", in steps: {}", steps.join(", "))
        }
    }
}

/// The cases that a student does not see: `3 more cases (weight 4) count without being shown`.
pub(crate) fn unseen(task: &StudentTask) -> Option<String> {
    let verb = if task.unseen == 1 { "counts" } else { "count" };
    let cases = count(task.unseen, "more case");
    let weight = number(task.unseen_weight);
    (task.unseen > 0).then(|| format!("{cases} (weight {weight}) {verb} without being shown"))
}

/// A weight or a percentage, with at most four decimals.
pub(crate) fn number(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').into()
}

/// An instructor's decision, to be put into a sentence.
pub(crate) struct DecisionWords<'a> {
    /// The case; `None` when it is not shown.
    pub(crate) case: Option<&'a str>,
    pub(crate) task: &'a str,
    pub(crate) award: Award,
    pub(crate) decided_by: &'a str,
    pub(crate) decided_at: i64,
    pub(crate) reason: &'a str,
    pub(crate) counts: bool,
}

impl DecisionWords<'_> {
    /// ``Full points for `fast`, decided by instructor anna on 2026-11-30 15:04 UTC: seen by hand.``
    pub(crate) fn sentence(&self) -> String {
        let Self { task, decided_by, .. } = self;
        let what = self.case.map_or_else(
            || format!("a case of task `{task}` that is not shown"),
            |case| format!("`{case}`"),
        );
        let because = match self.reason.trim_end_matches('.') {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        let mut award = self.award.words();
        if let Some(first) = award.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let measured = if self.counts {
            ""
        } else {
            " This decision is no longer needed: a measurement has decided the case since, and it counts."
        };
        let when = date(self.decided_at);
        format!(
            "{award} for {what}, decided by instructor {decided_by} on {when}{because}.{measured}"
        )
    }
}

/// A time in seconds since the Unix epoch, in UTC: `2026-11-30 15:04 UTC`.
pub fn date(seconds: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let at = time::OffsetDateTime::from_unix_timestamp(seconds).ok();
    at.and_then(|at| at.format(&format).ok())
        .unwrap_or_else(|| format!("{seconds} seconds after 1970-01-01 UTC"))
}

/// What is said of a hand-in that the platform marks as late.
pub(crate) const LATE: &str = "late according to the platform";

/// With whom it was handed in: `together with Ada and Bob`; `None` for work of one student.
pub(crate) fn together(partners: &[String]) -> Option<String> {
    let (last, front) = partners.split_last()?;
    let front = front.join(", ");
    Some(match front.as_str() {
        "" => format!("together with {last}"),
        front => format!("together with {front} and {last}"),
    })
}

/// Attempt, date, due date, lateness and partners, as far as they are known: `Attempt 2, graded 2026-11-30
/// 15:04 UTC`.
pub(crate) fn attempt(view: &StudentView) -> String {
    let recorded = view.recorded.map(|recorded| {
        format!("Attempt {}, graded {}", recorded.attempt, date(recorded.graded_at))
    });
    let due = view.due.as_ref().map(|day| format!("due {day}"));
    let late = view.late.then(|| LATE.to_owned());
    let together = together(&view.partners);
    let facts: Vec<String> = [recorded, due, late, together].into_iter().flatten().collect();
    let mut line = facts.join(", ");
    if let Some(first) = line.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    line
}

/// Heads the list of conditions that differ between the grades of a class.
pub(crate) const MIXED: &str = "These grades were not made under the same conditions.";

/// What to do about it.
pub(crate) const MIXED_ADVICE: &str = "To put everybody under today's conditions, run `grader grade` on \
    the whole class once more: only those graded under other conditions run again.";

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
        "{} times as fast as {} (confidence interval {} to {}). Required: {} times. Measured in {} \
         alternating pairs, {}{}.",
        ratio(*estimate),
        timing.against,
        ratio(*low),
        ratio(*high),
        ratio(*gate),
        timing.pairs,
        timing.clock.words(),
        if timing.cpus > 1 { format!(" on {} CPUs", timing.cpus) } else { String::new() },
    );
    if let Some(TimedThreads { work, together: Some(together) }) = timing.threads {
        text += &format!(
            " Two or more threads computed at once {} % of the time, and all threads together computed {} \
             times as long as one alone. Only one CPU is needed to see that, and other programs do not \
             change it.",
            percent(together),
            ratio(work),
        );
    }
    text += basis(timing.basis);
    if timing.charged_share > NOTICED_CHARGE {
        let share = percent(timing.charged_share);
        text += &format!(
            " Your code also computes outside of the measured calls. That time ({share} % of the total) \
             was added."
        );
    }
    text
}

/// What a ratio rests on, where that is not the mean of all pairs.
const fn basis(basis: TimingBasis) -> &'static str {
    match basis {
        TimingBasis::AllPairs => "",
        TimingBasis::TypicalPairs => {
            " Some samples differed so much from the others that the middle half of the pairs counts."
        }
        TimingBasis::Totals => {
            " Your samples differed much from each other, and those of the comparison beside them did not, \
             so that the total time counts. Look for calls that are far slower at times."
        }
        TimingBasis::UsedUp => {
            " Your calls used up the time of the measurement, so that the total until then counts. Look for \
             calls that are far slower at times, or that wait."
        }
    }
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
    use grader_model::TaskScore;
    use grader_model::student::TaskWeights;

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
            threads: None,
            basis: TimingBasis::AllPairs,
        }
    }

    fn task(credit: CreditRule, undecided: f64) -> StudentTask {
        let score = TaskScore {
            id: "timer".into(),
            title: "Timer".into(),
            points: 18.67,
            max_points: 26.0,
            passed: 28,
            cases: 37,
            outcome: Outcome::Partial,
            hint: String::new(),
            pending: undecided,
            credit: Some(credit),
        };
        let weights = TaskWeights { passed: 30.0, undecided, total: 42.5 };
        StudentTask { score, cases: Vec::new(), unseen: 3, unseen_weight: 4.0, weights }
    }

    #[test]
    fn points_are_accounted_for() {
        assert_eq!(
            account(&task(CreditRule::Proportional, 0.0)),
            "28 of 37 cases passed, weights 30 of 42.5: 18.67 of 26 points, in proportion to the weight"
        );
        let steps = [(50.0, 0.25), (100.0, 1.0)];
        let steps = steps.map(|(percent, fraction)| CreditStep { percent, fraction });
        assert_eq!(
            account(&task(CreditRule::Steps(steps.to_vec()), 6.0)),
            "28 of 37 cases passed, weights 30 of 42.5 (6 undecided): 18.67 of 26 points (6 pending), in \
             steps: 50 % of the weight earns 25 % of the points, 100 % of the weight earns 100 % of the points"
        );
        assert_eq!(
            unseen(&task(CreditRule::AllOrNothing, 0.0)).unwrap(),
            "3 more cases (weight 4) count without being shown"
        );
    }

    #[test]
    fn a_date_has_its_time_zone() {
        assert_eq!(date(1_764_518_400), "2025-11-30 16:00 UTC");
        assert!(date(i64::MAX).ends_with("UTC"));
    }

    #[test]
    fn a_measurement_is_a_sentence_and_a_line() {
        assert_eq!(
            timing(&measured(0.0, 1)),
            "9.8 times as fast as the naive product (confidence interval 9.4 to 10.2). Required: 16 \
             times. Measured in 8 alternating pairs, CPU time."
        );
        assert_eq!(timing_in_short(&measured(0.0, 1)), "x9.8 [9.4, 10.2], gate 16, 8 pairs");
    }

    #[test]
    fn how_threads_overlapped_is_said() {
        let threads = Some(TimedThreads { work: 1.031, together: Some(0.95) });
        let clock = grader_model::TimingClock::Span;
        let text = timing(&Timing { threads, clock, ..measured(0.0, 1) });
        let expected = "pairs, time with a CPU for each thread. Two or more threads computed at once 95 % of \
                        the time, and all threads together computed 1.03 times as long as one alone.";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn what_a_ratio_rests_on_is_said_when_it_is_not_the_mean() {
        let words = |basis| timing(&Timing { basis, ..measured(0.0, 1) });
        assert!(words(TimingBasis::TypicalPairs).contains("middle half of the pairs counts"));
        assert!(words(TimingBasis::Totals).contains("the total time counts"));
        assert!(words(TimingBasis::UsedUp).contains("used up the time"));
    }

    #[test]
    fn what_was_charged_is_said_when_it_is_no_chance() {
        assert!(!timing(&measured(0.04, 1)).contains("added"));
        assert!(timing(&measured(0.4, 2)).contains("on 2 CPUs. Your code also computes"));
        assert!(timing(&measured(0.4, 1)).contains("(40 % of the total) was added"));
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
