//! The foundation's models.

#![allow(dead_code, reason = "unused when the tasks that use models are missing")]

use super::contract::{Net, Network};
use course_data::drawn_gpt;
use grader_protocol::{Answer, Floats};
use tinytorch::models::{Cnn, CnnConfig, Mlp};
use tinytorch::nn::Sequential;
use tinytorch::{Layer, Rng, Tensor, pretrained};

fn load(parameters: Vec<(String, &mut Tensor)>, weights: &[Floats]) -> Answer<()> {
    assert_eq!(parameters.len(), weights.len(), "one for each parameter");
    for ((_, parameter), weights) in parameters.into_iter().zip(weights) {
        *parameter = Tensor::from_vec(weights.0.clone(), parameter.shape())?;
    }
    Ok(())
}

pub(super) fn mlp(sizes: &[usize], weights: &[Floats]) -> Answer<Mlp> {
    let mut mlp = Mlp::new(sizes, &mut Rng::new(0))?;
    load(mlp.parameters_mut(), weights)?;
    Ok(mlp)
}

pub(super) fn cnn(
    [in_channels, h, w, a, b, classes]: [usize; 6],
    weights: &[Floats],
) -> Answer<Cnn> {
    let config = CnnConfig { in_channels, image: (h, w), channels: [a, b], classes };
    let mut cnn = Cnn::new(config, &mut Rng::new(0))?;
    load(cnn.parameters_mut(), weights)?;
    Ok(cnn)
}

/// Any model as one type, with the same names.
pub(super) fn network(of: &Network) -> Answer<Sequential> {
    let model: Box<dyn Layer> = match of {
        Network::Net(Net::TrainedMlp) => Box::new(pretrained::mlp()?),
        Network::Net(Net::TrainedCnn) => Box::new(pretrained::cnn()?),
        Network::Net(Net::Mlp(sizes, weights)) => Box::new(mlp(sizes, weights)?),
        Network::Net(Net::Cnn(sizes, weights)) => Box::new(cnn(*sizes, weights)?),
        Network::Gpt(sizes, seed) => Box::new(drawn_gpt(*sizes, *seed)?),
    };
    Ok(Sequential::new(vec![(String::new(), model)]))
}
