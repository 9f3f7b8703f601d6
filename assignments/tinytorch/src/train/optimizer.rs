//! The interface of every optimizer, and the checks they share.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::autograd::Gradients;
use crate::ops::rows::elements;
use crate::{Result, Tensor, TensorError};

/// Changes parameters to reduce the loss.
///
/// An optimizer identifies a parameter by its name, so its state (momentum, for
/// example) can be saved and is assigned to the right tensor after loading.
///
/// ```
/// use tinytorch::train::{Optimizer, Sgd};
/// use tinytorch::Tensor;
///
/// // Down the parabola x^2, whose slope is 2 x.
/// let mut x = Tensor::scalar(1.0).requires_grad();
/// let mut sgd = Sgd::new(0.25);
/// for _ in 0..3 {
///     let gradients = x.mul(&x)?.backward()?;
///     sgd.step(vec![("x".to_string(), &mut x)], &gradients)?;
/// }
/// assert_eq!(x.to_vec(), [0.125]);
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
pub trait Optimizer {
    /// One step on every parameter, in place. The parameters remain the same
    /// leaves.
    ///
    /// # Errors
    /// Names the first parameter that is not a leaf, that the loss does not
    /// depend on, or whose gradient contains a NaN or an infinity. No parameter
    /// changes in that case.
    ///
    /// # Cost
    /// A few operations per element. After the first step nothing is allocated,
    /// provided that the loss has been dropped: its graph shares the parameters'
    /// elements, and shared elements are copied before they change.
    fn step(&mut self, parameters: Vec<(String, &mut Tensor)>, gradients: &Gradients)
    -> Result<()>;

    /// The size of the steps.
    fn learning_rate(&self) -> f64;

    /// Changes the size of the following steps: for a schedule.
    fn set_learning_rate(&mut self, learning_rate: f64);

    /// The kind and its settings without the learning rate, as text. Only an
    /// optimizer with the same settings can resume from a saved state.
    fn settings(&self) -> String;

    /// The state that the optimizer keeps between steps.
    fn state(&self) -> OptimizerState;

    /// Resumes from a saved state.
    ///
    /// # Errors
    /// When the state belongs to another kind of optimizer.
    fn restore(&mut self, state: OptimizerState) -> Result<()>;
}

/// The state of an optimizer between steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OptimizerState {
    /// The number of steps done.
    pub steps: u64,
    /// Tensors of the parameters' shapes, by kind (`momentum`) and then by the
    /// parameter's name.
    pub buffers: BTreeMap<String, BTreeMap<String, Tensor>>,
}

impl OptimizerState {
    /// Removes and returns the tensors called `kind`. After a step, they must
    /// exist if the optimizer `needs` them.
    pub(super) fn take(
        &mut self,
        op: &'static str,
        kind: &str,
        needs: bool,
    ) -> Result<BTreeMap<String, Tensor>> {
        match self.buffers.remove(kind) {
            Some(buffers) => Ok(buffers),
            None if needs && self.steps > 0 => {
                Err(TensorError::config(op, format!("the saved state lacks {kind}")))
            }
            None => Ok(BTreeMap::new()),
        }
    }

    /// Checks that no tensors remain after all known ones were taken.
    pub(super) fn finish(self, op: &'static str) -> Result<()> {
        match self.buffers.keys().next() {
            Some(kind) => {
                let reason = format!("the saved state holds {kind}, which it does not know");
                Err(TensorError::config(op, reason))
            }
            None => Ok(()),
        }
    }
}

/// The gradient of each parameter, after all checks.
pub(super) fn checked_gradients<'a>(
    op: &'static str,
    parameters: &[(String, &mut Tensor)],
    gradients: &'a Gradients,
) -> Result<Vec<Cow<'a, [f32]>>> {
    let each = parameters.iter();
    each.map(|(name, parameter)| checked_gradient(op, name, parameter, gradients)).collect()
}

fn checked_gradient<'a>(
    op: &'static str,
    name: &str,
    parameter: &Tensor,
    gradients: &'a Gradients,
) -> Result<Cow<'a, [f32]>> {
    let elements = elements(gradient_of(op, name, parameter, gradients)?);
    match first_non_finite(&elements) {
        Some(at) => Err(non_finite_gradient(op, name, &elements, at)),
        None => Ok(elements),
    }
}

/// The gradient of a parameter, or an error that says why there is none.
pub(super) fn gradient_of<'a>(
    op: &'static str,
    name: &str,
    parameter: &Tensor,
    gradients: &'a Gradients,
) -> Result<&'a Tensor> {
    gradients.get(parameter).ok_or_else(|| {
        let reason = if parameter.tracks_grad() {
            "no gradient: the loss did not come from it, so it would never learn; \
             leave it out, or use it in forward"
        } else {
            "no gradient: it is not tracked; call layer::track on the model first"
        };
        TensorError::parameter(op, name, reason)
    })
}

pub(super) fn non_finite_gradient(
    op: &'static str,
    name: &str,
    elements: &[f32],
    at: usize,
) -> TensorError {
    let bad = elements.iter().filter(|x| !x.is_finite()).count();
    let reason = format!(
        "{bad} of {} elements of its gradient are not finite, the first is {} at {at}; \
         lower the learning rate, or clip the gradients",
        elements.len(),
        elements[at]
    );
    TensorError::parameter(op, name, reason)
}

/// The position of the first NaN or infinity.
pub(crate) fn first_non_finite(elements: &[f32]) -> Option<usize> {
    // No early exit, so that the usual case uses vector instructions.
    let all_finite = elements.iter().fold(true, |ok, x| ok & x.is_finite());
    if all_finite { None } else { elements.iter().position(|x| !x.is_finite()) }
}

/// The elements row by row, mutable. They are copied first if another tensor
/// shares them or they are not contiguous row by row.
pub(super) fn elements_mut(tensor: &mut Tensor) -> &mut [f32] {
    if !tensor.data.is_standard_layout() {
        tensor.data = tensor.data.as_standard_layout().into_owned().into_shared();
    }
    tensor.data.as_slice_mut().unwrap_or_default()
}

/// The optimizer's buffer for a parameter: zeros the first time.
pub(super) fn buffer<'a>(
    op: &'static str,
    buffers: &'a mut BTreeMap<String, Tensor>,
    name: &str,
    parameter: &Tensor,
) -> Result<&'a mut [f32]> {
    if !buffers.contains_key(name) {
        buffers.insert(name.to_string(), Tensor::zeros(parameter.shape()));
    }
    match buffers.get_mut(name) {
        Some(buffer) if buffer.shape() == parameter.shape() => Ok(elements_mut(buffer)),
        other => {
            let before = other.map(|buffer| buffer.shape().to_vec()).unwrap_or_default();
            let reason = format!(
                "its shape was {before:?} and is now {:?}; a changed model needs a new optimizer",
                parameter.shape()
            );
            Err(TensorError::parameter(op, name, reason))
        }
    }
}
