"""Linear layers and convolutions of ONNX Runtime and PyTorch: in f32, and in bytes.

Follows subject.py. The first argument is the library, the second the way: `f32`; `dynamic`, from
f32 to f32 through bytes, with the range of each input; `static`, the same with scales that are
given; `codes`, from bytes to bytes; `product`, the same of a linear layer without its bias.

A problem has input `x`, weight `w` and `bias`; a scale for each output, `w_scales`; scale and zero
point of input, output and product without bias, `x_scale`, `x_zero`, and so on for y and p. A linear layer's weight is
[inputs, outputs], a convolution's [filters, channels, 3, 3] with a padding of 1.
"""

LIBRARY, WAY = sys.argv[1:3]
try:
    if LIBRARY == "torch":
        import torch
        import torch.nn.functional as F

        VERSION = f"PyTorch {torch.__version__}"
        torch.set_num_threads(1)
        torch.backends.quantized.engine = "x86"
    else:
        import onnx
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper

        VERSION = f"ONNX Runtime {onnxruntime.__version__}"
except ImportError as missing:
    not_installed(missing)


class Problem:
    def __init__(self, arrays):
        self.x, self.w, self.bias = arrays["x"], arrays["w"], arrays["bias"]
        self.is_linear = self.w.ndim == 2
        self.w_scales = arrays["w_scales"]
        self.x_scale, self.y_scale, self.p_scale = (arrays[f"{n}_scale"][0] for n in "xyp")
        self.x_zero, self.y_zero, self.p_zero = (int(arrays[f"{n}_zero"][0]) for n in "xyp")

    def input_codes(self):
        codes = np.rint(self.x / self.x_scale) + self.x_zero
        return np.clip(codes, 0, 255).astype(np.uint8)

    def along_outputs(self, values):
        """One number for each output, in the shape that multiplies a result."""
        return values if self.is_linear else values.reshape(-1, 1, 1)

    def weight_codes(self):
        scales = self.w_scales if self.is_linear else self.w_scales.reshape(-1, 1, 1, 1)
        return np.clip(np.rint(self.w / scales), -127, 127).astype(np.int8)

    def output_of(self, codes):
        if WAY == "product":
            return self.p_scale * (codes.astype(np.float32) - self.p_zero) + self.bias
        return self.y_scale * (codes.astype(np.float32) - self.y_zero)


class Runtime:
    """A model of a few operators. Input and output stay where they are bound."""

    def __init__(self, arrays):
        problem = self.problem = Problem(arrays)
        self.nodes, self.constants = [], {}
        getattr(self, WAY)(problem)
        self.in_codes = WAY in ("codes", "product")
        self.input = problem.input_codes() if self.in_codes else problem.x
        element = TensorProto.UINT8 if self.in_codes else TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes,
            "layer",
            [helper.make_tensor_value_info("x", element, self.input.shape)],
            [helper.make_tensor_value_info("y", element, None)],
            [numpy_helper.from_array(array, name) for name, array in self.constants.items()],
        )
        versions = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=versions)
        model.ir_version = 10
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers)
        self.binding = self.session.io_binding()
        self.binding.bind_ortvalue_input("x", onnxruntime.OrtValue.ortvalue_from_numpy(self.input))
        self.binding.bind_output("y")

    def node(self, operator, inputs, output, **attributes):
        self.nodes.append(helper.make_node(operator, inputs.split(), [output], **attributes))

    def convolution(self, operator, inputs, output):
        self.node(operator, inputs, output, pads=[1, 1, 1, 1])

    def f32(self, problem):
        self.constants = {"w": problem.w, "b": problem.bias}
        if problem.is_linear:
            self.node("MatMul", "x w", "product")  # faster than Gemm
            self.node("Add", "product b", "y")
        else:
            self.convolution("Conv", "x w b", "y")

    def dynamic(self, problem):
        self.constants = {
            "w": problem.weight_codes(),
            "w_zero": np.int8(0),
            "w_scale": problem.along_outputs(problem.w_scales),
            "b": problem.along_outputs(problem.bias),
        }
        self.nodes.append(
            helper.make_node("DynamicQuantizeLinear", ["x"], ["codes", "x_scale", "x_zero"])
        )
        if problem.is_linear:
            self.node("MatMulInteger", "codes w x_zero w_zero", "sums")
        else:
            self.convolution("ConvInteger", "codes w x_zero w_zero", "sums")
        self.node("Cast", "sums", "numbers", to=TensorProto.FLOAT)
        self.node("Mul", "x_scale w_scale", "scale")
        self.node("Mul", "numbers scale", "product")
        self.node("Add", "product b", "y")

    def layer(self, problem, codes, output):
        """From codes to codes, the bias included."""
        self.constants |= {
            "x_scale": problem.x_scale,
            "x_zero": np.uint8(problem.x_zero),
            "w": problem.weight_codes(),
            "w_scales": problem.w_scales,
            "w_zeros": np.zeros(len(problem.w_scales), np.int8),
            "y_scale": problem.y_scale,
            "y_zero": np.uint8(problem.y_zero),
            "b": np.rint(problem.bias / (problem.x_scale * problem.w_scales)).astype(np.int32),
        }
        inputs = f"{codes} x_scale x_zero w w_scales w_zeros"
        if problem.is_linear:
            domain = "com.microsoft"
            self.node("QGemm", f"{inputs} b y_scale y_zero", output, domain=domain)
        else:
            self.convolution("QLinearConv", f"{inputs} y_scale y_zero b", output)

    def codes(self, problem):
        self.layer(problem, "x", "y")

    def product(self, problem):
        """The operator knows no bias; `output` adds it."""
        self.layer(problem, "x", "y")
        self.constants |= {"y_scale": problem.p_scale, "y_zero": np.uint8(problem.p_zero)}
        del self.constants["b"]
        inputs = "x x_scale x_zero w w_scales w_zeros y_scale y_zero"
        self.nodes = [helper.make_node("QLinearMatMul", inputs.split(), ["y"])]

    def static(self, problem):
        self.node("QuantizeLinear", "x x_scale x_zero", "codes")
        self.layer(problem, "codes", "results")
        self.node("DequantizeLinear", "results y_scale y_zero", "y")

    def compute(self):
        self.session.run_with_iobinding(self.binding)

    def output(self):
        self.compute()
        (y,) = self.binding.copy_outputs_to_cpu()
        return self.problem.output_of(y) if self.in_codes else y


class Torch:
    def __init__(self, arrays):
        problem = self.problem = Problem(arrays)
        self.x, self.bias = torch.from_numpy(problem.x), torch.from_numpy(problem.bias)
        # In the files a linear layer's weight is [in, out], here [out, in].
        w = problem.w.T.copy() if problem.is_linear else problem.w
        self.w = torch.from_numpy(w)
        ways = {
            "f32": self.f32,
            "dynamic": self.dynamic,
            "static": self.static,
            "codes": self.codes,
        }
        self.way = ways[WAY]
        if WAY == "f32":
            return
        scales = torch.from_numpy(problem.w_scales)
        zeros = torch.zeros(len(scales), dtype=torch.int64)
        w = torch.quantize_per_channel(self.w, scales, zeros, 0, torch.qint8)
        ops = torch.ops.quantized
        if problem.is_linear:
            self.packed = ops.linear_prepack(w, self.bias)
            self.layer, self.dynamic_layer = ops.linear, ops.linear_dynamic
        else:
            self.packed = ops.conv2d_prepack(w, self.bias, [1, 1], [1, 1], [1, 1], 1)
            self.layer, self.dynamic_layer = ops.conv2d, ops.conv2d_dynamic
        self.settings = (self.packed, float(problem.y_scale), problem.y_zero)
        self.x_codes = self.quantized(self.x)
        if not problem.is_linear:  # the order that its kernel wants
            self.x_codes = self.x_codes.contiguous(memory_format=torch.channels_last)

    def quantized(self, x):
        scale, zero = float(self.problem.x_scale), self.problem.x_zero
        return torch.quantize_per_tensor(x, scale, zero, torch.quint8)

    def f32(self):
        if self.problem.is_linear:
            return F.linear(self.x, self.w, self.bias)
        return F.conv2d(self.x, self.w, self.bias, padding=1)

    def dynamic(self):
        return self.dynamic_layer(self.x, self.packed, False)

    def codes(self):
        return self.layer(self.x_codes, *self.settings)

    def static(self):
        return self.layer(self.quantized(self.x), *self.settings).dequantize()

    def compute(self):
        with torch.inference_mode():
            return self.way()

    def output(self):
        y = self.compute()
        return (y.dequantize() if y.is_quantized else y).contiguous().numpy()


serve(Torch if LIBRARY == "torch" else Runtime, VERSION)
