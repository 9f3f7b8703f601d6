//! Layers that cannot be switched off, or are done before anything else: timed by themselves.

use crate::pairs::Estimate;
use crate::reference;
use grader_pipeline::collect;
use regression::attack::run::for_students;
use regression::{grade_with, root};
use std::hint::black_box;
use std::time::Instant;

/// Rows of intake, scan and reports.
pub fn run(many: usize) {
    let whole = reference("profiling");
    let folder = root().join("solutions/profiling");
    let found = collect::single(&folder).expect("the reference");
    let intake = timed(many, || drop(black_box(whole.grader.collect(&found))));
    println!("| intake | a folder listed, read and checked | {intake} |");
    let scan = timed(many, || drop(black_box(collect::scan(&whole.sources))));
    println!("| token scan | the sources scanned | {scan} |");
    let grade = grade_with(&whole.grader, &folder, 3);
    let reports = timed(many, || drop(black_box(for_students(&grade))));
    println!("| reports, escaping included | all six that there are | {reports} |");
}

fn timed(many: usize, mut work: impl FnMut()) -> String {
    work();
    let seconds = (0..many).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    });
    Estimate::of(seconds.collect()).ms(1.0)
}
