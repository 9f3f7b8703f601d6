//! Nets from plain data, and images for them. (No call goes through a table of methods: see `convert::gpt`.)

use crate::{Array, Images, Net, Network, array, drawn_gpt, tensor};
use grader_protocol::{Answer, Floats};
use tinytorch::data::digits;
use tinytorch::models::{Cnn, CnnConfig, Mlp};
use tinytorch::nn::Sequential;
use tinytorch::{Layer, Result, Rng, Tensor, pretrained};

/// Images in a batch of the training set.
const BATCH: usize = 50;

/// A classifier of the foundation.
#[derive(Debug)]
pub enum Classifier {
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
pub fn classifier(of: &Net) -> Result<Classifier> {
    Ok(match of {
        Net::TrainedMlp => Classifier::Mlp(pretrained::mlp()?),
        Net::TrainedCnn => Classifier::Cnn(pretrained::cnn()?),
        Net::Mlp(sizes, weights) => {
            let mut mlp = Mlp::new(sizes, &mut Rng::new(0))?;
            load(mlp.parameters_mut(), weights)?;
            Classifier::Mlp(mlp)
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
            Classifier::Cnn(cnn)
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

/// Any model as one type, with the same names. Its calls do go through a table of methods.
///
/// # Errors
/// As [`classifier`] and [`drawn_gpt`].
///
/// # Panics
/// As [`classifier`] and [`drawn_gpt`].
pub fn layered(of: &Network) -> Result<Sequential> {
    let model: Box<dyn Layer> = match of {
        Network::Net(net) => match classifier(net)? {
            Classifier::Mlp(mlp) => Box::new(mlp),
            Classifier::Cnn(cnn) => Box::new(cnn),
        },
        Network::Gpt(sizes, seed) => Box::new(drawn_gpt(*sizes, *seed)?),
    };
    Ok(Sequential::new(vec![(String::new(), model)]))
}

/// All parameters of a model, in order.
pub fn parameter_arrays(model: &impl Layer) -> Vec<Array> {
    model.parameters().iter().map(|(_, parameter)| array(parameter)).collect()
}

/// Images `[n, 1, 28, 28]` of rows of 64 pixels and a label, which may be any digit.
///
/// # Errors
/// If a row has another form.
pub fn scans(rows: &str) -> Answer<Tensor> {
    Ok(digits::from_text("scans", rows)?.images)
}

/// The batches, in the shape that the classifier takes.
///
/// # Errors
/// If a tensor or a row has another form, or there are not so many training images.
pub fn batches(of: &Images, classifier: &Classifier) -> Answer<Vec<Tensor>> {
    let shaped = |images: Tensor| match classifier {
        Classifier::Mlp(_) => {
            let shape = images.shape();
            images.reshape(&[shape[0], shape[1..].iter().product()])
        }
        Classifier::Cnn(_) => Ok(images),
    };
    let batches = match of {
        Images::Given(batches) => batches.iter().map(tensor).collect(),
        Images::Scans(rows) => shaped(scans(rows)?).map(|all| vec![all]),
        Images::Training(count) => {
            let images = digits::train()?.images;
            let batch = |start: usize| images.slice_axis(0, start, (start + BATCH).min(*count));
            (0..*count).step_by(BATCH).map(|start| shaped(batch(start)?)).collect()
        }
    };
    Ok(batches?)
}
