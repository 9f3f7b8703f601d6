//! The course's own framework.

use std::hint::black_box;

use anyhow::{Context, Result, bail};
use tinytorch::autograd::Gradients;
use tinytorch::train::{Adam, Optimizer};
use tinytorch::{Layer, Rng, Tensor, layer, loss};

use super::Framework;
use crate::exchange::{Array, Arrays};
use crate::problem::{Architecture, Model};
use crate::protocol::AdamW;

/// A model of tinytorch with its batch.
pub struct Ours {
    model: Model,
    /// Whether the parameters are leaves, so that a graph is recorded.
    tracked: bool,
    input: Input,
    target: Vec<usize>,
    optimizer: Adam,
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
    fn set_tracked(&mut self, tracked: bool) {
        if tracked != self.tracked {
            let change = if tracked { layer::track } else { layer::untrack };
            change(self.model.layer_mut());
            self.tracked = tracked;
        }
    }

    /// The loss and all gradients. The graph is freed here: while it is there,
    /// the optimizer would have to copy the parameters.
    fn differentiate(&mut self) -> Result<(f32, Gradients)> {
        self.set_tracked(true);
        let loss = loss::cross_entropy(&self.forward()?, &self.target)?;
        Ok((loss.sum(), loss.backward()?))
    }

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
    fn load(architecture: &Architecture, arrays: &Arrays, adamw: AdamW) -> Result<Self> {
        let mut model = Model::new(architecture, &mut Rng::new(0))?;
        for (name, parameter) in model.layer_mut().parameters_mut() {
            let array = arrays.get(&format!("param.{name}")).with_context(|| name.clone())?;
            *parameter = Tensor::from_vec(array.as_floats()?.to_vec(), &array.shape)?;
        }
        let input = Input::from_array(arrays.get("input").context("no input")?)?;
        let target = arrays.get("target").context("no target")?.to_ids()?;
        let optimizer = Adam::new(adamw.lr)
            .betas(adamw.beta1, adamw.beta2)
            .epsilon(adamw.eps)
            .weight_decay(adamw.weight_decay);
        Ok(Self { model, tracked: false, input, target, optimizer })
    }

    fn version() -> (String, usize) {
        ("tinytorch 0.1".to_string(), 1)
    }

    fn infer(&mut self) -> Result<()> {
        self.set_tracked(false);
        drop(black_box(self.forward()?));
        Ok(())
    }

    fn output(&mut self) -> Result<Arrays> {
        self.set_tracked(false);
        Ok(Arrays::from([("output".to_string(), to_array(&self.forward()?))]))
    }

    fn step(&mut self) -> Result<f32> {
        let (loss, gradients) = self.differentiate()?;
        self.optimizer.step(self.model.layer_mut().parameters_mut(), &gradients)?;
        Ok(loss)
    }

    fn gradients(&mut self) -> Result<Arrays> {
        let (loss, gradients) = self.differentiate()?;
        let mut arrays = Arrays::from([("loss".to_string(), Array::floats(&[], vec![loss]))]);
        for (name, parameter) in self.model.layer().parameters() {
            let gradient = gradients.get(parameter);
            let gradient = gradient.with_context(|| format!("{name} has no gradient"))?;
            arrays.insert(format!("grad.{name}"), to_array(gradient));
        }
        Ok(arrays)
    }

    fn parameters(&mut self) -> Result<Arrays> {
        let named = self.model.layer().parameters().into_iter();
        Ok(named.map(|(name, p)| (format!("param.{name}"), to_array(p))).collect())
    }
}

fn to_array(tensor: &Tensor) -> Array {
    Array::floats(tensor.shape(), tensor.to_vec())
}
