//! What measuring costs: seconds a verdict, and the share of a grading that it is. Run with nothing else
//! on the machine; prints the section of `grader/FIGURES.md`:
//!
//! `cargo run --release -p regression --example timing_figures`

use grader_course::config::CourseModule;
use grader_model::{Grade, GradingStage, StageCost};
use grader_pipeline::{Grader, MeasureScope};
use regression::{grade_with, grader, modules, root};

/// Gradings of each reference.
const ROUNDS: u64 = 5;

fn main() {
    println!("## What measuring speed costs\n");
    println!(
        "The references, graded {ROUNDS} times each, medians; the baseline is built already.\n"
    );
    for module in modules() {
        if grader(&module.slug).module.suite.timed().is_empty() {
            continue;
        }
        one(module);
    }
}

fn one(module: &CourseModule) {
    let grader = Grader { timing: MeasureScope::All, ..grader(&module.slug).clone() };
    let solution = root().join("solutions").join(&module.slug);
    // The first one builds the baseline.
    grade_with(&grader, &solution, 0);
    let grades: Vec<Grade> =
        (1..=ROUNDS).map(|seed| grade_with(&grader, &solution, seed)).collect();
    verdicts(module, &grades);
    stages(module, &grades);
}

/// What each verdict took.
fn verdicts(module: &CourseModule, grades: &[Grade]) {
    println!("| `{}` | verdicts | times as fast | gate | pairs | seconds | clock |", module.slug);
    println!("|---|---|---|---|---|---|---|");
    let Some(first) = grades.first() else { return };
    for case in first.cases.iter().filter(|case| case.timing.is_some()) {
        let results = || {
            let cases = grades.iter().flat_map(|grade| &grade.cases);
            cases.filter(|other| other.name == case.name)
        };
        let timings: Vec<_> = results().filter_map(|case| case.timing.as_ref()).collect();
        let mut outcomes: Vec<_> = results().map(|case| case.outcome.words()).collect();
        outcomes.dedup();
        let of = |pick: fn(&grader_model::TimingResult) -> f64| {
            median(timings.iter().map(|timing| pick(timing)).collect())
        };
        println!(
            "| {} | {} | {:.2} | {} | {:.0} | {:.2} | {} |",
            case.name,
            outcomes.join(", then "),
            of(|timing| timing.estimate),
            of(|timing| timing.gate),
            of(|timing| f64::from(timing.pairs)),
            of(|timing| timing.seconds),
            timings.first().map_or("", |timing| timing.clock.words()),
        );
    }
}

/// What share of a grading it is: building once more, and measuring.
fn stages(module: &CourseModule, grades: &[Grade]) {
    let of = |wanted: fn(GradingStage) -> bool, pick: fn(&StageCost) -> f64| {
        let sum = |grade: &Grade| {
            let costs = grade.costs.iter().filter(|cost| wanted(cost.stage));
            costs.map(pick).sum::<f64>()
        };
        median(grades.iter().map(sum).collect())
    };
    let measured = |grade: &Grade| {
        grade.cases.iter().filter_map(|case| Some(case.timing.as_ref()?.seconds)).sum::<f64>()
    };
    let measuring = median(grades.iter().map(measured).collect());
    let wall: fn(&StageCost) -> f64 = |cost| cost.wall_seconds;
    let cpu: fn(&StageCost) -> f64 = |cost| cost.cpu_seconds;
    let all = of(|_| true, wall);
    let timing = of(|stage| stage == GradingStage::Time, wall);
    println!(
        "\nA grading of `{}` takes {all:.1} s ({:.1} CPU s); {timing:.1} s of it ({:.0} %) are the stage of \
         timing: {measuring:.1} s of measuring, and the second build.\n",
        module.slug,
        of(|_| true, cpu),
        100.0 * timing / all,
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
