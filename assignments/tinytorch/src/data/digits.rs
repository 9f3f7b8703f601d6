//! Handwritten digits: 8x8 scans, as images of 28x28.
//!
//! The scans are the "Optical Recognition of Handwritten Digits" data of the UCI
//! repository (Alpaydin and Kaynak, 1998; CC BY 4.0), as distributed with scikit-learn.
//! `data/README.md` describes the split.
//!
//! ```
//! use tinytorch::data::digits;
//!
//! let digits = digits::validation()?;
//! assert_eq!(digits.images.shape(), [digits.labels.len(), 1, 28, 28]);
//! # Ok::<(), tinytorch::data::DataError>(())
//! ```

use std::path::Path;

use super::resize::bilinear;
use super::{DataError, DataResult};
use crate::{Result, Tensor};

/// Height and width of the images.
pub const SIZE: usize = 28;

/// The number of classes: the digits 0 to 9.
pub const CLASSES: usize = 10;

/// Height and width of the scans.
const SCAN: usize = 8;

/// The value of the darkest pixel of a scan: 16 of its 16 dots are ink.
const DARKEST: u8 = 16;

const TRAIN: &str = include_str!("../../data/digits-train.csv");
const VALIDATION: &str = include_str!("../../data/digits-validation.csv");

/// Images and their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Digits {
    /// `[n, 1, 28, 28]`, from 0 (paper) to 1 (ink).
    pub images: Tensor,
    /// The digit in each image, 0 to 9.
    pub labels: Vec<usize>,
}

/// The training set.
///
/// # Errors
/// Never, unless the files of this crate were changed.
pub fn train() -> DataResult<Digits> {
    from_text("digits-train.csv", TRAIN)
}

/// The validation set, for choosing hyperparameters and the moment to stop.
///
/// # Errors
/// Never, unless the files of this crate were changed.
pub fn validation() -> DataResult<Digits> {
    from_text("digits-validation.csv", VALIDATION)
}

/// The expected result of [`fingerprint`]. It is part of the sources, so a check that
/// compares only the sources (such as the grader's, before it recompiles this crate) also
/// notices changed data.
pub const FINGERPRINT: u64 = 0xbe3b_cb7c_fcfa_04ff;

/// The computed fingerprint of both texts. It is stored in the metadata of a trained
/// model.
pub fn fingerprint() -> u64 {
    super::fingerprint([TRAIN, VALIDATION].concat().as_bytes())
}

/// Reads digits from a file.
///
/// # Errors
/// When the file cannot be read, and like [`from_text`].
pub fn from_path(path: &Path) -> DataResult<Digits> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| DataError::whole(&name, format!("cannot be read: {error}")))?;
    from_text(&name, &text)
}

/// Reads digits from text: one row each, with 64 pixels from 0 to 16 and the label,
/// separated by commas. Each row ends with a line break.
///
/// # Errors
/// When a row or a value has another form, when there are no rows, or when the last row
/// has no line break (the file was cut short). The error gives `name`, line and column.
pub fn from_text(name: &str, text: &str) -> DataResult<Digits> {
    let mut elements = Vec::new();
    let mut labels = Vec::new();
    let mut scan = [0.0; SCAN * SCAN];
    for (line, row) in (1..).zip(text.lines()) {
        labels.push(read_row(name, line, row, &mut scan)?);
        elements.extend(bilinear(&scan, SCAN, SIZE));
    }
    if labels.is_empty() {
        let reason = "holds no digit: expected a row of 64 pixels and a label for each";
        return Err(DataError::whole(name, reason.to_string()));
    }
    if !text.ends_with('\n') {
        let reason = "expected a line break after the last row: the file was cut short";
        return Err(DataError::line(name, labels.len(), reason.to_string()));
    }
    let images = Tensor::from_vec(elements, &[labels.len(), 1, SIZE, SIZE])
        .map_err(|error| DataError::whole(name, error.to_string()))?;
    Ok(Digits { images, labels })
}

/// Writes the row's pixels into `scan`, scaled to 0 to 1, and returns the label.
fn read_row(name: &str, line: usize, row: &str, scan: &mut [f32]) -> DataResult<usize> {
    let values: Vec<&str> = row.split(',').collect();
    let expected = scan.len() + 1;
    if values.len() != expected {
        let reason = format!(
            "expected {expected} values (64 pixels and a label), found {}: `{}`",
            values.len(),
            shortened(row)
        );
        return Err(DataError::line(name, line, reason));
    }
    for (at, (pixel, value)) in scan.iter_mut().zip(&values).enumerate() {
        let dots = number(value, DARKEST).ok_or_else(|| {
            let reason = format!("expected a pixel from 0 to 16, found `{}`", shortened(value));
            DataError::at(name, line, at + 1, reason)
        })?;
        *pixel = f32::from(dots) / f32::from(DARKEST);
    }
    let label = values[scan.len()];
    number(label, 9).map(usize::from).ok_or_else(|| {
        let reason = format!("expected a label from 0 to 9, found `{}`", shortened(label));
        DataError::at(name, line, expected, reason)
    })
}

/// A number up to `largest`, in digits only.
fn number(text: &str, largest: u8) -> Option<u8> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&number| plain && number <= largest)
}

/// At most the first 20 characters: a broken file may be one very long line.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(20) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_string(),
    }
}

impl Digits {
    /// The number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Each image as one row of pixels, `[n, 784]`: the input of an MLP.
    ///
    /// # Errors
    /// When `images` was replaced by a tensor of another shape.
    pub fn flat(&self) -> Result<Tensor> {
        self.images.reshape(&[self.len(), SIZE * SIZE])
    }
}
