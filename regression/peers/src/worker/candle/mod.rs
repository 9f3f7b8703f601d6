//! candle, on the CPU.

mod gpt;
mod images;

use std::collections::BTreeMap;
use std::hint::black_box;

use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss};

use self::gpt::Gpt;
use self::images::{Cnn, Mlp};
use super::{Framework, locked_version};
use crate::exchange::{Array, Arrays, Values};
use crate::problem::Architecture;
use crate::protocol;

/// Parameters by name. A linear layer's weight is kept as candle wants it,
/// `[out, in]`, the other way round than in the files.
pub(crate) type Parameters = BTreeMap<String, Tensor>;

/// A model of candle with its batch.
pub struct Candle {
    vars: BTreeMap<String, Var>,
    /// Its parameters are the variables, so what it computes is recorded.
    tracked: Model,
    /// The same numbers in memory, not recorded.
    detached: Model,
    input: Tensor,
    target: Tensor,
    optimizer: AdamW,
}

enum Model {
    Mlp(Mlp),
    Cnn(Cnn),
    Gpt(Gpt),
}

impl Model {
    fn new(architecture: &Architecture, parameters: &Parameters, train: bool) -> Result<Self> {
        Ok(match *architecture {
            Architecture::Mlp { ref sizes } => Model::Mlp(Mlp::new(sizes.len() - 1, parameters)?),
            Architecture::Cnn { .. } => Model::Cnn(Cnn::new(parameters, train)?),
            Architecture::Gpt { n_heads, n_layers, .. } => {
                Model::Gpt(Gpt::new(n_layers, n_heads, parameters, train)?)
            }
        })
    }

    fn forward(&self, input: &Tensor) -> candle_core::Result<Tensor> {
        match self {
            Model::Mlp(model) => model.forward(input),
            Model::Cnn(model) => model.forward(input),
            Model::Gpt(model) => model.forward(input),
        }
    }
}

impl Candle {
    fn loss(&self) -> Result<Tensor> {
        let logits = self.tracked.forward(&self.input)?;
        let classes = logits.dims().last().copied().context("a score for each class")?;
        Ok(loss::cross_entropy(&logits.reshape(((), classes))?, &self.target)?)
    }
}

impl Framework for Candle {
    fn load(arch: &Architecture, arrays: &Arrays, adamw: protocol::AdamW) -> Result<Self> {
        let mut vars = BTreeMap::new();
        for (name, array) in arrays {
            if let Some(name) = name.strip_prefix("param.") {
                vars.insert(name.to_string(), Var::from_tensor(&parameter(name, array)?)?);
            }
        }
        let tensors = |of: fn(&Var) -> Tensor| -> Parameters {
            vars.iter().map(|(name, var)| (name.clone(), of(var))).collect()
        };
        let tracked = Model::new(arch, &tensors(|var| var.as_tensor().clone()), true)?;
        let detached = Model::new(arch, &tensors(Var::as_detached_tensor), false)?;
        let protocol::AdamW { lr, beta1, beta2, eps, weight_decay } = adamw;
        let adamw = ParamsAdamW { lr, beta1, beta2, eps, weight_decay };
        Ok(Self {
            tracked,
            detached,
            input: to_tensor(arrays.get("input").context("no input")?)?,
            target: to_tensor(arrays.get("target").context("no target")?)?,
            optimizer: AdamW::new(vars.values().cloned().collect(), adamw)?,
            vars,
        })
    }

    fn version() -> (String, usize) {
        (format!("candle {}", locked_version("candle-core")), candle_core::utils::get_num_threads())
    }

    fn infer(&mut self) -> Result<()> {
        black_box(self.detached.forward(&self.input)?);
        Ok(())
    }

    fn output(&mut self) -> Result<Arrays> {
        let output = self.detached.forward(&self.input)?;
        Ok(Arrays::from([("output".to_string(), to_array(&output)?)]))
    }

    fn step(&mut self) -> Result<f32> {
        let loss = self.loss()?;
        self.optimizer.backward_step(&loss)?;
        Ok(loss.to_scalar()?)
    }

    fn gradients(&mut self) -> Result<Arrays> {
        let loss = self.loss()?;
        let gradients = loss.backward()?;
        let mut arrays = Arrays::from([("loss".to_string(), to_array(&loss)?)]);
        for (name, var) in &self.vars {
            let gradient = gradients.get(var).with_context(|| format!("{name} has no gradient"))?;
            arrays.insert(format!("grad.{name}"), to_array(&as_in_files(name, gradient)?)?);
        }
        Ok(arrays)
    }

    fn parameters(&mut self) -> Result<Arrays> {
        let named = self.vars.iter().map(|(name, var)| {
            let values = as_in_files(name, var.as_tensor())?;
            Ok((format!("param.{name}"), to_array(&values)?))
        });
        named.collect()
    }
}

/// Embeddings are tables of rows for everyone; other matrices are weights of
/// linear layers.
fn is_transposed(name: &str, tensor: &Tensor) -> bool {
    tensor.rank() == 2 && !name.contains("_emb")
}

pub(crate) fn parameter(name: &str, array: &Array) -> Result<Tensor> {
    let tensor = to_tensor(array)?;
    Ok(if is_transposed(name, &tensor) { tensor.t()?.contiguous()? } else { tensor })
}

fn as_in_files(name: &str, tensor: &Tensor) -> Result<Tensor> {
    Ok(if is_transposed(name, tensor) { tensor.t()? } else { tensor.clone() })
}

fn to_tensor(array: &Array) -> Result<Tensor> {
    let shape = array.shape.as_slice();
    Ok(match &array.values {
        Values::F32(values) => Tensor::from_slice(values, shape, &Device::Cpu)?,
        // What candle looks up fastest.
        Values::I64(ids) => Tensor::from_slice(ids, shape, &Device::Cpu)?.to_dtype(DType::U32)?,
    })
}

fn to_array(tensor: &Tensor) -> Result<Array> {
    Ok(Array::floats(tensor.dims(), tensor.flatten_all()?.to_vec1()?))
}

/// The parameter of that name.
pub(crate) fn get(parameters: &Parameters, name: &str) -> Result<Tensor> {
    parameters.get(name).cloned().with_context(|| format!("no parameter {name}"))
}

/// The linear layer of that name.
pub(crate) fn linear(parameters: &Parameters, name: &str) -> Result<candle_nn::Linear> {
    let bias = parameters.get(&format!("{name}.bias")).cloned();
    Ok(candle_nn::Linear::new(get(parameters, &format!("{name}.weight"))?, bias))
}
