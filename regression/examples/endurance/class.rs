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
/// result is used twice: the first file of each has a comment of its own.
pub fn write(folder: &Path, of: &[&str], count: usize) {
    for number in 0..count {
        let name = of[number % of.len()];
        let to = folder.join(format!("{name}-{number:04}"));
        copy_tree(&root().join("regression/class").join(name), &to);
        let entries = fs::read_dir(to.join("src")).expect("sources");
        let files = entries.map(|entry| entry.expect("an entry").path());
        let first = files.filter(|path| path.is_file()).min().expect("a file");
        let text = fs::read_to_string(&first).expect("a source");
        fs::write(first, format!("{text}\n// {number}\n")).expect("a write");
    }
}

/// Whose submission a student of a large class handed in.
pub fn origin(student: &str) -> &str {
    student.split('-').next().unwrap_or(student)
}
