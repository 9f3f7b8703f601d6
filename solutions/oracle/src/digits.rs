//! Held-out digits for the judge. Their labels never leave it.

use grader_judge::Draw;

const ROWS: &str = include_str!("../../heldout/data/digits-heldout.csv");

/// FNV-1a (64 bits) of the file. This file is part of a result's key, and so are the digits with this number.
#[cfg(test)]
const FINGERPRINT: u64 = 0x2dfe_664f_6faa_0d8f;

/// Some held-out digits.
pub struct HeldOut {
    /// For the driver: a row of 64 pixels for each digit, with a 0 in the place of the label.
    pub scans: String,
    labels: Vec<usize>,
}

impl HeldOut {
    /// All 355.
    pub fn all() -> Self {
        Self::of(&ROWS.lines().collect::<Vec<_>>())
    }

    /// `count` of them, drawn.
    pub fn draw(count: usize, draw: &mut Draw) -> Self {
        let mut rows: Vec<&str> = ROWS.lines().collect();
        draw.shuffle(&mut rows);
        rows.truncate(count);
        Self::of(&rows)
    }

    fn of(rows: &[&str]) -> Self {
        let mut scans = String::new();
        let mut labels = Vec::with_capacity(rows.len());
        for row in rows {
            let (pixels, label) = row.rsplit_once(',').expect("pixels and a label");
            labels.push(label.parse().expect("a digit"));
            scans.push_str(pixels);
            scans.push_str(",0\n");
        }
        Self { scans, labels }
    }

    /// How many digits there are.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// How many answers are right. Missing answers are wrong.
    pub fn right(&self, answers: &[usize]) -> usize {
        self.labels.iter().zip(answers).filter(|(label, answer)| label == answer).count()
    }
}

#[test]
fn the_digits_are_those_of_the_fingerprint() {
    let fingerprint = ROWS.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    assert_eq!(fingerprint, FINGERPRINT, "{fingerprint:#x}");
    let all = HeldOut::all();
    assert_eq!((all.count(), all.scans.lines().count()), (355, 355));
    assert!(all.scans.lines().all(|row| row.ends_with(",0") && row.split(',').count() == 65));
    assert_eq!(all.right(&all.labels), 355);
    assert_eq!(all.right(&all.labels[..7]), 7);
}
