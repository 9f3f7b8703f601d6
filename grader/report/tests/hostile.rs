//! Whatever a student writes, no report obeys it, and none tells what is hidden.

mod support;

use grader_model::student::StudentView;
use grader_model::{Grade, Hidden};
use grader_report::terminal::{self, TextStyle};
use grader_report::{ClassPage, html, json, markdown};
use support::{CANARY, HOSTILE, SEED, class, hostile};

/// Every report of one grade, with its format.
fn reports(grade: &Grade) -> Vec<(&'static str, String)> {
    let mut reports = student_reports(grade);
    let class = std::slice::from_ref(grade);
    let page = ClassPage::new(class);
    reports.extend([
        ("terminal", terminal::class(&ClassPage::new(class), &TextStyle::default())),
        (
            "terminal",
            terminal::class(
                &ClassPage::new(class),
                &TextStyle { width: 50, ..TextStyle::default() },
            ),
        ),
        ("terminal", terminal::instructor(grade, &TextStyle::default())),
        ("markdown", markdown::class(&page)),
        ("html", html::class(&page)),
        ("json", json::class(class)),
    ]);
    reports
}

fn student_reports(grade: &Grade) -> Vec<(&'static str, String)> {
    let view = StudentView::from(grade);
    vec![
        ("terminal", terminal::student(&view, &TextStyle::default())),
        (
            "terminal",
            terminal::student(&view, &TextStyle { colour: true, width: 40, unicode: false }),
        ),
        ("markdown", markdown::student(&view)),
        ("html", html::student(&view)),
        ("json", json::student(&view)),
    ]
}

/// Each hostile text alone, and all of them in one.
fn hostile_reports() -> impl Iterator<Item = (&'static str, String)> {
    let all = HOSTILE.join(" ");
    let each = HOSTILE.iter().map(|text| hostile(text)).chain([hostile(&all)]);
    each.collect::<Vec<_>>().into_iter().flat_map(|grade| reports(&grade))
}

/// Our own colours; everything else that begins with an escape is the student's.
fn without_colours(report: &str) -> String {
    let mut out = String::new();
    let mut rest = report;
    while let Some(at) = rest.find("\u{1b}[") {
        let end = at + 2 + rest[at + 2..].find(|c: char| !matches!(c, '0'..='9' | ';')).unwrap();
        assert_eq!(&rest[end..=end], "m", "an escape that is no colour");
        out += &rest[..at];
        rest = &rest[end + 1..];
    }
    out + rest
}

#[test]
fn no_report_has_a_character_that_a_terminal_obeys() {
    for (format, report) in hostile_reports() {
        let text = without_colours(&report);
        let alive = text.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(alive, None, "{format}: {text:.300}");
        assert!(!text.contains("owned\u{7}"));
    }
}

#[test]
fn no_report_has_a_workflow_command() {
    for (format, report) in hostile_reports() {
        let plain = without_colours(&report);
        for line in plain.lines() {
            assert!(!line.trim_start().starts_with("::"), "{format}: {line}");
            assert!(!line.contains("##["), "{format}: {line}");
        }
    }
}

/// Reads the page tag by tag: every `<` begins a tag of ours, every attribute is one of ours.
#[test]
fn html_has_no_tag_and_no_attribute_but_ours() {
    const TAGS: &[&str] = &[
        "!doctype", "a", "article", "b", "bdi", "body", "br", "code", "dd", "details", "div", "dl",
        "dt", "footer", "h1", "h2", "head", "header", "html", "li", "line", "main", "meta", "p",
        "pre", "rect", "section", "span", "strong", "style", "summary", "svg", "table", "tbody",
        "td", "text", "th", "thead", "title", "tr", "ul",
    ];
    const ATTRIBUTES: &[&str] = &[
        "aria-label",
        "charset",
        "class",
        "content",
        "data-task",
        "height",
        "href",
        "http-equiv",
        "id",
        "lang",
        "name",
        "role",
        "rx",
        "style",
        "title",
        "viewBox",
        "width",
        "x",
        "x1",
        "x2",
        "y",
        "y1",
        "y2",
    ];
    for (_, page) in hostile_reports().filter(|(format, _)| *format == "html") {
        for tag in page.split('<').skip(1) {
            let (inside, _) = tag.split_once('>').expect("every tag ends");
            let inside = inside.trim_start_matches('/').trim_end_matches('/');
            let (name, attributes) = inside.split_once(' ').unwrap_or((inside, ""));
            assert!(TAGS.contains(&name), "<{inside}>");
            // Between quotes stand values, elsewhere names: `a="1" b="2"`.
            let names = attributes.split('"').step_by(2).filter(|part| !part.trim().is_empty());
            for name in names.filter(|_| name != "!doctype") {
                let name = name.trim().trim_end_matches('=');
                assert!(ATTRIBUTES.contains(&name), "{name} in <{inside}>");
            }
        }
        assert_eq!(page.matches("<style>").count(), 1);
        assert!(page.contains("Content-Security-Policy"));
    }
}

#[test]
fn html_fetches_nothing_and_leads_nowhere_else() {
    for (_, page) in hostile_reports().filter(|(format, _)| *format == "html") {
        for link in page.split("href=\"").skip(1) {
            let target = link.split('"').next().unwrap();
            let own = target.starts_with("#task-") || target.starts_with("students/");
            assert!(own && !target.contains(".."), "{target}");
        }
        for word in ["src=\"", "url(", "@import", "http://www"] {
            assert!(!page.contains(word), "{word}");
        }
    }
}

/// No template may switch the escaping off.
#[test]
fn no_template_trusts_a_value() {
    for template in ["page", "student", "class"] {
        let path = format!("{}/templates/{template}.html", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let text = text.replace(' ', "");
        assert!(!text.contains("|safe") && !text.contains("escape"), "{template}");
    }
}

#[test]
fn markdown_has_no_markup_but_ours() {
    for (_, report) in hostile_reports().filter(|(format, _)| *format == "markdown") {
        let mut fence = None;
        for line in report.lines() {
            let text = line.trim_start();
            let run = text.len() - text.trim_start_matches('`').len();
            match fence {
                None if run >= 3 && text.ends_with("text") => fence = Some(run),
                Some(open) if run >= open && text.len() == run => fence = None,
                Some(_) => {}
                None => assert_prose(line),
            }
        }
        assert_eq!(fence, None, "every fence is closed");
    }
}

/// Outside of code: no HTML but our comments, no image, no link but ours, no heading of theirs.
fn assert_prose(line: &str) {
    let prose = without_code(line).replace("<!-- -->", "");
    let mut unescaped = prose.replace(r"\\", "");
    for escaped in [r"\<", r"\[", r"\]"] {
        unescaped = unescaped.replace(escaped, "");
    }
    assert!(!unescaped.contains('<'), "{line}");
    assert!(!unescaped.replace("](students/", "").contains("]("), "{line}");
    assert!(!line.starts_with("# heading"), "{line}");
    assert!(!prose.contains("!["), "{line}");
}

fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let escaped = rest[..at].ends_with('\\');
        let after = &rest[at + run..];
        let fence = "`".repeat(run);
        out += &rest[..at];
        rest = match after.find(&fence) {
            Some(end) if !escaped => &after[end + run..],
            _ => after,
        };
    }
    out + rest
}

#[test]
fn json_says_the_same_after_it_was_made_harmless() {
    for text in HOSTILE {
        let grade = hostile(text);
        let json = json::class(std::slice::from_ref(&grade));
        assert!(!json.contains('<') && !json.contains('>'), "{json:.300}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["submissions"][0]["submission"]["student"], *text);
        assert_eq!(read["submissions"][0]["cases"][0]["message"], *text);
    }
}

#[test]
fn a_megabyte_in_every_text_is_cut_in_every_report() {
    let grade = hostile(&"x".repeat(1 << 20));
    for (format, report) in reports(&grade) {
        assert!(report.contains("(1048576 bytes in all)"), "{format} says that it cut");
        // JSON keeps 16 KiB of each of some fifty texts; the others far less.
        assert!(report.len() < 1 << 20, "{format}: {} bytes", report.len());
    }
}

#[test]
fn hidden_values_reach_no_student() {
    for mut grade in class() {
        for case in &mut grade.cases {
            case.detail = Some(Hidden::new(CANARY.into()));
        }
        grade.fault = Some(Hidden::new(CANARY.into()));
        for (format, report) in student_reports(&grade) {
            assert!(!report.contains(CANARY), "{format}: {report}");
            assert!(!report.contains(&SEED.to_string()), "{format}: {report}");
        }
        // They are there for the instructor, or the lines above prove nothing.
        let json = json::class(std::slice::from_ref(&grade));
        assert!(json.contains(CANARY) && json.contains(&SEED.to_string()));
        let report = terminal::instructor(&grade, &TextStyle::default());
        assert!(report.contains(CANARY) && report.contains(&SEED.to_string()));
    }
}
