//! Writes a made-up class into a folder, to look at the reports:
//! `cargo run -p grader-report --example sample -- FOLDER`.

#[path = "../tests/support/mod.rs"]
mod support;

use grader_model::Outcome::{self, NotStarted, Partial, Pass, Skipped, WrongAnswer};
use grader_model::{Grade, Remark};
use grader_report::terminal::{self, TextStyle};
use grader_report::{ClassNotices, ClassPage, write_all};

/// The fixtures of the tests, a hostile one among them, and thirty more students of all grades.
fn class() -> Vec<Grade> {
    let mut grades = support::class();
    grades.push(support::hostile(&support::HOSTILE.join(" ")));
    grades.extend((0..30).map(|n: usize| {
        let pass = |case: usize| (n * 7 + case * 5) % 11 < 7 + n % 4;
        let outcomes: [Outcome; 6] = std::array::from_fn(|case| match (pass(case), n % 5) {
            (true, _) => Pass,
            (false, 0) => NotStarted,
            (false, 1) if case % 2 == 1 => Skipped,
            (false, _) => WrongAnswer,
        });
        let all = outcomes.iter().all(|outcome| *outcome == Pass);
        support::grade(&format!("student{n:02}"), if all { Pass } else { Partial }, outcomes)
    }));
    // One graded with another compiler, one with many remarks, one task with weights.
    grades[12].provenance.toolchain = "rustc 1.94.0".into();
    grades[13].notes = (0..15)
        .map(|n| {
            Remark::text(format!(
                "`target-{n}` was left out: it is a build folder, and only sources are graded."
            ))
        })
        .collect();
    for grade in &mut grades {
        for case in grade.cases.iter_mut().filter(|case| case.task == "flops") {
            case.weight = 1.5;
        }
    }
    grades
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder to write into")?;
    let style = TextStyle { colour: true, width: 120, unicode: true };
    print!("{}", terminal::class(&ClassPage::new(&class()), &style));
    println!();
    print!("{}", terminal::instructor(&support::crashed(), &style));
    let written = write_all(folder.as_ref(), &class(), &ClassNotices::default())?;
    println!("\n{}", written.class_page.display());
    Ok(())
}
