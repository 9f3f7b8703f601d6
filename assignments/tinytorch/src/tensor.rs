//! The tensor: construction, access, comparison and printing. The operations are
//! in `ops`.

use std::fmt;
use std::sync::Arc;

use ndarray::{ArcArray, ArrayD, ArrayViewD, IxDyn};

use crate::autograd::Node;
use crate::{Result, Rng, TensorError};

/// An n-dimensional array of `f32`.
///
/// Cloning is cheap: the elements are shared and never changed in place.
/// [`transpose`](Tensor::transpose), [`permute`](Tensor::permute) and
/// [`slice_axis`](Tensor::slice_axis) are cheap too: they return another view of
/// the same elements.
///
/// No method is generic, so all of this is compiled once, here, and not again in
/// each crate that uses it.
///
/// ```
/// use tinytorch::Tensor;
///
/// let a = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3])?;
/// let row = Tensor::from_vec(vec![10.0, 20.0, 30.0], &[3])?;
/// assert_eq!(a.add(&row)?.to_vec(), [11.0, 22.0, 33.0, 14.0, 25.0, 36.0]);
/// assert_eq!(a.t()?.shape(), [3, 2]);
/// assert_eq!(a.matmul(&a.t()?)?.to_vec(), [14.0, 32.0, 32.0, 77.0]);
/// # Ok::<(), tinytorch::TensorError>(())
/// ```
#[derive(Clone)]
#[must_use = "no operation changes a tensor: it returns a new one"]
pub struct Tensor {
    pub(crate) data: ArcArray<f32, IxDyn>,
    /// How the tensor was computed, if that is recorded: see
    /// [`autograd`](crate::autograd).
    pub(crate) node: Option<Arc<Node>>,
}

/// Same shape and same elements; the graph is not compared.
impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl Tensor {
    /// A tensor of the given shape from its elements, row by row.
    ///
    /// # Errors
    /// When the number of elements is not the product of the shape.
    ///
    /// # Cost
    /// The elements are moved, not copied.
    pub fn from_vec(values: Vec<f32>, shape: &[usize]) -> Result<Self> {
        let expected = element_count(shape);
        if expected != Some(values.len()) {
            let reason = match expected {
                Some(n) => format!("the shape holds {n} elements, {} were given", values.len()),
                None => "the shape holds more elements than memory can address".to_string(),
            };
            return Err(TensorError::shape("from_vec", shape, reason));
        }
        ArrayD::from_shape_vec(IxDyn(shape), values)
            .map(Self::from_array)
            .map_err(|e| TensorError::shape("from_vec", shape, e.to_string()))
    }

    /// All elements 0.
    ///
    /// # Panics
    /// When memory cannot address that many elements.
    pub fn zeros(shape: &[usize]) -> Self {
        Self::from_array(ArrayD::zeros(IxDyn(shape)))
    }

    /// All elements 1.
    ///
    /// # Panics
    /// When memory cannot address that many elements.
    pub fn ones(shape: &[usize]) -> Self {
        Self::full(shape, 1.0)
    }

    /// All elements `value`.
    ///
    /// # Panics
    /// When memory cannot address that many elements.
    pub fn full(shape: &[usize], value: f32) -> Self {
        Self::from_array(ArrayD::from_elem(IxDyn(shape), value))
    }

    /// A single number: shape `[]`, one element.
    pub fn scalar(value: f32) -> Self {
        Self::full(&[], value)
    }

    /// Independent draws from a normal distribution with mean 0 and standard
    /// deviation `std`.
    ///
    /// # Panics
    /// When memory cannot address that many elements.
    pub fn randn(shape: &[usize], std: f32, rng: &mut Rng) -> Self {
        let draw = || (rng.normal() * f64::from(std)) as f32;
        Self::from_array(ArrayD::from_shape_simple_fn(IxDyn(shape), draw))
    }

    /// Independent draws from a uniform distribution on `[lo, hi)`, rounded to
    /// `f32` (so that `hi` itself can occur, rarely).
    ///
    /// # Panics
    /// When memory cannot address that many elements.
    pub fn rand_uniform(shape: &[usize], lo: f32, hi: f32, rng: &mut Rng) -> Self {
        let draw = || rng.uniform_range(f64::from(lo), f64::from(hi)) as f32;
        Self::from_array(ArrayD::from_shape_simple_fn(IxDyn(shape), draw))
    }

    /// Wraps an ndarray array. Nothing is copied.
    pub fn from_array(array: ArrayD<f32>) -> Self {
        Self { data: array.into_shared(), node: None }
    }

    /// The elements as an ndarray array.
    ///
    /// # Cost
    /// Copies only when another tensor shares the elements.
    pub fn into_array(self) -> ArrayD<f32> {
        self.data.into_owned()
    }

    /// The elements as an ndarray view. Nothing is copied.
    pub fn view(&self) -> ArrayViewD<'_, f32> {
        self.data.view()
    }

    /// The length of each axis, outermost first; empty for a scalar.
    pub fn shape(&self) -> &[usize] {
        self.data.shape()
    }

    /// The number of axes; 0 for a scalar.
    pub fn ndim(&self) -> usize {
        self.data.ndim()
    }

    /// The number of elements: the product of the shape, 1 for a scalar.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether some axis has length 0, so that there are no elements.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The size of the elements in bytes: 4 for each. A view counts its own
    /// elements, even if it shares them.
    pub fn nbytes(&self) -> usize {
        self.len() * size_of::<f32>()
    }

    /// A copy of the elements, row by row.
    pub fn to_vec(&self) -> Vec<f32> {
        if let Some(slice) = self.as_slice() {
            return slice.to_vec();
        }
        // Faster than element by element: the shorter strides are in the inner
        // loop.
        let mut copy = ArrayD::zeros(self.data.raw_dim());
        copy.assign(&self.data);
        copy.into_raw_vec_and_offset().0
    }

    /// The elements row by row without a copy, or `None` if they are not in that
    /// order in memory (after a transpose, for example).
    pub fn as_slice(&self) -> Option<&[f32]> {
        self.data.as_slice()
    }

    /// The element at `index`, one number for each axis.
    ///
    /// # Errors
    /// When the number of indices is not the number of axes, or one is too large.
    pub fn get(&self, index: &[usize]) -> Result<f32> {
        let fits = index.len() == self.ndim();
        let element = fits.then(|| self.data.get(IxDyn(index))).flatten();
        element.copied().ok_or_else(|| {
            TensorError::shape("get", self.shape(), format!("no element at index {index:?}"))
        })
    }

    /// Whether both tensors have the same shape and each pair of elements
    /// satisfies `|self - other| <= atol + rtol * |other|`.
    ///
    /// Equal infinities are close; NaN is close to nothing.
    pub fn allclose(&self, other: &Tensor, rtol: f32, atol: f32) -> bool {
        // Exact equality first: the difference of two equal infinities is NaN.
        #[expect(clippy::float_cmp, reason = "equal values are close by definition")]
        let close = |a: f32, b: f32| {
            a == b || (a.is_finite() && b.is_finite() && (a - b).abs() <= atol + rtol * b.abs())
        };
        self.shape() == other.shape()
            && (self.data.iter().zip(other.data.iter())).all(|(&a, &b)| close(a, b))
    }
}

/// The product of a shape, or `None` if memory cannot address that many elements.
/// Axes of length 0 do not hide an overflow of the others, because ndarray
/// refuses such shapes too.
pub(crate) fn element_count(shape: &[usize]) -> Option<usize> {
    let nonzero = shape.iter().filter(|&&n| n > 0);
    let product = nonzero.copied().try_fold(1, usize::checked_mul)?;
    isize::try_from(product).ok()?;
    Some(if shape.contains(&0) { 0 } else { product })
}

/// Prints the shape and at most this many elements.
const DEBUG_ELEMENTS: usize = 6;

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor{:?} [", self.shape())?;
        for (i, value) in self.data.iter().take(DEBUG_ELEMENTS).enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}{value:?}")?;
        }
        let rest = if self.len() > DEBUG_ELEMENTS { ", ..." } else { "" };
        write!(f, "{rest}]")
    }
}
