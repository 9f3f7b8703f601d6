//! Numbers of a class page that an instructor relies on.

mod support;

use grader_model::Outcome::{NotStarted, Partial, Pass, Skipped, Undecided, WrongAnswer};
use grader_model::student::StudentView;
use grader_model::{
    Grade, MachineInfo, Outcome, Remark, TimingBasis, TimingClock, TimingResult, VectorLevel,
};
use grader_report::terminal::{self, TextStyle};
use grader_report::{ClassPage, html, json, markdown};
use support::{fault, grade, perfect};

fn graded(student: &str, outcomes: [Outcome; 6]) -> Grade {
    grade(student, Partial, outcomes)
}

/// One student reached the last case and failed it; most reached the first and passed it.
#[test]
fn the_hardest_case_is_the_one_that_most_of_those_who_reached_it_failed() {
    let class = [
        graded("a", [WrongAnswer, Pass, Undecided, NotStarted, Pass, WrongAnswer]),
        graded("b", [Pass, WrongAnswer, Undecided, NotStarted, Pass, Skipped]),
        graded("c", [Pass, Pass, Undecided, NotStarted, Pass, Skipped]),
        graded("d", [Pass, WrongAnswer, Undecided, Skipped, Pass, Skipped]),
    ];
    let page = ClassPage::new(&class);
    let hardest: Vec<_> = page
        .hardest
        .iter()
        .map(|case| (case.name.as_str(), case.failed, case.reached(), case.not_reached))
        .collect();
    assert_eq!(
        hardest,
        [
            ("attention_counts_every_position", 1, 1, 3),
            ("percentiles_agree_with_the_oracle", 2, 4, 0),
            ("one_run_is_its_own_statistics", 1, 4, 0),
        ]
    );
    assert_eq!(page.unreached, 1, "one case was reached by nobody, another one is undecided");
    let html = html::class(&page);
    assert!(html.contains("No submission reached 1 other case."), "{html}");
}

#[test]
fn every_case_that_somebody_failed_is_on_the_page() {
    let mut class = vec![graded("a", [WrongAnswer; 6]), perfect()];
    for grade in &mut class {
        let more = (0..30).map(|n| {
            let mut case = grade.cases[0].clone();
            case.name = format!("case_{n}");
            case
        });
        let more: Vec<_> = more.collect();
        grade.cases.extend(more);
    }
    let page = ClassPage::new(&class);
    let (html, markdown) = (html::class(&page), markdown::class(&page));
    let table = terminal::class(&page, &TextStyle::default());
    for n in 0..30 {
        let name = format!("case_{n}");
        assert!(
            html.contains(&format!("<code>{name}</code>")) && markdown.contains(&name),
            "{name}"
        );
    }
    assert!(table.contains("and 31 more on the class page"), "{table}");
}

/// Another compiler graded one of them: the page says so, the row says so, and the student is not bothered.
#[test]
fn grades_of_different_conditions_are_never_mixed_without_a_word() {
    let mut other = graded("b", [Pass, WrongAnswer, Pass, Pass, Pass, Pass]);
    other.provenance.toolchain = "rustc 1.94.0".into();
    let class = [perfect(), graded("a", [Pass; 6]), other.clone(), fault()];
    let page = ClassPage::new(&class);
    let conditions: Vec<_> = page.differences.iter().map(|one| one.condition).collect();
    assert_eq!(conditions, ["compiler"]);
    let words = "rustc 1.95.0 (2 submissions), rustc 1.94.0 (1 submission: b)";
    assert_eq!(page.differences[0].summary(), words);
    for text in [
        terminal::class(&page, &TextStyle { width: 120, ..TextStyle::default() }),
        html::class(&page),
        markdown::class(&page).replace('\\', ""),
    ] {
        assert!(text.contains("These grades were not made under the same conditions"), "{text}");
        assert!(text.contains(words), "{text}");
    }
    let remark = "Graded with another compiler than most of the class: rustc 1.94.0.";
    let rows: Vec<_> = page.rows.iter().filter(|row| row.remark == remark).collect();
    assert_eq!(rows.iter().map(|row| row.student.as_str()).collect::<Vec<_>>(), ["b"]);
    assert!(!html::student(&StudentView::from(&other)).contains("most of the class"));
}

/// Changes one condition of a grade.
type GradeEdit = fn(&mut Grade);

#[test]
fn each_condition_is_compared() {
    let edits: [(&str, GradeEdit); 6] = [
        ("rubric", |grade| grade.provenance.rubric_hash = "0".into()),
        ("set of hidden cases", |grade| grade.provenance.suite_hash = "0".into()),
        ("set of limits and handed-out files", |grade| grade.provenance.conditions = "0".into()),
        ("compiler", |grade| grade.provenance.toolchain = "0".into()),
        ("sandbox level", |grade| grade.provenance.sandbox = "0".into()),
        ("grader", |grade| grade.provenance.grader_version = "0".into()),
    ];
    for (condition, edit) in edits {
        let mut other = perfect();
        edit(&mut other);
        let page = ClassPage::new(&[perfect(), perfect(), other]);
        let found: Vec<_> = page.differences.iter().map(|one| one.condition).collect();
        assert_eq!(found, [condition]);
    }
    assert!(ClassPage::new(&[perfect(), perfect()]).differences.is_empty());
}

/// A grade whose speed was measured on `level`.
fn measured(student: &str, level: Option<VectorLevel>) -> Grade {
    let mut grade = graded(student, [Pass; 6]);
    grade.cases[0].timing = Some(TimingResult {
        against: "the naive product".into(),
        gate: 4.0,
        estimate: 8.0,
        low: 7.9,
        high: 8.1,
        pairs: 5,
        launches: 1,
        clock: TimingClock::Cpu,
        cpus: 1,
        charged_share: 0.0,
        seconds: 0.1,
        threads: None,
        basis: TimingBasis::AllPairs,
    });
    grade.provenance.machine =
        level.map(|vector_level| MachineInfo { processor: "Some CPU".into(), vector_level });
    grade
}

/// Ratios of AVX2 beside ratios of AVX-512: page, terminal, Markdown and JSON name the students.
#[test]
fn levels_of_vector_instructions_are_never_mixed_without_a_word() {
    let v4 = |student| measured(student, Some(VectorLevel::V4));
    let class = [
        v4("ana"),
        v4("ben"),
        v4("cem"),
        measured("dora", Some(VectorLevel::V3)),
        measured("eli", Some(VectorLevel::V3)),
        // Of an earlier version of the grader.
        measured("finn", None),
        // Did not compile, so that nothing was measured.
        graded("gus", [Pass; 6]),
    ];
    let page = ClassPage::new(&class);
    let words = "x86-64-v4 (3 submissions), x86-64-v3 (2 submissions: dora, eli), unknown (1 submission: finn)";
    assert_eq!(page.differences.len(), 1);
    assert_eq!(page.differences[0].summary(), words);
    for text in [
        terminal::class(&page, &TextStyle { width: 160, ..TextStyle::default() }),
        html::class(&page),
        markdown::class(&page).replace('\\', ""),
    ] {
        assert!(text.contains(words) && text.contains("grader grade"), "{text}");
    }
    let document: serde_json::Value = serde_json::from_str(&json::class(&class)).unwrap();
    let groups = document["differences"][0]["groups"].as_array().unwrap();
    assert_eq!(groups[1]["value"], "x86-64-v3");
    assert_eq!(groups[1]["students"], serde_json::json!(["dora", "eli"]));
    assert!(ClassPage::new(&class[..3]).differences.is_empty());
}

#[test]
fn of_a_large_group_only_some_are_named() {
    let most: Vec<_> = (0..12).map(|n| format!("a{n}")).collect();
    let others: Vec<_> = (0..9).map(|n| format!("b{n}")).collect();
    let level = |names: &[String], level| -> Vec<Grade> {
        names.iter().map(|name| measured(name, Some(level))).collect()
    };
    let class = [level(&most, VectorLevel::V4), level(&others, VectorLevel::V3)].concat();
    let summary = ClassPage::new(&class).differences[0].summary();
    assert!(summary.ends_with("(9 submissions: b0, b1, b2, b3, b4, b5 and 3 more)"), "{summary}");
}

/// Points of two rubrics have no common mean.
#[test]
fn the_mean_is_of_those_with_the_same_maximum() {
    let mut other = perfect();
    (other.points, other.max_points) = (Some(200.0), 200.0);
    let page = ClassPage::new(&[
        other,
        perfect(),
        graded("a", [Pass, Pass, WrongAnswer, Pass, Pass, Pass]),
    ]);
    assert_eq!((page.totals.mean, page.totals.max_points), (Some(55.0), 60.0));
    assert_eq!(page.totals.other_maximum, 1);
    let left_out = "1 with another maximum left out";
    assert!(html::class(&page).contains(left_out) && markdown::class(&page).contains(left_out));
    assert_eq!((page.totals.graded, page.totals.full), (3, 2));
}

/// Fifteen remarks once made a row fifteen lines tall.
#[test]
fn many_remarks_take_one_line_of_the_table() {
    let mut grade = perfect();
    grade.notes = (0..15).map(|n| Remark::text(format!("`target-{n}` was left out."))).collect();
    let page = ClassPage::new(&[grade]);
    assert!(page.rows[0].remark.starts_with("15 remarks: "), "{}", page.rows[0].remark);
    let table = terminal::class(&page, &TextStyle { width: 120, ..TextStyle::default() });
    assert_eq!(table.lines().filter(|line| line.contains("target-")).count(), 1, "{table}");
    let html = html::class(&page);
    assert!(
        html.contains(">15 remarks</summary>")
            && html.contains("<li>`target-14` was left out.</li>")
    );
}
