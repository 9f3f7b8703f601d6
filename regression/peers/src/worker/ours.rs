//! The course's own framework.

use std::hint::black_box;

use anyhow::{Context, Result, bail};
use tinytorch::{Layer, Rng, Tensor};

use super::Framework;
use crate::exchange::{Array, Arrays};
use crate::problem::{Architecture, Model};
use crate::protocol::AdamW;

/// A model of tinytorch with its batch.
pub struct Ours {
    model: Model,
    input: Input,
}

enum Input {
    Images(Tensor),
    Ids(Vec<Vec<usize>>),
}

impl Input {
    fn from_array(array: &Array) -> Result<Self> {
        if let Ok(values) = array.as_floats() {
            return Ok(Input::Images(Tensor::from_vec(values.to_vec(), &array.shape)?));
        }
        let tokens = array.shape.last().copied().context("ids have a length")?;
        Ok(Input::Ids(array.to_ids()?.chunks(tokens).map(<[usize]>::to_vec).collect()))
    }
}

impl Ours {
    fn forward(&self) -> Result<Tensor> {
        Ok(match (&self.model, &self.input) {
            (Model::Mlp(model), Input::Images(images)) => model.forward(images)?,
            (Model::Cnn(model), Input::Images(images)) => model.forward(images)?,
            (Model::Gpt(model), Input::Ids(ids)) => model.forward_ids(ids)?,
            _ => bail!("this model does not take this input"),
        })
    }
}

impl Framework for Ours {
    fn load(architecture: &Architecture, arrays: &Arrays, _adamw: AdamW) -> Result<Self> {
        let mut model = Model::new(architecture, &mut Rng::new(0))?;
        for (name, parameter) in model.layer_mut().parameters_mut() {
            let array = arrays.get(&format!("param.{name}")).with_context(|| name.clone())?;
            *parameter = Tensor::from_vec(array.as_floats()?.to_vec(), &array.shape)?;
        }
        let input = Input::from_array(arrays.get("input").context("no input")?)?;
        Ok(Self { model, input })
    }

    fn version() -> (String, usize) {
        ("tinytorch 0.1".to_string(), 1)
    }

    fn infer(&mut self) -> Result<()> {
        drop(black_box(self.forward()?));
        Ok(())
    }

    fn output(&mut self) -> Result<Arrays> {
        Ok(Arrays::from([("output".to_string(), to_array(&self.forward()?))]))
    }

    fn step(&mut self) -> Result<f32> {
        bail!("training is not there yet")
    }

    fn gradients(&mut self) -> Result<Arrays> {
        bail!("training is not there yet")
    }

    fn parameters(&mut self) -> Result<Arrays> {
        let named = self.model.layer().parameters().into_iter();
        Ok(named.map(|(name, p)| (format!("param.{name}"), to_array(p))).collect())
    }
}

fn to_array(tensor: &Tensor) -> Array {
    Array::floats(tensor.shape(), tensor.to_vec())
}
