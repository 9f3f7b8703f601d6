//! Text that a student made, made harmless for the place where it lands.
//!
//! [`line()`] and [`block`] come first, everywhere: they leave nothing in a text that a terminal or
//! a browser obeys or that a reader cannot see. The others escape for one format more.

/// Shown where text was cut.
const CUT: &str = "…";
/// Marks stacked on one letter beyond this number are dropped: they would paint over other lines.
const MARKS: usize = 4;

/// One line of at most `max` characters. Characters that move the cursor, turn the writing
/// direction or cannot be seen are written out, as in `\u{202e}`; so are line breaks, as `\n`.
pub fn line(text: &str, max: usize) -> String {
    visible(text, max, false)
}

/// Several lines, `max` characters in all. As [`line()`], but line breaks and indents stay.
pub fn block(text: &str, max: usize) -> String {
    visible(text, max, true)
}

fn visible(text: &str, max: usize, lines: bool) -> String {
    let mut out = String::new();
    let mut marks = 0;
    let mut left = max;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if left == 0 {
            out.push_str(&format!("{CUT} ({} bytes in all)", text.len()));
            break;
        }
        left -= 1;
        marks = if stacks(c) { marks + 1 } else { 0 };
        match c {
            '\r' if lines && chars.peek() == Some(&'\n') => {}
            '\n' if lines => out.push('\n'),
            '\t' if lines => out.push_str("    "),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if obeyed_or_unseen(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            _ if marks > MARKS => {}
            c => out.push(c),
        }
    }
    out
}

/// Characters that a terminal or browser acts upon (C0, DEL, C1, direction marks, overrides and
/// isolates, line separators) or that show nothing (zero width, fillers, tags), so that two
/// different names could look alike. Zero-width joiners stay: Persian, Indic names and emoji need
/// them.
fn obeyed_or_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Combining marks, which are drawn over the letter before them.
fn stacks(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Whole output on its way to a log of GitHub Actions or Azure Pipelines: their runners obey a
/// line that begins with `::`, and `##[` anywhere. A backslash makes both plain text; in Markdown
/// outside of code it is not even seen.
pub fn workflow_commands(output: &str) -> String {
    let defused = output.split('\n').map(|line| {
        let (before, text) = line.split_at(start_of_text(line));
        let mark = if text.starts_with("::") { "\\" } else { "" };
        format!("{before}{mark}{}", text.replace("##[", "#\\#["))
    });
    defused.collect::<Vec<_>>().join("\n")
}

/// Where a line begins when blanks and our own colours are left out.
fn start_of_text(line: &str) -> usize {
    let mut text = line.trim_start();
    while let Some(colour) = text.strip_prefix("\u{1b}[") {
        let Some(end) = colour.find('m') else { break };
        text = colour[end + 1..].trim_start();
    }
    line.len() - text.len()
}

/// The message of a GitHub workflow command that we write ourselves.
pub fn github_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property (`file=`, `title=`) of a GitHub workflow command that we write ourselves.
pub fn github_property(text: &str) -> String {
    github_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// Prose inside one Markdown line or table cell: no markup, link, mention, HTML or list begins.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$'
            | '!' => {
                out.push('\\');
                out.push(c);
            }
            // `http:` and `www.` become links by themselves; `::` at the start is a command.
            ':' if matches!(next, Some('/' | ':')) => out.push_str("\\:"),
            '.' if ends_in_www(&out) => out.push_str("\\."),
            // An escaped `@name` still notifies somebody; a comment between does not.
            '@' if next.is_some_and(char::is_alphanumeric) => out.push_str("@<!-- -->"),
            '#' if next.is_some_and(char::is_alphanumeric) => out.push_str("\\#<!-- -->"),
            '#' => out.push_str("\\#"),
            '-' | '+' | '=' if out.trim_start().is_empty() => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if is_list_number(&out) => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn ends_in_www(text: &str) -> bool {
    text.get(text.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// `1.` at the start of a line begins a list.
fn is_list_number(text: &str) -> bool {
    let text = text.trim_start();
    !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit())
}

/// One line of code in Markdown, between more backticks than it has itself.
pub fn markdown_code(text: &str) -> String {
    let fence = "`".repeat(longest_run_of_backticks(text) + 1);
    let text = text.replace('\n', " ");
    let pad =
        if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Lines of code in Markdown, each with `indent` before it, in a fence that they cannot close.
pub fn markdown_block(text: &str, indent: &str) -> String {
    let fence = "`".repeat(longest_run_of_backticks(text).max(2) + 1);
    let lines: Vec<_> = text.lines().map(|line| format!("{indent}{line}\n")).collect();
    format!("{indent}{fence}text\n{}{indent}{fence}\n", lines.concat())
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A cell of a spreadsheet (CSV). Excel, `LibreOffice` and Sheets compute what begins with one of
/// these characters, also when blanks stand before it; an apostrophe makes it text. Quoting for
/// CSV itself is the writer's part.
pub fn spreadsheet(text: &str) -> String {
    let first = text.trim_start().chars().next();
    let computed = matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
        || text.starts_with(['\t', '\r', '\n']);
    if computed { format!("'{text}") } else { text.to_owned() }
}

/// One argument of a command to be pasted into a POSIX shell.
pub fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@');
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
#[path = "escape_tests.rs"]
mod tests;
