//! Nets from plain data, and images for them. (No call goes through a table of methods: see `convert::gpt`.)

use crate::{Images, Net, tensor};
use grader_protocol::{Answer, Floats};
use tinytorch::data::digits;
use tinytorch::models::{Cnn, CnnConfig, Mlp};
use tinytorch::{Layer as _, Result, Rng, Tensor, pretrained};

/// Images in a batch of the training set.
const BATCH: usize = 50;

/// A classifier of the foundation.
#[derive(Debug)]
pub enum Network {
    /// Takes `[n, inputs]`.
    Mlp(Mlp),
    /// Takes `[n, channels, height, width]`.
    Cnn(Cnn),
}

/// The classifier that the data describe.
///
/// # Errors
/// If the sizes make no model, or a weight has another length.
///
/// # Panics
/// If there is not one list for each parameter.
pub fn network(of: &Net) -> Result<Network> {
    Ok(match of {
        Net::TrainedMlp => Network::Mlp(pretrained::mlp()?),
        Net::TrainedCnn => Network::Cnn(pretrained::cnn()?),
        Net::Mlp(sizes, weights) => {
            let mut mlp = Mlp::new(sizes, &mut Rng::new(0))?;
            load(mlp.parameters_mut(), weights)?;
            Network::Mlp(mlp)
        }
        Net::Cnn([in_channels, h, w, first, second, classes], weights) => {
            let config = CnnConfig {
                in_channels: *in_channels,
                image: (*h, *w),
                channels: [*first, *second],
                classes: *classes,
            };
            let mut cnn = Cnn::new(config, &mut Rng::new(0))?;
            load(cnn.parameters_mut(), weights)?;
            Network::Cnn(cnn)
        }
    })
}

fn load(parameters: Vec<(String, &mut Tensor)>, weights: &[Floats]) -> Result<()> {
    assert_eq!(parameters.len(), weights.len(), "one list for each parameter");
    for ((_, parameter), weights) in parameters.into_iter().zip(weights) {
        *parameter = Tensor::from_vec(weights.0.clone(), parameter.shape())?;
    }
    Ok(())
}

/// The batches, in the shape that the network takes.
///
/// # Errors
/// If a tensor or a row has another form, or there are not so many training images.
pub fn batches(of: &Images, network: &Network) -> Answer<Vec<Tensor>> {
    let shaped = |images: Tensor| match network {
        Network::Mlp(_) => {
            let shape = images.shape();
            images.reshape(&[shape[0], shape[1..].iter().product()])
        }
        Network::Cnn(_) => Ok(images),
    };
    let batches = match of {
        Images::Given(batches) => batches.iter().map(tensor).collect(),
        Images::Scans(rows) => {
            shaped(digits::from_text("scans", rows)?.images).map(|all| vec![all])
        }
        Images::Training(count) => {
            let images = digits::train()?.images;
            let batch = |start: usize| images.slice_axis(0, start, (start + BATCH).min(*count));
            (0..*count).step_by(BATCH).map(|start| shaped(batch(start)?)).collect()
        }
    };
    Ok(batches?)
}
