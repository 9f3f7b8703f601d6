//! Large classes, made from the sample class.

use regression::{copy_tree, root};
use std::fs;
use std::path::Path;

/// Honest work of every kind: what a grade must never change for.
pub const HONEST: [&str; 14] = [
    "amara", "bjorn", "chidi", "elif", "emeka", "farah", "giulia", "hiro", "jonas", "kavya",
    "nadia", "oskar", "priya", "yusuf",
];

/// The rest, without those two that wait for their limits: half a minute each, of sleep.
const OTHERS: [&str; 15] = [
    "anders", "bruna", "carlos", "dmitri", "dolores", "fatima", "gustav", "quentin", "rosa",
    "sven", "tariq", "uma", "viktor", "xenia", "zora",
];

/// Honest work and attacks in turn.
pub fn mixed() -> Vec<&'static str> {
    let longer = HONEST.len().max(OTHERS.len());
    let nth = |n: usize| HONEST.get(n).into_iter().chain(OTHERS.get(n)).copied();
    (0..longer).flat_map(nth).collect()
}

/// Writes a class of `count` submissions into `folder`, `of` in turn. No two are the same, so that no
/// result is used twice: each has a file of its own that nothing refers to.
pub fn write(folder: &Path, of: &[&str], count: usize) {
    for number in 0..count {
        let name = of[number % of.len()];
        let to = folder.join(format!("{name}-{number:04}"));
        copy_tree(&root().join("regression/class").join(name), &to);
        let unused = to.join(format!("src/unused_{number}.rs"));
        fs::write(unused, "").expect("a file");
    }
}

/// Whose submission a student of a large class handed in.
pub fn origin(student: &str) -> &str {
    student.split('-').next().unwrap_or(student)
}
