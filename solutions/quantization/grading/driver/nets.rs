//! The foundation's models as one type.

#![allow(dead_code, reason = "unused when the tasks that use models are missing")]

use super::contract::Network;
use course_data::drawn_gpt;
use grader_protocol::Answer;
use tinytorch::Layer;
use tinytorch::nn::Sequential;

/// Any model, with the same names.
pub(super) fn network(of: &Network) -> Answer<Sequential> {
    let model: Box<dyn Layer> = match of {
        Network::Net(net) => match course_data::network(net)? {
            course_data::Network::Mlp(mlp) => Box::new(mlp),
            course_data::Network::Cnn(cnn) => Box::new(cnn),
        },
        Network::Gpt(sizes, seed) => Box::new(drawn_gpt(*sizes, *seed)?),
    };
    Ok(Sequential::new(vec![(String::new(), model)]))
}
