//! Random zeros.

use super::elementwise::{from_elements, zip_same};
use crate::{Result, Rng, Tensor, TensorError};

impl Tensor {
    /// Sets each element to 0 with probability `p` and divides the others by
    /// `1 - p`, so that the expected value does not change ("inverted"
    /// dropout). Draws one number from `rng` per element, row by row; none if
    /// `p` is 0.
    ///
    /// Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural
    /// Networks from Overfitting" (2014), section 10.
    ///
    /// # Shapes
    /// The shape stays.
    ///
    /// # Errors
    /// When not `0 <= p < 1`.
    pub fn dropout(&self, p: f32, rng: &mut Rng) -> Result<Tensor> {
        if !(0.0..1.0).contains(&p) {
            let reason = format!("the probability {p} must be at least 0 and below 1");
            return Err(TensorError::config("dropout", reason));
        }
        if p == 0.0 {
            return Ok(self.clone());
        }
        let drop_below = f64::from(p);
        let scale = 1.0 / (1.0 - p);
        let draw = |_| if rng.uniform() < drop_below { 0.0 } else { scale };
        let mask = from_elements((0..self.len()).map(draw).collect(), self.shape());
        let kept = zip_same(self, &mask, |x, factor| x * factor);
        Ok(kept.record([self], |_| {
            Box::new(move |grad| Ok(vec![Some(zip_same(grad, &mask, |g, factor| g * factor))]))
        }))
    }
}
