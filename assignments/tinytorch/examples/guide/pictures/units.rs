//! Human-readable numbers.

/// With a comma as thousands separator: `24,832`.
pub(crate) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `640 B`, `512 KiB`, `8.1 MiB`.
pub(crate) fn bytes(bytes: usize) -> String {
    scaled(bytes as f64, 1024.0, ["B", "KiB", "MiB", "GiB"])
}

/// `640 FLOP`, `33.6 MFLOP`.
pub(crate) fn flops(flops: u64) -> String {
    scaled(flops as f64, 1000.0, ["FLOP", "kFLOP", "MFLOP", "GFLOP"])
}

fn scaled(mut number: f64, step: f64, units: [&str; 4]) -> String {
    let mut unit = 0;
    while number >= step && unit + 1 < units.len() {
        number /= step;
        unit += 1;
    }
    let digits = usize::from(number < 100.0 && number.fract() != 0.0);
    format!("{number:.digits$} {}", units[unit])
}
