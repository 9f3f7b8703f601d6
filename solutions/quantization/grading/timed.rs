//! What has to be fast, and how its answers are verified without computing them again.

mod layers;
mod sums;

use crate::cases::int8::{
    int8_conv2d_follows_its_formula, int8_conv2d_takes_all_windows, int8_layers_round_ties_to_even,
    int8_linear_follows_its_formula, int8_linear_keeps_the_leading_axes,
};
use grader_judge::timed;
use layers::{LayerKind, Layers};

timed! {
    task "fast" {
        /// With vectors of bytes, 64 rows through a layer of 512 x 512 weights take no longer than as a product of `f32`,
        /// quantization included.
        int8_linear_is_fast after [
            int8_linear_follows_its_formula, int8_linear_keeps_the_leading_axes, int8_layers_round_ties_to_even
        ]:
            kernel "int8_linear", against "f32_linear" ("the foundation's product of `f32`"),
            work |draw| Box::new(Layers::new(draw, LayerKind::Linear));
        /// With vectors of bytes, 8 images of 64 channels of 32 x 32 pixels through 64 filters of 3 x 3 take no longer than
        /// as a convolution of `f32`, quantization included.
        int8_conv2d_is_fast after [
            int8_conv2d_follows_its_formula, int8_conv2d_takes_all_windows, int8_layers_round_ties_to_even
        ]:
            kernel "int8_conv2d", against "f32_conv2d" ("the foundation's convolution of `f32`"),
            work |draw| Box::new(Layers::new(draw, LayerKind::Conv2d));
    }
}
