//! A class at a glance: the table, whom to look at, and the totals.

use super::style::TextStyle;
use super::text::{fit, pad, width};
use crate::attention::AttentionEntry;
use crate::class::{CaseShare, ClassPage, ClassRow, TaskColumn, TaskPoints};
use crate::escape::workflow_commands;
use crate::notices::NoticeGroup;
use crate::words::{
    MIXED, MIXED_ADVICE, Tone, count, mean_of, of_pending, pending, percent, points, score, share,
    sign, tone,
};
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, LineStyle, Table, TableStyle};
use grader_model::Outcome;

/// Columns of a bar of points.
const BAR: usize = 10;
/// Widest column of students' names.
const NAME: usize = 28;
/// Narrowest useful column of remarks.
const REMARK: usize = 18;
/// Blanks between columns.
const GAP: usize = 2;
/// Stands for points that are pending.
const PENDING: &str = "?";

/// The class as a table, then whom to look at first, then the totals. For instructors: it names
/// everybody, but no hidden value.
pub fn class(page: &ClassPage, style: &TextStyle) -> String {
    let parts = [
        heading(page, *style),
        differences(page, *style),
        table(page, *style),
        attention(page, *style),
        notices(page, *style),
        totals(page, *style),
        hardest(page, *style),
    ];
    let mut parts = if page.rows.is_empty() {
        vec![heading(page, *style), notices(page, *style)]
    } else {
        parts.into()
    };
    parts.retain(|part| !part.is_empty());
    workflow_commands(&parts.join("\n"))
}

fn heading(page: &ClassPage, style: TextStyle) -> String {
    if page.rows.is_empty() {
        return "No submissions.\n".into();
    }
    let n = count(page.totals.submissions, "submission");
    let title = fit(&page.title, style.width.saturating_sub(width(&n) + 3), style.unicode);
    format!("{}{}{n}\n", style.bold(&title), style.dot())
}

/// The conditions of grading that are not the same for everybody.
fn differences(page: &ClassPage, style: TextStyle) -> String {
    if page.differences.is_empty() {
        return String::new();
    }
    let lines = page.differences.iter().map(|difference| {
        let line = format!("  {}: {}", difference.condition, difference.summary());
        super::text::wrap(&line, style.width, "")
    });
    let lines: String = lines.collect();
    let advice = super::text::wrap(MIXED_ADVICE, style.width.saturating_sub(2), "  ");
    format!("{}\n{lines}{advice}", style.paint(MIXED, Tone::Part))
}

/// Which columns there is room for.
struct TableColumns {
    bar: bool,
    /// Heads of the tasks' columns; empty when they do not fit.
    tasks: Vec<String>,
    /// Columns left for remarks; 0 when there are none or no room.
    remark: usize,
}

fn columns(page: &ClassPage, style: TextStyle) -> TableColumns {
    let widest = |of: fn(&ClassRow) -> usize| page.rows.iter().map(of).max().unwrap_or(0);
    let name = widest(|row| width(&row.student)).clamp(7, NAME);
    let outcome = widest(|row| width(row.outcome.words())).max(7) + 2;
    let reached = widest(|row| width(&reached(row))).max(6);
    let mut left = style.width.saturating_sub(name + outcome + reached + 3 * GAP);
    let long: Vec<_> = page.tasks.iter().map(|task| task.id.clone()).collect();
    let short: Vec<_> = (1..=page.tasks.len()).map(|n| format!("T{n}")).collect();
    let digits = |task: usize| {
        let reached = page.rows.iter().filter_map(|row| *row.tasks.get(task)?);
        reached.map(|reached| in_task(reached).len()).max().unwrap_or(1)
    };
    let needs = |heads: &[String]| {
        heads.iter().enumerate().map(|(n, head)| width(head).max(digits(n)) + GAP).sum::<usize>()
    };
    let tasks = [long, short].into_iter().find(|heads| needs(heads) <= left).unwrap_or_default();
    left -= needs(&tasks);
    let bar = left >= BAR + GAP;
    left -= if bar { BAR + GAP } else { 0 };
    let any = page.rows.iter().any(|row| !row.remark.is_empty());
    let remark = if any && left >= REMARK + GAP { left - GAP } else { 0 };
    TableColumns { bar, tasks, remark }
}

fn table(page: &ClassPage, style: TextStyle) -> String {
    let columns = columns(page, style);
    let mut table = Table::new();
    let line = style.line();
    let under = LineStyle::none().fill(line).junction(line);
    table.load_style(TableStyle::new().header_separator(under));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(style.width).unwrap_or(u16::MAX));
    if style.colour {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    table.style_text_only();
    table.set_header(head(&columns));
    for row in &page.rows {
        table.add_row(cells(row, page, &columns, style));
    }
    for column in table.column_iter_mut() {
        // The table adds one blank between columns by itself.
        column.set_padding((0, GAP as u16 - 1));
    }
    let text: Vec<_> = table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    text.concat() + &legend(page, &columns, style)
}

fn head(columns: &TableColumns) -> Vec<Cell> {
    let right = |text: &str| Cell::new(text).set_alignment(CellAlignment::Right);
    let mut head = vec![Cell::new("Student"), Cell::new("Outcome"), right("Points")];
    if columns.bar {
        head.push(Cell::new(""));
    }
    head.extend(columns.tasks.iter().map(|task| right(task)));
    if columns.remark > 0 {
        head.push(Cell::new("Remarks"));
    }
    head
}

fn cells(row: &ClassRow, page: &ClassPage, columns: &TableColumns, style: TextStyle) -> Vec<Cell> {
    let outcome = format!("{} {}", sign(row.outcome, style.unicode), row.outcome.words());
    let reached = reached(row);
    let mut cells = vec![
        Cell::new(fit(&row.student, NAME, style.unicode)),
        painted(&outcome, tone(row.outcome)),
        Cell::new(reached).set_alignment(CellAlignment::Right),
    ];
    if columns.bar {
        let bar = row.points.map(|points| style.bar(share(points, row.max_points), BAR));
        cells.push(painted(&bar.unwrap_or_default(), tone(row.outcome)));
    }
    if !columns.tasks.is_empty() {
        let tasks = row.tasks.iter().zip(&page.tasks);
        cells.extend(tasks.map(|(points, task)| task_cell(*points, task)));
    }
    if columns.remark > 0 {
        let remark = fit(&row.remark, columns.remark, style.unicode);
        cells.push(painted(&remark, Tone::Quiet));
    }
    cells
}

fn reached(row: &ClassRow) -> String {
    score(row.points, row.max_points) + &pending(row.pending)
}

/// A zero would be read as lost.
fn in_task(task: TaskPoints) -> String {
    if task.pending > 0.0 { PENDING.into() } else { points(task.reached) }
}

fn task_cell(reached: Option<TaskPoints>, task: &TaskColumn) -> Cell {
    let pending = reached.is_some_and(|reached| reached.pending > 0.0);
    let tone = match share(reached.map_or(0.0, |reached| reached.reached), task.max_points) {
        _ if pending => Tone::Part,
        all if all >= 1.0 => Tone::Good,
        some if some > 0.0 => Tone::Part,
        _ => Tone::Quiet,
    };
    let text = reached.map(in_task).unwrap_or_default();
    painted(&text, tone).set_alignment(CellAlignment::Right)
}

/// What the tasks' columns are, and what each is worth.
fn legend(page: &ClassPage, columns: &TableColumns, style: TextStyle) -> String {
    let tasks = columns.tasks.iter().zip(&page.tasks).map(|(head, task)| {
        let name = if *head == task.id { String::new() } else { format!(" {}", task.id) };
        format!("{head}{name} of {}", points(task.max_points))
    });
    let tasks: Vec<_> = tasks.collect();
    if tasks.is_empty() {
        return String::new();
    }
    let pending = if page.totals.pending > 0 { "; ? is pending" } else { "" };
    let text = format!("Points: {}{pending}", tasks.join(", "));
    let text = super::text::wrap(&text, style.width, "");
    text.lines().map(|line| style.paint(line, Tone::Quiet) + "\n").collect()
}

fn painted(text: &str, tone: Tone) -> Cell {
    let colour = match tone {
        Tone::Good => Color::DarkGreen,
        Tone::Part => Color::DarkYellow,
        Tone::Bad => Color::DarkRed,
        Tone::Alarm => Color::Red,
        Tone::Quiet => Color::DarkGrey,
    };
    if text.is_empty() { Cell::new(text) } else { Cell::new(text).fg(colour) }
}

fn attention(page: &ClassPage, style: TextStyle) -> String {
    if page.attention.is_empty() {
        return String::new();
    }
    let widest =
        |of: fn(&AttentionEntry) -> usize| page.attention.iter().map(of).max().unwrap_or(0);
    let word = widest(|item| item.outcome.words().len());
    let name = widest(|item| width(&item.student)).min(NAME);
    let room = style.width.saturating_sub(word + name + 8);
    let lines = page.attention.iter().map(|item| {
        let sign = sign(item.outcome, style.unicode);
        let what = pad(&format!("{sign} {}", item.outcome.words()), word + 2);
        let student = pad(&fit(&item.student, NAME, style.unicode), name);
        let what = style.paint(&what, tone(item.outcome));
        format!("  {what}  {student}  {}\n", rest(item, page, room, style))
    });
    let lines: String = lines.collect();
    format!("{}\n{lines}", style.bold("Needs attention"))
}

/// Why, where, and the command that tells more; the command on a line of its own where it is
/// narrow, since a command that is cut off is of no use.
fn rest(item: &AttentionEntry, page: &ClassPage, room: usize, style: TextStyle) -> String {
    let command = page.command(item.row);
    let place = item.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
    let commands = page.attention.iter().map(|item| page.command(item.row));
    let widest = commands.map(|command| width(&command)).max().unwrap_or(0);
    let beside = room.saturating_sub(widest + GAP);
    let (room, newline) =
        if beside >= 40 { (beside, String::new()) } else { (room, "\n      ".to_owned()) };
    let place = if width(&place) + 20 > room { String::new() } else { place };
    let why = fit(&item.why, room.saturating_sub(width(&place)), style.unicode) + &place;
    let why = if newline.is_empty() { pad(&why, room + GAP) } else { why };
    format!("{why}{newline}{}", style.paint(&command, Tone::Quiet))
}

fn totals(page: &ClassPage, style: TextStyle) -> String {
    let totals = &page.totals;
    let mut parts = vec![format!("graded {} of {}", totals.graded, totals.submissions)];
    if let (Some(mean), Some(median)) = (totals.mean, totals.median) {
        let max = points(totals.max_points);
        parts.push(format!("mean {} / {max}{}", points(mean), mean_of(totals)));
        parts.push(format!("median {} / {max}", points(median)));
        parts.push(format!("full marks {}", totals.full));
    }
    let note = without_grade(page, style);
    let open: String = of_pending(totals)
        .map(|text| super::text::wrap(&text, style.width.saturating_sub(2), ""))
        .unwrap_or_default()
        .lines()
        .map(|line| style.paint(&format!("  {line}"), Tone::Part) + "\n")
        .collect();
    format!("{}\n  {}\n{note}{open}", style.bold("Class"), parts.join(style.dot()))
}

/// The number of submissions without a grade, and the reason.
fn without_grade(page: &ClassPage, style: TextStyle) -> String {
    let ended = |outcome| page.rows.iter().filter(|row| row.outcome == outcome).count();
    let (faults, entries) = (ended(Outcome::GraderFault), ended(Outcome::NotGraded));
    let mut out = String::new();
    if faults > 0 {
        let text =
            format!("  {faults} without a grade because the grader failed. That is never a zero.");
        out += &(style.paint(&text, Tone::Alarm) + "\n");
    }
    if entries > 0 {
        let text = format!("  {entries} without a grade because the submission cannot be graded.");
        out += &(style.paint(&text, Tone::Part) + "\n");
    }
    out
}

fn notices(page: &ClassPage, style: TextStyle) -> String {
    let groups = page.notices.groups();
    let groups: Vec<_> = groups.iter().map(|group| notice_group(group, style)).collect();
    groups.join("\n")
}

fn notice_group(group: &NoticeGroup, style: TextStyle) -> String {
    let item = |(name, reason): &(String, String)| {
        let gap = if reason.is_empty() { "" } else { ": " };
        let text = super::text::wrap(&format!("{name}{gap}{reason}"), style.width, "    ");
        format!("  {}", text.get(2..).unwrap_or_default())
    };
    let items: String = group.items.iter().map(item).collect();
    let meaning = style.paint(&format!("  {}", group.meaning), Tone::Quiet);
    format!("{}\n{meaning}\n{items}", style.bold(group.title))
}

fn hardest(page: &ClassPage, style: TextStyle) -> String {
    let cases: Vec<&CaseShare> = page.hardest.iter().take(5).collect();
    if cases.is_empty() {
        return String::new();
    }
    let name = |case: &CaseShare| fit(&case.name, style.width.saturating_sub(34), style.unicode);
    let widest = cases.iter().map(|case| width(&name(case))).max().unwrap_or(0);
    let lines = cases.iter().map(|case| {
        let share = case.failed_share();
        let bar = style.paint(&style.bar(share, BAR), Tone::Part);
        let failed = format!("{} of {} failed", case.failed, case.reached());
        format!("  {}  {bar} {:>3}%  {failed}\n", pad(&name(case), widest), percent(share))
    });
    let lines: String = lines.collect();
    let more = match page.hardest.len().saturating_sub(cases.len()) {
        0 => String::new(),
        more => format!("  and {more} more on the class page\n"),
    };
    format!("{}\n{lines}{more}", style.bold("Hardest cases"))
}
