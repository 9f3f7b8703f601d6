//! Known bugs of frameworks like this one, one file each. None of them caused
//! an error: a backward pass with a missing or misshapen gradient just looked
//! like a training that does not improve.

mod batched_matmul_gradient;
mod cache_of_one_token;
mod conv_to_linear_size;
mod dropout_gradient;
mod embedding_dimension;
mod layer_norm_gradient;
mod linear_bias_gradient;
mod linear_on_three_axes;
mod sub_and_div_gradient;
mod transpose_gradient;

use tinytorch::{Tensor, autograd::Gradients};

/// Each leaf must have a gradient of its shape that is finite and not 0
/// everywhere.
#[track_caller]
fn assert_flows(gradients: &Gradients, leaves: &[(&str, &Tensor)]) {
    for (name, leaf) in leaves {
        let gradient = gradients.get(leaf).unwrap_or_else(|| panic!("{name} has no gradient"));
        assert_eq!(gradient.shape(), leaf.shape(), "the shape of the gradient of {name}");
        let elements = gradient.to_vec();
        assert!(elements.iter().all(|g| g.is_finite()), "{name}: {gradient:?}");
        assert!(elements.iter().any(|&g| g != 0.0), "{name}: the gradient is 0");
    }
}
