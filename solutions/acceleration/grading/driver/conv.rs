//! Task `conv`.

use super::contract::{Array, Product, Window};
use super::{Result, given};

pub(super) fn im2col(image: &Array, kernel: (usize, usize), window: Window) -> Result<Product> {
    let columns = acceleration::im2col(&given::tensor(image)?, kernel, given::window(window))?;
    Ok(given::converted(&columns))
}

pub(super) fn naive(input: &Array, weight: &Array, window: Window) -> Result<Array> {
    let (input, weight) = (given::tensor(input)?, given::tensor(weight)?);
    let output = acceleration::conv2d_naive(&input, &weight, given::window(window))?;
    Ok(given::array(&output))
}

pub(super) fn columns(input: &Array, weight: &Array, window: Window) -> Result<Array> {
    let (input, weight) = (given::tensor(input)?, given::tensor(weight)?);
    let output = acceleration::conv2d_im2col(&input, &weight, given::window(window))?;
    Ok(given::array(&output))
}
