//! Task `spans`: the time of nested, named spans.

use super::prelude::*;
use crate::oracle::render;
use contract::{Span, SpanRow, Spans};

cases! { task "spans", client Client;
    /// A span takes the time that passes inside it.
    span_takes_the_time_inside_it;
    /// A parent's total holds its children's time, its own time does not.
    own_time_leaves_out_the_children after [span_takes_the_time_inside_it];
    /// Rows stand in pre-order, children in order of their first opening, with path and depth.
    rows_stand_in_order_of_first_opening after [the_same_path_adds_up];
    /// A span that is opened again adds to the same row.
    the_same_path_adds_up after [span_takes_the_time_inside_it];
    /// The same name inside another parent, or inside itself, is another row.
    the_same_name_elsewhere_is_another_row after [rows_stand_in_order_of_first_opening];
    /// Own times add up to the total of all roots.
    own_times_add_up_to_the_total after [own_time_leaves_out_the_children];
    /// The shares of all rows add up to one whole, however deep they nest.
    shares_add_up_to_one after [own_times_add_up_to_the_total];
    /// A share is the row's own time over that of all roots together.
    share_is_own_time_over_all_roots after [shares_add_up_to_one];
    /// When no time has passed every share is zero.
    no_time_has_zero_shares;
    /// Without any span the report is empty.
    no_spans_have_no_rows;
    /// The rendered report holds the report's own numbers, to the letter.
    spans_render_their_numbers;
    /// The rendered report of a known run is the expected text.
    spans_report_reads_as_expected after [spans_render_their_numbers,
        share_is_own_time_over_all_roots, rows_stand_in_order_of_first_opening, the_same_path_adds_up];
}

fn span(name: &str, before: u64, children: Vec<Span>, after: u64) -> Span {
    Span { name: name.into(), before, children, after }
}

/// A duration between a microsecond and a millisecond, in nanoseconds.
fn some_time(draw: &mut Draw) -> u64 {
    draw.int(1_000..=1_000_000) as u64
}

/// A tree of new times: three roots, each with children and grandchildren, all with different
/// names.
fn tree(draw: &mut Draw) -> Vec<Span> {
    branches(draw, "span", 3)
}

fn branches(draw: &mut Draw, above: &str, levels: usize) -> Vec<Span> {
    let count = if levels == 0 { 0 } else { 3 };
    let branch = |i| {
        let name = format!("{above}.{i}");
        let inside = branches(draw, &name, levels - 1);
        span(&name, some_time(draw), inside, some_time(draw))
    };
    (0..count).map(branch).collect()
}

/// Nanoseconds inside `span`, children included.
fn total(span: &Span) -> u64 {
    span.before + span.children.iter().map(total).sum::<u64>() + span.after
}

fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 * 1e-9
}

/// Path, depth, total and own seconds of every span, in pre-order.
fn flatten(spans: &[Span], above: &str, depth: usize, rows: &mut Vec<(String, usize, f64, f64)>) {
    for span in spans {
        let path = format!("{above}{}", span.name);
        let own = seconds(span.before + span.after);
        rows.push((path.clone(), depth, seconds(total(span)), own));
        flatten(&span.children, &format!("{path}/"), depth + 1, rows);
    }
}

fn flat(spans: &[Span]) -> Vec<(String, usize, f64, f64)> {
    let mut rows = Vec::new();
    flatten(spans, "", 0, &mut rows);
    rows
}

fn pick<T>(rows: &[SpanRow], field: impl Fn(&SpanRow) -> T) -> Vec<T> {
    rows.iter().map(field).collect()
}

fn span_takes_the_time_inside_it(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let (before, after) = (some_time(draw), some_time(draw));
    let got = code.spans(vec![span("only", before, vec![], after)])?;
    check::equal("one span should give one row", &got.rows.len(), &1)?;
    let expected = seconds(before + after);
    let message = "a span's `total_s` should be the time between its opening and its closing";
    check::close(message, got.rows[0].total, expected, ROUNDING, 0.0)?;
    let message = "`own_s` of a span without children should be its total";
    check::close(message, got.rows[0].own, expected, ROUNDING, 0.0)?;
    check::equal("a span that was opened once has one call", &got.rows[0].calls, &1)
}

fn own_time_leaves_out_the_children(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let roots = tree(draw);
    let (got, expected) = (code.spans(roots.clone())?, flat(&roots));
    let message = "`total_s` of a span should hold the time of its children";
    let totals: Vec<_> = expected.iter().map(|row| row.2).collect();
    check::all_close(
        message,
        &sorted(&pick(&got.rows, |row| row.total)),
        &sorted(&totals),
        ROUNDING,
        0.0,
    )?;
    let message = "`own_s` of a span should leave out the time of its children";
    let own: Vec<_> = expected.iter().map(|row| row.3).collect();
    check::all_close(
        message,
        &sorted(&pick(&got.rows, |row| row.own)),
        &sorted(&own),
        ROUNDING,
        0.0,
    )
}

fn rows_stand_in_order_of_first_opening(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut roots = tree(draw);
    // In neither alphabetical order nor order of time.
    roots.reverse();
    for root in &mut roots {
        draw.shuffle(&mut root.children);
    }
    // Opened again at the end, which must not change its position.
    let again = roots[0].clone();
    roots.push(again);
    let got = code.spans(roots.clone())?;
    let expected = flat(&roots[..3]);
    let paths: Vec<_> = expected.iter().map(|row| row.0.clone()).collect();
    let message = "rows should stand in pre-order, children in order of first opening, with their \
                   names from the root joined by `/`";
    check::equal(message, &pick(&got.rows, |row| row.path.clone()), &paths)?;
    let depths: Vec<_> = expected.iter().map(|row| row.1).collect();
    check::equal("`depth` should be 0 for a root", &pick(&got.rows, |row| row.depth), &depths)
}

fn the_same_path_adds_up(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let times: Vec<u64> = (0..draw.int(3..=9)).map(|_| some_time(draw)).collect();
    let children = times.iter().map(|&time| span("step", time, vec![], 0)).collect();
    let got = code.spans(vec![span("loop", 0, children, some_time(draw))])?;
    let message = "a path that is opened again should have one row";
    check::equal(message, &got.rows.len(), &2)?;
    let message = "`calls` should say how often a path was opened";
    check::equal(message, &got.rows[1].calls, &times.len())?;
    let message = "the times of a path that is opened again should add up";
    check::close(message, got.rows[1].total, seconds(times.iter().sum()), ROUNDING, 0.0)
}

fn the_same_name_elsewhere_is_another_row(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let mut leaf = || span("norm", some_time(draw), vec![], 0);
    let nested = span("norm", 7, vec![span("norm", 7, vec![leaf()], 0)], 0);
    let roots = vec![span("first", 0, vec![leaf()], 7), span("second", 0, vec![leaf()], 7), nested];
    let got = code.spans(roots)?;
    let paths =
        ["first", "first/norm", "second", "second/norm", "norm", "norm/norm", "norm/norm/norm"];
    let message =
        "the same name inside another span, or inside itself, should have a row of its own";
    check::equal(
        message,
        &pick(&got.rows, |row| row.path.clone()),
        &paths.map(String::from).to_vec(),
    )
}

fn own_times_add_up_to_the_total(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let roots = tree(draw);
    let got = code.spans(roots.clone())?;
    let expected = seconds(roots.iter().map(total).sum());
    let message = "`SpanReport::total_s` should be the time of all roots together";
    check::close(message, got.total, expected, ROUNDING, 0.0)?;
    let own: f64 = got.rows.iter().map(|row| row.own).sum();
    let message = "the own times of all rows should add up to the total";
    check::close(message, own, expected, ROUNDING, 0.0)
}

fn shares_add_up_to_one(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let got = code.spans(tree(draw))?;
    let sum: f64 = got.rows.iter().map(|row| row.share).sum();
    let message = "the shares add up to more than 100 %: a parent's share should be of its own \
                   time, without its children";
    check::that(sum < 1.0 + 1e-6, message, || format!("{sum}"))?;
    let message = "the shares of all rows should add up to 1";
    check::close(message, sum, 1.0, ROUNDING, 0.0)
}

fn share_is_own_time_over_all_roots(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let roots = tree(draw);
    let (got, expected) = (code.spans(roots.clone())?, flat(&roots));
    let whole = seconds(roots.iter().map(total).sum());
    let shares: Vec<_> = expected.iter().map(|row| row.3 / whole).collect();
    let message = "`share` should be `own_s` over the time of all roots together";
    let got = sorted(&pick(&got.rows, |row| row.share));
    check::all_close(message, &got, &sorted(&shares), ROUNDING, 0.0)
}

fn no_time_has_zero_shares(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let got = code.spans(vec![span("a", 0, vec![span("b", 0, vec![], 0)], 0)])?;
    let message = "when no time has passed every share should be 0.0";
    check::equal(message, &pick(&got.rows, |row| row.share), &vec![0.0, 0.0])
}

fn no_spans_have_no_rows(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let got = code.spans(vec![])?;
    let message = "the report of no spans should have no rows and no time";
    check::equal(message, &(got.rows.len(), got.total), &(0, 0.0))
}

fn spans_render_their_numbers(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // Without any time, the last line has 0 %, as every other one.
    let idle = vec![span("a", 0, vec![span("b", 0, vec![], 0)], 0)];
    for roots in [tree(draw), idle] {
        let got = code.spans(roots)?;
        let message =
            "`SpanReport::render` differs from the format in the handout (every space counts)";
        check::equal(message, &got.rendered, &render::spans(&got))?;
    }
    Ok(())
}

/// The run whose report is a snapshot. Everything in it is scripted, so the text needs no
/// redaction.
fn known_run() -> Vec<Span> {
    let block = |attention, mlp| {
        let inside = vec![
            span("attention", attention, vec![], 0),
            span("mlp", 0, vec![span("fc1", mlp, vec![], 0), span("fc2", mlp, vec![], 0)], 30_000),
        ];
        span("block", 10_000, inside, 5_000)
    };
    let forward =
        vec![span("embed", 70_000, vec![], 0), block(1_234_567, 400_000), block(987_654, 390_000)];
    vec![span("forward", 0, forward, 41_000), span("loss", 123_456, vec![], 0)]
}

fn spans_report_reads_as_expected(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let got: Spans = code.spans(known_run())?;
    let expected = snapshot(include_str!("../snapshots/spans_report.snap"));
    check::equal("the rendered report of a known run differs", &&*got.rendered, &expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// The expected report of [`known_run`], computed from the script alone.
    fn expected() -> Spans {
        let (roots, mut at) = (known_run(), HashMap::new());
        let whole = seconds(roots.iter().map(total).sum());
        let mut rows: Vec<SpanRow> = Vec::new();
        for (path, depth, total, own) in flat(&roots) {
            let index = *at.entry(path.clone()).or_insert(rows.len());
            if index == rows.len() {
                rows.push(SpanRow { path, depth, calls: 0, total: 0.0, own: 0.0, share: 0.0 });
            }
            rows[index].calls += 1;
            rows[index].total += total;
            rows[index].own += own;
            rows[index].share += own / whole;
        }
        Spans { rows, total: whole, rendered: String::new() }
    }

    #[test]
    fn snapshot_is_fresh() {
        assert_snapshot("spans_report", &render::spans(&expected()));
    }
}
