//! The digits: their contents, and the errors for invalid files.

use std::path::Path;

use tinytorch::data::digits::{self, CLASSES, Digits, SIZE};

/// Row `i` shows digit `i % 10`; its pixels are `i`.
fn rows(n: usize) -> String {
    let row = |i: usize| format!("{}{}\n", format!("{},", i % 17).repeat(64), i % 10);
    (0..n).map(row).collect()
}

#[track_caller]
fn refusal(text: &str) -> String {
    digits::from_text("d.csv", text).expect_err("a text that is not right").to_string()
}

fn count_each(digits: &Digits) -> [usize; CLASSES] {
    let mut counts = [0; CLASSES];
    for &label in &digits.labels {
        counts[label] += 1;
    }
    counts
}

#[test]
fn both_parts_are_there_and_hold_each_digit_in_equal_shares() {
    let (train, validation) = (digits::train().unwrap(), digits::validation().unwrap());
    assert_eq!((train.len(), validation.len()), (1266, 176));
    for (digits, share) in [(train, 126.6), (validation, 17.6)] {
        assert_eq!(digits.images.shape(), [digits.len(), 1, SIZE, SIZE]);
        for count in count_each(&digits) {
            assert!((count as f64 / share - 1.0).abs() < 0.07, "{count} of about {share}");
        }
        assert!(digits.images.view().iter().all(|&pixel| (0.0..=1.0).contains(&pixel)));
    }
}

#[test]
fn the_data_are_those_that_the_sources_name() {
    assert_eq!(digits::fingerprint(), digits::FINGERPRINT, "{:#018x}", digits::fingerprint());
}

#[test]
fn no_validation_image_is_trained_on() {
    let (train, validation) = (digits::train().unwrap(), digits::validation().unwrap());
    let images = |digits: &Digits| -> Vec<Vec<u32>> {
        let elements = digits.images.to_vec();
        let images = elements.chunks(SIZE * SIZE);
        images.map(|image| image.iter().map(|pixel| pixel.to_bits()).collect()).collect()
    };
    let (trained, kept) = (images(&train), images(&validation));
    assert!(kept.iter().all(|image| !trained.contains(image)));
}

/// 8 to 28 pixels: the center of pixel 0 is outside the center of the first scan pixel; that of pixel 3
/// is at 3.5 * 8 / 28 - 0.5 = 0.5, halfway between the first two.
#[test]
fn images_are_scans_resized_between_pixel_middles() {
    let mut row = ["0"; 65];
    (row[0], row[1], row[8]) = ("16", "8", "4");
    let digits = digits::from_text("d.csv", &format!("{}\n", row.join(","))).unwrap();
    let pixel = |y, x| digits.images.get(&[0, 0, y, x]).unwrap();
    assert!((pixel(0, 0) - 1.0).abs() < 1e-6);
    assert!((pixel(0, 3) - 0.75).abs() < 1e-6);
    assert!((pixel(3, 0) - 0.625).abs() < 1e-6);
    assert!((pixel(3, 3) - (1.0 + 0.5 + 0.25) / 4.0).abs() < 1e-6);
    assert!(pixel(27, 27).abs() < 1e-6);
}

#[test]
fn an_error_names_line_and_column() {
    let good = rows(2);
    let cases = [
        (
            good.replacen("1,1", "1,x", 1),
            "line 2, column 2: expected a pixel from 0 to 16, found `x`",
        ),
        (
            good.replacen("0,0", "0,17", 1),
            "line 1, column 2: expected a pixel from 0 to 16, found `17`",
        ),
        (
            good.replacen("0,0", "0,-1", 1),
            "line 1, column 2: expected a pixel from 0 to 16, found `-1`",
        ),
        (
            good.replacen("0,0", "0,+1", 1),
            "line 1, column 2: expected a pixel from 0 to 16, found `+1`",
        ),
        (
            good.replacen("0,0", "0,", 1),
            "line 1, column 2: expected a pixel from 0 to 16, found ``",
        ),
        (
            good.replacen(",0\n", ",10\n", 1),
            "line 1, column 65: expected a label from 0 to 9, found `10`",
        ),
        (
            good.replacen("0,", "", 1),
            "line 1: expected 65 values (64 pixels and a label), found 64: `0,0,0,0,0,0,0,0,0,0,...`",
        ),
        (
            good.replacen('\n', "\n\n", 1),
            "line 2: expected 65 values (64 pixels and a label), found 1: ``",
        ),
    ];
    for (text, expected) in cases {
        assert_ne!(text, good);
        assert_eq!(refusal(&text), format!("d.csv: {expected}"));
    }
}

#[test]
fn an_empty_file_is_refused() {
    let expected = "d.csv: holds no digit: expected a row of 64 pixels and a label for each";
    assert_eq!(refusal(""), expected);
}

/// Even if the cut leaves whole rows: `...,1` may have been `...,10`.
#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let whole = rows(2);
    let first = whole.find('\n').unwrap() + 1;
    for cut in (0..whole.len()).filter(|&cut| cut != first) {
        assert!(digits::from_text("d.csv", &whole[..cut]).is_err(), "cut at byte {cut}");
    }
    let last_is_whole = whole.trim_end();
    let expected =
        "d.csv: line 2: expected a line break after the last row: the file was cut short";
    assert_eq!(refusal(last_is_whole), expected);
}

#[test]
fn a_file_that_is_not_there_or_not_text_is_named() {
    let missing = digits::from_path(Path::new("no/such/digits.csv")).unwrap_err().to_string();
    assert!(missing.starts_with("no/such/digits.csv: cannot be read: "), "{missing}");
    let folder = tempfolder("digits-not-text");
    let path = folder.join("picture.csv");
    std::fs::write(&path, [0xff, 0xd8, 0xff, 0xe0, 0x00]).unwrap();
    let error = digits::from_path(&path).unwrap_err().to_string();
    assert!(error.contains("picture.csv: cannot be read: "), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_gives_what_its_text_gives() {
    let folder = tempfolder("digits-file");
    let path = folder.join("digits.csv");
    std::fs::write(&path, rows(3)).unwrap();
    assert_eq!(digits::from_path(&path).unwrap(), digits::from_text("", &rows(3)).unwrap());
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempfolder(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
