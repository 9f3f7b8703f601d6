//! The course's own layers: in `f32`, from `f32` to `f32` through bytes, and in bytes.

use std::hint::black_box;

use acceleration::{Matrix, conv2d_im2col};
use anyhow::{Context, Result};
use quantization::{
    Granularity, Int8Conv2d, Int8Linear, QuantizedConv2d, QuantizedLinear, QuantizedTensor, Scheme,
    TensorParams, Window, quantize,
};
use tinytorch::autograd::no_grad;
use tinytorch::nn::{Conv2d, Linear};
use tinytorch::{Layer, Tensor};

use super::packed::PackedLinear;
use super::problem::{Shape, params};
use crate::exchange::{Array, Arrays};
use crate::reference::subject::Subject;

/// The subject of that name, if it is one of these.
pub fn make(worker: &str, arrays: &Arrays) -> Option<Result<Box<dyn Subject>>> {
    Some(match worker {
        "int8-base" => base(arrays),
        "int8-tinytorch" => tinytorch(arrays),
        "int8-dynamic" => dynamic(arrays),
        "int8-codes" => codes(arrays),
        _ => return None,
    })
}

/// A layer that is called again and again, and how its result is read.
struct Timed<T, F: FnMut() -> Result<T>, R: Fn(T) -> Result<Vec<f32>>> {
    shape: Shape,
    forward: F,
    read: R,
}

impl<T, F: FnMut() -> Result<T>, R: Fn(T) -> Result<Vec<f32>>> Subject for Timed<T, F, R> {
    fn compute(&mut self) -> Result<()> {
        drop(black_box((self.forward)()?));
        Ok(())
    }

    fn output(&mut self) -> Result<Arrays> {
        let output = (self.read)((self.forward)()?)?;
        let output = Array::floats(&self.shape.output(), output);
        Ok(Arrays::from([("output".to_string(), output)]))
    }
}

fn boxed<T: 'static>(
    shape: Shape,
    forward: impl FnMut() -> Result<T> + 'static,
    read: impl Fn(T) -> Result<Vec<f32>> + 'static,
) -> Box<dyn Subject> {
    Box::new(Timed { shape, forward, read })
}

/// What a problem is made of.
struct Parts {
    shape: Shape,
    x: Tensor,
    w: Tensor,
    bias: Vec<f32>,
}

impl Parts {
    fn new(arrays: &Arrays) -> Result<Self> {
        let tensor = |name: &str| -> Result<Tensor> {
            let array = arrays.get(name).with_context(|| format!("no `{name}`"))?;
            Ok(Tensor::from_vec(array.as_floats()?.to_vec(), &array.shape)?)
        };
        let [x, w] = ["x", "w"].map(tensor);
        let bias = tensor("bias")?.to_vec();
        Ok(Self { shape: Shape::of(arrays)?, x: x?, w: w?, bias })
    }

    fn window() -> Window {
        Window { stride: (1, 1), padding: (1, 1) }
    }

    /// The weights' codes, with a scale for each output.
    fn quantized_weight(&self) -> Result<QuantizedTensor> {
        let each = Granularity::PerChannel { axis: self.shape.weight_axis() };
        let params = TensorParams::of_tensor(&self.w, Scheme::SYMMETRIC_I8, each)?;
        Ok(quantize(&self.w, &params)?)
    }
}

/// The product of `acceleration` with packed weights, or its convolution, whose bias is added
/// only to what is compared.
fn base(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let Parts { shape, x, w, bias } = Parts::new(arrays)?;
    let Shape::Linear { rows, inputs, outputs } = shape else {
        let window = acceleration::Window { stride: (1, 1), padding: (1, 1) };
        let add = move |y: Tensor| {
            let y = y.to_vec().into_iter().enumerate();
            Ok(y.map(|(at, y)| y + bias[shape.channel_of(at)]).collect())
        };
        return Ok(boxed(shape, move || Ok(conv2d_im2col(&x, &w, window)?), add));
    };
    let weight = Matrix::from_vec(w.to_vec(), inputs, outputs)?;
    let x = Matrix::from_vec(x.to_vec(), rows, inputs)?;
    let mut layer = PackedLinear::new(weight.view(), &bias, rows)?;
    Ok(boxed(shape, move || layer.forward(x.view()), Ok))
}

/// The foundation's layers.
fn tinytorch(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let Parts { shape, x, w, bias } = Parts::new(arrays)?;
    let bias = Some(Tensor::from_vec(bias, &[shape.channels_out()])?);
    let layer: Box<dyn Layer> = if shape.is_linear() {
        Box::new(Linear::from_parameters(w, bias)?)
    } else {
        Box::new(Conv2d::from_parameters(w, bias, (1, 1), (1, 1))?)
    };
    let forward = move || Ok(no_grad(|| layer.forward(&x))?);
    Ok(boxed(shape, forward, |y: Tensor| Ok(y.to_vec())))
}

/// From `f32` to `f32`, with the range of the input.
fn dynamic(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let Parts { shape, x, w, bias } = Parts::new(arrays)?;
    let read = |y: Tensor| Ok(y.to_vec());
    if shape.is_linear() {
        let layer = Int8Linear::new(&w, Some(&bias))?;
        return Ok(boxed(shape, move || Ok(layer.forward(&x)?), read));
    }
    let layer = Int8Conv2d::new(&w, Some(&bias), Parts::window())?;
    Ok(boxed(shape, move || Ok(layer.forward(&x)?), read))
}

/// From bytes to bytes, with the parameters of the problem.
fn codes(arrays: &Arrays) -> Result<Box<dyn Subject>> {
    let parts = Parts::new(arrays)?;
    let weight = parts.quantized_weight()?;
    let Parts { shape, x, bias, .. } = parts;
    let (input, output) = (params(arrays, "x")?, params(arrays, "y")?);
    let x = quantize(&x, &TensorParams::per_tensor(input))?;
    let read = |y: QuantizedTensor| Ok(y.dequantize()?.to_vec());
    if shape.is_linear() {
        let layer = QuantizedLinear::new(weight, Some(&bias), input, output)?.packed()?;
        return Ok(boxed(shape, move || Ok(layer.forward(&x)?), read));
    }
    let window = Parts::window();
    let layer = QuantizedConv2d::new(weight, Some(&bias), window, input, output)?.packed()?;
    Ok(boxed(shape, move || Ok(layer.forward(&x)?), read))
}
