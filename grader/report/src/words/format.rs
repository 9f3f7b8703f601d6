//! Numbers, dates and places as text, the same in every format.

use grader_model::CompileProblem;

/// Points with at most two decimals, without trailing zeros.
pub(crate) fn points(points: f64) -> String {
    let text = format!("{points:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// The addition to a score with undecided points: ` (6 pending)`, or nothing.
pub(crate) fn pending(pending: f64) -> String {
    if pending > 0.0 { format!(" ({} pending)", points(pending)) } else { String::new() }
}

/// `7.5 / 10`, or `no grade`.
pub(crate) fn score(reached: Option<f64>, max: f64) -> String {
    reached.map_or_else(
        || "no grade".into(),
        |reached| format!("{} / {}", points(reached), points(max)),
    )
}

/// `88 / 100 (12 pending)`, or `no grade`.
pub fn score_in_words(reached: Option<f64>, max: f64, open: f64) -> String {
    score(reached, max) + &pending(open)
}

/// A weight or a percentage, with at most four decimals.
pub(crate) fn number(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').into()
}

/// A time in seconds since the Unix epoch, in UTC: `2026-11-30 15:04 UTC`.
pub fn date(seconds: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let at = time::OffsetDateTime::from_unix_timestamp(seconds).ok();
    at.and_then(|at| at.format(&format).ok())
        .unwrap_or_else(|| format!("{seconds} seconds after 1970-01-01 UTC"))
}

/// The part of the points reached, from 0 to 1.
pub(crate) fn share(points: f64, max: f64) -> f64 {
    if max > 0.0 && points > 0.0 { (points / max).min(1.0) } else { 0.0 }
}

/// Whole percent. Only all of it is 100, and only none of it is 0.
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
