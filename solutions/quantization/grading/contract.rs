//! The requests to a `quantization` submission, and how the driver answers them.

pub use course_data::{Array, Images, Net, Network};
use grader_protocol::Floats;

grader_protocol::contract! {
    /// The functions that students of `quantization` write.
    pub trait Quantization;

    /// `QuantParams::new(scale, zero_point, scheme)`.
    #[derive(Copy)]
    mirror struct Params <- quantization::QuantParams {
        scale: f32 = it.scale(), zero_point: i32 = it.zero_point(), scheme: Scheme = it.scheme().wire(),
    }
    #[derive(Copy, Eq)]
    mirror enum Scheme <-> quantization::Scheme { Unsigned { bits: u32 }, Signed { bits: u32 }, Symmetric { bits: u32 } }
    #[derive(Copy, Eq)]
    mirror enum Granularity <-> quantization::Granularity { PerTensor, PerChannel { axis: usize } }
    mirror struct TensorParams <- quantization::TensorParams {
        granularity: Granularity = it.granularity().wire(), channels: Vec<Params> = it.channels().to_vec().wire(),
    }
    /// `QuantizedTensor::from_codes(codes, shape, params)`.
    mirror struct Quantized <- quantization::QuantizedTensor {
        shape: Vec<usize> = it.shape().to_vec(), codes: Vec<i32> = it.codes().to_vec(), params: TensorParams = it.params().wire(),
    }
    /// Pairs are (down, across).
    #[derive(Copy, Eq)]
    mirror struct Window -> quantization::Window { stride: (usize, usize), padding: (usize, usize) }
    /// `QuantizedLinear::new` or `QuantizedConv2d::new` of the same arguments, then `with_relu()` and `packed()` if set.
    plain struct Layer {
        weight: Quantized, bias: Option<Floats>, input: Params, output: Params, relu: bool, packed: bool,
    }
    /// The shapes of a convolution: `[images, channels, height, width]`, `[filters, channels, kernel height, kernel width]`.
    plain struct Sizes { images: [usize; 4], filters: [usize; 4], window: Window }
    /// `bias()` of a layer, and `accumulate(input)`.
    plain struct Sums { bias: Vec<i32>, sums: Vec<i32> }
    /// `m0()` and `shift()` of a `Multiplier`, and `apply(sum)` for each sum.
    plain struct Multiplied { m0: i32, shift: u32, results: Vec<i32> }

    /// A layer of a measurement: what `Int8Linear::new` or `Int8Conv2d::new` takes. The window is of no use to the first.
    plain struct TimedLayer { weight: Array, bias: Floats, window: Window }
    /// The input of a timed call, and which of the layers takes it.
    plain struct TimedInput { layer: usize, input: Array }
    /// The output of a timed call: of the baseline, which has no bias, or of a layer of bytes.
    plain enum TimedOutput { Baseline(output: Array), Bytes(output: Array) }

    #[derive(Copy)]
    mirror enum ObserverKind -> quantization::ObserverKind in [observe, model] {
        MinMax, MovingAverage { momentum: f32 }, Percentile { percent: f64 }, Histogram { bins: usize },
    }
    mirror struct BatchNorm -> quantization::BatchNorm in model {
        gamma: Vec<f32>, beta: Vec<f32>, mean: Vec<f32>, variance: Vec<f32>, epsilon: f32,
    }
    /// A layer of a model, of plain data.
    plain enum Part { Linear(of: Layer), Conv2d(of: Layer, window: Window), MaxPool2d(kernel: [usize; 2], stride: [usize; 2]), Flatten }
    mirror struct Model <- quantization::QuantizedModel in model {
        input: Params = it.input().wire(), layers: Vec<(String, ModelLayer)> = it.layers().to_vec().wire(), nbytes: usize = it.nbytes(),
    }
    mirror enum ModelLayer <- quantization::QuantizedLayer in model {
        Linear(of: LinearParts), Conv2d(of: ConvParts), MaxPool2d { kernel: (usize, usize), stride: (usize, usize) }, Flatten,
    }
    /// The output's parameters, and whether there is a `Relu`.
    mirror struct Output <- quantization::Requantizer in model { params: Params = it.output().wire(), relu: bool = it.has_relu() }
    mirror struct LinearParts <- quantization::QuantizedLinear in model {
        weight: Quantized = it.weight().wire(), bias: Vec<i32> = it.bias().to_vec(), input: Params = it.input().wire(),
        output: Output = it.requantizer().wire(),
    }
    mirror struct ConvParts <- quantization::QuantizedConv2d in model {
        weight: Quantized = it.weight().wire(), bias: Vec<i32> = it.bias().to_vec(), input: Params = it.input().wire(),
        output: Output = it.requantizer().wire(), stride: (usize, usize) = it.window().stride, padding: (usize, usize) = it.window().padding,
    }

    #[derive(Copy, Eq)]
    mirror enum HalfFormat <-> quantization::HalfFormat in [half, precision] { F16, Bf16 }
    mirror struct HalfTensor <- quantization::HalfTensor in [half, precision] {
        format: HalfFormat = it.format().wire(), shape: Vec<usize> = it.shape().to_vec(), bits: Vec<u16> = it.bits().to_vec(),
        nbytes: usize = it.nbytes(),
    }
    /// A step with an observer; `range` has a reply.
    steps ObserverStep -> Option<(f32, f32)> {
        observe(batch: Array) { state.observe(&tensor_of(&batch)?)?; None }
        range(scheme: Scheme) { Some(state.range(scheme.native())?) }
    }

    mirror struct Packed <- quantization::PackedTensor in precision {
        shape: Vec<usize> = it.shape().to_vec(), bytes: Vec<u8> = it.bytes().to_vec(), params: TensorParams = it.params().wire(),
        nbytes: usize = it.nbytes(),
    }
    #[derive(Copy, Eq)]
    mirror enum StorageFormat -> quantization::StorageFormat in precision { F32, F16, Bf16, Integer { bits: u32 } }
    /// `StoredWeights` of a model, and the parameters of another model after `load_into`, which may fail with this error.
    plain struct Stored { tensors: Vec<(String, StoredTensor)>, nbytes: usize, loaded: Vec<Array>, error: Option<String> }
    plain enum StoredTensor { Full(tensor: Array), Half(tensor: HalfTensor), Packed(tensor: Packed) }
    #[derive(Copy)]
    mirror struct BitOption <-> quantization::BitOption in precision { bits: u32, nbytes: usize, snr_db: f64, loss: f64 }
    mirror struct LayerSensitivity <-> quantization::LayerSensitivity in precision { name: String, options: Vec<BitOption> }
    /// `sensitivity` of a model, or its error; how often the loss was called, and the model's parameters afterwards.
    plain struct Sensed { layers: Vec<LayerSensitivity>, error: Option<String>, calls: usize, parameters: Vec<Array> }
    #[derive(Copy)]
    mirror struct FineTuning -> quantization::FineTuning in finetune {
        bits: u32, epochs: usize, batch_size: usize, learning_rate: f64, seed: u64,
    }

    task half {
        /// `encode` of a format, for each number.
        fn encode(format: HalfFormat, numbers: Floats) -> Vec<u16> {
            numbers.0.iter().map(|x| format.native().encode(*x)).collect()
        }
        /// `decode` of a format, for each number's bits.
        fn decode(format: HalfFormat, bits: Vec<u16>) -> Floats {
            Floats(bits.iter().map(|bits| format.native().decode(*bits)).collect())
        }
        /// `HalfTensor::from_tensor(tensor, format)`, and its `to_tensor()`.
        fn half_tensor(tensor: Array, format: HalfFormat) -> (HalfTensor, Array) {
            let half = quantization::HalfTensor::from_tensor(&tensor_of(&tensor)?, format.native());
            (half.wire(), array(&half.to_tensor()?))
        }
    }
    task params {
        /// `QuantParams::from_range(low, high, scheme)`.
        fn from_range(low: f32, high: f32, scheme: Scheme) -> Params {
            quantization::QuantParams::from_range(low, high, scheme.native())?.wire()
        }
        /// `TensorParams::of_tensor(tensor, scheme, granularity)`.
        fn of_tensor(tensor: Array, scheme: Scheme, granularity: Granularity) -> TensorParams {
            quantization::TensorParams::of_tensor(&tensor_of(&tensor)?, scheme.native(), granularity.native())?.wire()
        }
    }
    task quantize {
        /// `quantize` of a `QuantParams`, for each number.
        fn codes(params: Params, numbers: Floats) -> Vec<i32> {
            let params = given::params(params)?;
            numbers.0.iter().map(|x| params.quantize(*x)).collect()
        }
        /// `dequantize` of a `QuantParams`, for each code.
        fn numbers(params: Params, codes: Vec<i32>) -> Floats {
            let params = given::params(params)?;
            Floats(codes.iter().map(|code| params.dequantize(*code)).collect())
        }
        /// `quantize(tensor, params)`, and its `nbytes()`.
        fn quantize(tensor: Array, params: TensorParams) -> (Quantized, usize) {
            let quantized = quantization::quantize(&tensor_of(&tensor)?, &given::tensor_params(&params)?)?;
            (quantized.wire(), quantized.nbytes())
        }
        /// `dequantize()`.
        fn dequantize(quantized: Quantized) -> Array { array(&given::quantized(&quantized)?.dequantize()?) }
    }
    task observe {
        /// An observer, batch by batch.
        session observer(kind: ObserverKind) of ObserverStep { given::observer(kind)? }
    }
    task linear {
        /// `Multiplier::new(real)`, applied to each sum.
        fn multiplier(real: f64, sums: Vec<i32>) -> Multiplied {
            let multiplier = quantization::Multiplier::new(real)?;
            let results = sums.iter().map(|sum| multiplier.apply(*sum)).collect();
            Multiplied { m0: multiplier.m0(), shift: multiplier.shift(), results }
        }
        /// `Requantizer::new(scales, output, relu)`, `requantize` for each channel and sum, and `multipliers()` as
        /// (`m0()`, `shift()`).
        fn requantize(scales: Vec<f64>, output: Params, relu: bool, sums: Vec<(usize, i32)>)
            -> (Vec<i32>, Vec<(i32, u32)>)
        {
            let requantizer = quantization::Requantizer::new(&scales, given::params(output)?, relu)?;
            let multipliers = requantizer.multipliers().iter().map(|of| (of.m0(), of.shift())).collect();
            (sums.iter().map(|(channel, sum)| requantizer.requantize(*channel, *sum)).collect(), multipliers)
        }
        /// `accumulate(input)` of a `QuantizedLinear`.
        fn linear_sums(layer: Layer, input: Quantized) -> Sums {
            let layer = layers::linear(&layer)?;
            Sums { sums: layer.accumulate(&given::quantized(&input)?)?, bias: layer.bias().to_vec() }
        }
        /// `forward(input)` of a `QuantizedLinear`.
        fn linear(layer: Layer, input: Quantized) -> Quantized {
            layers::linear(&layer)?.forward(&given::quantized(&input)?)?.wire()
        }
    }
    task conv needs [linear] {
        /// `accumulate(input)` of a `QuantizedConv2d`.
        fn conv_sums(layer: Layer, window: Window, input: Quantized) -> Sums {
            let layer = layers::conv(&layer, window)?;
            Sums { sums: layer.accumulate(&given::quantized(&input)?)?, bias: layer.bias().to_vec() }
        }
        /// `forward(input)` of a `QuantizedConv2d`.
        fn conv(layer: Layer, window: Window, input: Quantized) -> Quantized {
            layers::conv(&layer, window)?.forward(&given::quantized(&input)?)?.wire()
        }
    }
    task model needs [linear, conv] {
        /// `fold_batch_norm(weight, bias, norm)`.
        fn fold(weight: Array, bias: Option<Floats>, norm: BatchNorm) -> (Array, Vec<f32>) {
            let bias = bias.as_ref().map(|bias| bias.0.as_slice());
            let (weight, bias) = quantization::fold_batch_norm(&tensor_of(&weight)?, bias, &norm.native())?;
            (array(&weight), bias)
        }
        /// `max_pool(input, kernel, stride)`.
        fn max_pool(input: Quantized, kernel: (usize, usize), stride: (usize, usize)) -> Quantized {
            quantization::max_pool(&given::quantized(&input)?, kernel, stride)?.wire()
        }
        /// A `QuantizedModel` of these layers: `forward_codes(codes)`.
        fn forward_codes(input: Params, parts: Vec<Part>, codes: Quantized) -> Quantized {
            model::of_parts(input, &parts)?.forward_codes(given::quantized(&codes)?)?.wire()
        }
        /// The same: `forward(tensor)` and `nbytes()`.
        fn forward(input: Params, parts: Vec<Part>, tensor: Array) -> (Array, usize) {
            let model = model::of_parts(input, &parts)?;
            (array(&model.forward(&tensor_of(&tensor)?)?), model.nbytes())
        }
        /// `quantize_mlp` or `quantize_cnn`, then `packed()` if asked for; and `forward` of each batch of inputs.
        fn model(of: Net, data: Images, observer: ObserverKind, packed: bool, inputs: Images) -> (Model, Vec<Array>) {
            let classifier = course_data::classifier(&of)?;
            let model = model::quantized(&classifier, &course_data::batches(&data, &classifier)?, observer, packed)?;
            let inputs = course_data::batches(&inputs, &classifier)?;
            (model.wire(), inputs.iter().map(|input| Ok(array(&model.forward(input)?))).collect::<Answer<_>>()?)
        }
    }
    task fast {
        /// `PackedMatrix::new(weight)?.multiply(codes, zero_point)`, with codes of the type of `scheme`.
        fn multiply(weight: Quantized, codes: Vec<i32>, scheme: Scheme, zero_point: i32) -> Vec<i32> {
            let codes = quantization::Codes::new(codes, scheme.native());
            quantization::PackedMatrix::new(&given::quantized(&weight)?)?.multiply(&codes, zero_point)?
        }
        /// `PackedFilters::new(weight)?.convolve(codes, zero_point, shape)`, with codes of the type of `scheme`, for the
        /// `ConvShape` of `images` and `filters`.
        fn convolve(weight: Quantized, codes: Vec<i32>, scheme: Scheme, zero_point: i32, sizes: Sizes) -> Vec<i32> {
            let codes = quantization::Codes::new(codes, scheme.native());
            let window = sizes.window.native();
            let shape = quantization::ConvShape::new("", &sizes.images, &sizes.filters, window)?;
            quantization::PackedFilters::new(&given::quantized(&weight)?)?.convolve(&codes, zero_point, &shape)?
        }
        /// `Int8Linear::new(weight, bias)?.forward(input)`.
        fn int8_linear(weight: Array, bias: Option<Floats>, input: Array) -> Array {
            let bias = bias.as_ref().map(|bias| bias.0.as_slice());
            array(&quantization::Int8Linear::new(&tensor_of(&weight)?, bias)?.forward(&tensor_of(&input)?)?)
        }
        /// `Int8Conv2d::new(weight, bias, window)?.forward(input)`.
        fn int8_conv2d(weight: Array, bias: Option<Floats>, window: Window, input: Array) -> Array {
            let bias = bias.as_ref().map(|bias| bias.0.as_slice());
            let layer = quantization::Int8Conv2d::new(&tensor_of(&weight)?, bias, window.native())?;
            array(&layer.forward(&tensor_of(&input)?)?)
        }
    }
    task precision {
        /// `search_params(tensor, scheme, granularity)`.
        fn search_params(tensor: Array, scheme: Scheme, granularity: Granularity) -> TensorParams {
            quantization::search_params(&tensor_of(&tensor)?, scheme.native(), granularity.native())?.wire()
        }
        /// `signal_to_noise_db(signal, approximation)`.
        fn signal_to_noise(signal: Array, approximation: Array) -> f64 {
            quantization::signal_to_noise_db(&tensor_of(&signal)?, &tensor_of(&approximation)?)?
        }
        /// `PackedTensor::new(tensor)`, and its `unpack()`.
        fn pack(tensor: Quantized) -> (Packed, Quantized) {
            let packed = quantization::PackedTensor::new(&given::quantized(&tensor)?);
            (packed.wire(), packed.unpack()?.wire())
        }
        /// `output_axis(name, parameter)`.
        fn output_axis(name: String, parameter: Array) -> usize {
            quantization::output_axis(&name, &tensor_of(&parameter)?)
        }
        /// `StoredWeights::new(model, ..)` with a format for each parameter, and `load_into(other)`.
        fn stored(model: Network, formats: Vec<StorageFormat>, other: Network) -> Stored {
            precision::stored(&model, &formats, &other)?
        }
        /// `sensitivity(model, bits, ..)`. The loss is the sum of squares of each parameter, times 1, 2, ...; it fails in
        /// this call, counted from 1.
        fn sensitivity(model: Network, bits: Vec<u32>, fails: Option<usize>) -> Sensed {
            precision::sensitivity(&model, &bits, fails)?
        }
        /// `choose_bits(layers, budget)`.
        fn choose_bits(layers: Vec<LayerSensitivity>, budget: usize) -> Vec<u32> {
            quantization::choose_bits(&layers.native(), budget)?
        }
        /// The likeliest next ids after each id of these rows, by the trained GPT with weights of so many bits.
        fn gpt(bits: u32, rows: Vec<Vec<usize>>) -> (Vec<usize>, usize) { precision::gpt(bits, &rows)? }
    }
    task finetune needs [precision] {
        /// `fake_quantize(tensor, params)`, and the gradient of its product with `seed`, if there is one.
        fn fake_quantize(tensor: Array, params: TensorParams, seed: Array) -> (Array, Option<Array>) {
            let tensor = tensor_of(&tensor)?.requires_grad();
            let fake = quantization::fake_quantize(&tensor, &given::tensor_params(&params)?)?;
            let gradients = if fake.tracks_grad() { fake.backward_from(&tensor_of(&seed)?).ok() } else { None };
            (array(&fake), gradients.and_then(|gradients| gradients.get(&tensor).map(array)))
        }
        /// `FakeQuantized::new(model, bits)`, then the weights of `next` and, if set, `search_again()`; then `forward` and
        /// the gradients of its product with `seed`.
        fn fake(model: Network, bits: u32, next: Network, again: bool, input: Array, seed: Array) -> (Array, Vec<Array>) {
            finetune::fake((model, bits), (next, again), &input, &seed)?
        }
        /// `fine_tune` with inputs and labels; the parameters, and the answers of the stored model to other inputs.
        fn fine_tune(model: Network, inputs: Array, labels: Vec<usize>, tuning: FineTuning, others: Array)
            -> (Vec<Array>, Vec<usize>)
        {
            let data = tinytorch::train::Labelled::new(&tensor_of(&inputs)?, labels)?;
            finetune::fine_tune(course_data::layered(&model)?, &data, tuning, &tensor_of(&others)?)?
        }
        /// The digits that the trained CNN takes scans for, stored after `fine_tune` with the first `training` images of
        /// the training set, or without it for 0 epochs.
        fn tuned_digits(training: usize, tuning: FineTuning, scans: String) -> Vec<usize> {
            finetune::digits(training, tuning, &scans)?
        }
    }
}
