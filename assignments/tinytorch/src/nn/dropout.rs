//! Dropout as a layer.

use crate::{Layer, Mode, NamedSpec, Result, Rng, Tensor, TensorError};

/// In training, sets each element to 0 with probability `p` and multiplies the
/// others by `1 / (1 - p)`, so that the expected value does not change. In use,
/// returns the input unchanged.
///
/// The dropped elements depend only on the seed, the step of [`Mode::Train`] and
/// the position in the tensor. Give each dropout of a model a different seed.
///
/// [`specs`](Layer::specs) omits it, because it does no work in use.
///
/// Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks
/// from Overfitting" (2014).
#[derive(Clone, Debug)]
pub struct Dropout {
    p: f32,
    seed: u64,
    mode: Mode,
}

impl Dropout {
    /// Drops elements with probability `p`, from 0 to less than 1.
    ///
    /// # Errors
    /// When `p` is outside `[0, 1)`.
    pub fn new(p: f32, seed: u64) -> Result<Self> {
        if !(0.0..1.0).contains(&p) {
            let reason = format!("the probability {p} must be at least 0 and less than 1");
            return Err(TensorError::config("dropout", reason));
        }
        Ok(Self { p, seed, mode: Mode::Eval })
    }

    /// The probability that an element is dropped.
    pub fn p(&self) -> f32 {
        self.p
    }

    /// The seed. With the step, it determines the dropped elements.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether elements are currently dropped, and in which step.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

impl Layer for Dropout {
    /// # Shapes
    /// The shape does not change.
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        match self.mode {
            Mode::Train { step } => input.dropout(self.p, &mut Rng::stream(self.seed, step)),
            Mode::Eval => Ok(input.clone()),
        }
    }

    fn specs(&self) -> Vec<NamedSpec> {
        Vec::new()
    }

    fn parameters(&self) -> Vec<(String, &Tensor)> {
        Vec::new()
    }

    fn parameters_mut(&mut self) -> Vec<(String, &mut Tensor)> {
        Vec::new()
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }
}
