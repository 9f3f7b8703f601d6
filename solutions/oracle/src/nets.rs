//! Networks with drawn weights, for hidden cases.

use crate::networks;
use course_data::{Net, Network};
use grader_judge::Draw;

/// A parameter of a model.
#[derive(Clone)]
pub struct Parameter {
    /// Its name in the model.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its elements, row by row.
    pub numbers: Vec<f32>,
}

impl Parameter {
    /// Whether it has two or more axes: no bias, and no weight of a normalization.
    pub fn is_weight(&self) -> bool {
        self.shape.len() > 1
    }
}

/// A multi-layer perceptron of drawn sizes.
pub fn mlp(draw: &mut Draw) -> Net {
    let sizes = (0..draw.int(3..=4)).map(|_| draw.int(2..=9)).collect();
    networks::drawn(Net::Mlp(sizes, Vec::new()), draw)
}

/// A convolutional network of drawn sizes.
pub fn cnn(draw: &mut Draw) -> Net {
    let sizes = [draw.int(1..=2), draw.int(10..=12), 10, draw.int(1..=3), draw.int(2..=3), 3];
    networks::drawn(Net::Cnn(sizes, Vec::new()), draw)
}

/// A small GPT.
pub fn gpt(draw: &mut Draw) -> Network {
    let sizes = course_data::Sizes {
        vocab_size: draw.int(3..=9),
        max_seq_len: draw.int(3..=9),
        d_model: 4,
        n_heads: 2,
        n_layers: 1,
    };
    Network::Gpt(sizes, draw.bits())
}

/// All parameters of a network, in order. Those of a GPT are in the order of [`course_data::parameters`].
pub fn parameters(of: &Network) -> Vec<Parameter> {
    let (names, weights) = match of {
        Network::Net(classifier) => {
            (networks::parameters(classifier), networks::weights(classifier))
        }
        Network::Gpt(sizes, seed) => {
            (course_data::parameters(*sizes), course_data::drawn_weights(*sizes, *seed))
        }
    };
    let pairs = names.into_iter().zip(weights);
    pairs.map(|((name, shape), numbers)| Parameter { name, shape, numbers }).collect()
}
