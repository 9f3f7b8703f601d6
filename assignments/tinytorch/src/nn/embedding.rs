//! Maps ids to vectors.

use ndarray::{Axis, Ix2};

use crate::autograd::BackwardFn;
use crate::layer::leaf;
use crate::ops::rows::elements;
use crate::{Layer, LayerSpec, NamedSpec, Result, Rng, Tensor, TensorError};

/// A table with one row per id.
///
/// # Shapes
/// Weight `[vocab_size, dim]`.
#[derive(Clone, Debug)]
pub struct Embedding {
    weight: Tensor,
}

impl Embedding {
    /// Random rows (normal, deviation 0.02).
    ///
    /// Source: the initialization of GPT-2.
    pub fn new(vocab_size: usize, dim: usize, rng: &mut Rng) -> Self {
        let weight = Tensor::randn(&[vocab_size, dim], 0.02, rng);
        Self { weight }
    }

    /// A layer with the given table.
    ///
    /// # Errors
    /// When the table is not a matrix.
    pub fn from_parameters(weight: Tensor) -> Result<Self> {
        if weight.ndim() != 2 {
            let reason = "the weight must be [vocab_size, dim]".to_string();
            return Err(TensorError::shape("embedding", weight.shape(), reason));
        }
        Ok(Self { weight })
    }

    /// The table, `[vocab_size, dim]`.
    pub fn weight(&self) -> &Tensor {
        &self.weight
    }

    /// The number of rows.
    pub fn vocab_size(&self) -> usize {
        self.weight.shape()[0]
    }

    /// The length of a row.
    pub fn dim(&self) -> usize {
        self.weight.shape()[1]
    }

    /// The rows of the given ids.
    ///
    /// # Shapes
    /// `ids`, row by row in `shape`, to `[...shape, dim]`.
    ///
    /// # Errors
    /// When an id has no row, or the number of ids does not match the shape.
    ///
    /// # Cost
    /// One copy of each row.
    pub fn forward_ids(&self, ids: &[usize], shape: &[usize]) -> Result<Tensor> {
        let vocab_size = self.vocab_size();
        if let Some(at) = ids.iter().position(|&id| id >= vocab_size) {
            let reason =
                format!("id {} at position {at} has no row, there are {vocab_size}", ids[at]);
            return Err(TensorError::value("embedding", shape, reason));
        }
        if crate::tensor::element_count(shape) != Some(ids.len()) {
            let reason = format!("{} ids do not fill this shape", ids.len());
            return Err(TensorError::shape("embedding", shape, reason));
        }
        let table = self.weight.view().into_dimensionality::<Ix2>();
        let table = table
            .map_err(|e| TensorError::shape("embedding", self.weight.shape(), e.to_string()))?;
        let rows = Tensor::from_array(table.select(Axis(0), ids).into_dyn())
            .reshape(&[shape, &[self.dim()]].concat())?;
        Ok(rows.record([&self.weight], |_| scatter(ids.to_vec(), self.weight.shape().to_vec())))
    }
}

/// The gradient of the table: each row gets the sum over all positions of its id.
fn scatter(ids: Vec<usize>, table: Vec<usize>) -> BackwardFn {
    Box::new(move |grad| {
        let mut sums = vec![0.0; table[0] * table[1]];
        // With a width of 0 there are no rows to add.
        let rows = elements(grad);
        for (&id, row) in ids.iter().zip(rows.chunks_exact(table[1].max(1))) {
            for (sum, g) in sums[id * table[1]..].iter_mut().zip(row) {
                *sum += g;
            }
        }
        Ok(vec![Some(Tensor::from_vec(sums, &table)?)])
    })
}

impl Layer for Embedding {
    /// # Shapes
    /// Ids as whole numbers, `[...]`, to `[..., dim]`.
    ///
    /// # Errors
    /// When an element is not a whole number or has no row; the error names it.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        self.forward_ids(&ids_from_tensor("embedding", input)?, input.shape())
    }

    fn specs(&self) -> Vec<NamedSpec> {
        let vocab_size = self.vocab_size();
        let dim = self.dim();
        leaf(LayerSpec::Embedding { vocab_size, dim })
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        vec![("weight".to_string(), &self.weight)]
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        vec![("weight".to_string(), &mut self.weight)]
    }
}

/// The elements, row by row, as ids. Whole numbers up to 2^24 are exact in `f32`.
pub(crate) fn ids_from_tensor(op: &'static str, tensor: &Tensor) -> Result<Vec<usize>> {
    let elements = tensor.data.iter().enumerate();
    let ids = elements.map(|(at, &value)| {
        if value >= 0.0 && value.fract() == 0.0 {
            return Ok(value as usize);
        }
        let reason = format!("{value} at position {at} is not an id (a whole number from 0)");
        Err(TensorError::value(op, tensor.shape(), reason))
    });
    ids.collect()
}
