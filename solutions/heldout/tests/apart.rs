//! Held-out data is in no file that students receive, and was not used for training.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn held_out() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/digits-heldout.csv");
    std::fs::read_to_string(path).expect("the held-out digits")
}

/// The pixels of a row without its label, because a copy with another label is still a copy.
fn pixels(row: &str) -> &str {
    row.rsplit_once(',').expect("a row with a label").0
}

/// All files in a folder, except build output.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        if !path.is_dir() {
            found.push(path);
        } else if path.file_name().is_none_or(|name| name != "target") {
            files(&path, found);
        }
    }
}

#[test]
fn no_held_out_scan_is_in_what_students_get() {
    let held_out = held_out();
    let scans: Vec<&[u8]> = held_out.lines().map(|row| pixels(row).as_bytes()).collect();
    let mut shipped = Vec::new();
    files(&root().join("assignments"), &mut shipped);
    assert!(shipped.iter().any(|path| path.ends_with("data/digits-train.csv")));
    let scans: HashSet<&[u8]> = scans.into_iter().collect();
    for path in shipped {
        let bytes = std::fs::read(&path).expect("a file that can be read");
        for line in bytes.split(|&byte| byte == b'\n') {
            let end = line.iter().rposition(|&byte| byte == b',').unwrap_or(0);
            assert!(!scans.contains(&line[..end]), "{} holds a held-out scan", path.display());
        }
    }
}

#[test]
fn no_held_out_image_is_among_those_to_train_on() {
    let bits = |digits: &tinytorch::data::digits::Digits| -> Vec<Vec<u32>> {
        let elements = digits.images.to_vec();
        let images = elements.chunks(28 * 28);
        images.map(|image| image.iter().map(|pixel| pixel.to_bits()).collect()).collect()
    };
    let train = tinytorch::data::digits::train().expect("the digits to train on");
    let validation = tinytorch::data::digits::validation().expect("the digits to validate on");
    let seen: HashSet<Vec<u32>> = bits(&train).into_iter().chain(bits(&validation)).collect();
    let held_out = heldout::digits().expect("the held-out digits");
    assert!(bits(&held_out).iter().all(|image| !seen.contains(image)));
}

#[test]
fn the_three_parts_are_all_scans_of_the_source() {
    let count = |path: &str| {
        let text = std::fs::read_to_string(root().join(path)).expect("a part of the digits");
        text.lines().map(str::to_owned).collect::<HashSet<String>>()
    };
    let mut all = count("assignments/tinytorch/data/digits-train.csv");
    all.extend(count("assignments/tinytorch/data/digits-validation.csv"));
    all.extend(held_out().lines().map(str::to_owned));
    assert_eq!(all.len(), 1797);
}
