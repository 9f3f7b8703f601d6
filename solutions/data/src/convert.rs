//! Plain data as the foundation's types.

use crate::{Array, Sizes, drawn_weights, parameters};
use grader_protocol::Floats;
use std::collections::HashMap;
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::{Layer as _, Result, Rng, Tensor};

/// A tensor, which is a view if its axes are permuted.
///
/// # Errors
/// If the data do not fill the shape, or the axes are no permutation.
pub fn tensor(of: &Array) -> Result<Tensor> {
    let whole = Tensor::from_vec(of.data.0.clone(), &of.shape)?;
    if of.axes.is_empty() { Ok(whole) } else { whole.permute(&of.axes) }
}

/// The elements of a tensor, row by row.
pub fn array(tensor: &Tensor) -> Array {
    Array { shape: tensor.shape().to_vec(), data: Floats(tensor.to_vec()), axes: Vec::new() }
}

/// The foundation's form of the sizes.
pub const fn gpt_config(sizes: Sizes) -> GptConfig {
    let Sizes { vocab_size, max_seq_len, d_model, n_heads, n_layers } = sizes;
    GptConfig { vocab_size, max_seq_len, d_model, n_heads, n_layers }
}

/// A GPT with these weights, in the order of [`parameters`].
///
/// # Errors
/// If the sizes make no model, or a weight has another length.
///
/// # Panics
/// If the foundation's model has other parameters than [`parameters`].
pub fn gpt(sizes: Sizes, weights: Vec<Vec<f32>>) -> Result<Gpt> {
    let mut gpt = Gpt::new(gpt_config(sizes), &mut Rng::new(0))?;
    let mut tensors = HashMap::new();
    let names = parameters(sizes);
    assert_eq!(names.len(), weights.len(), "one weight for each parameter");
    for ((name, shape), data) in names.into_iter().zip(weights) {
        tensors.insert(name, Tensor::from_vec(data, &shape)?);
    }
    // The foundation's `load_parameters` takes a table of all methods of a layer. The call audit could not tell that
    // from a constant of a student's that holds the address of one.
    for (name, parameter) in gpt.parameters_mut() {
        parameter.clone_from(&tensors[&name]);
    }
    Ok(gpt)
}

/// A GPT whose weights are drawn from a seed ([`drawn_weights`]).
///
/// # Errors
/// If the sizes make no model.
///
/// # Panics
/// As [`gpt`].
pub fn drawn_gpt(sizes: Sizes, seed: u64) -> Result<Gpt> {
    gpt(sizes, drawn_weights(sizes, seed))
}
