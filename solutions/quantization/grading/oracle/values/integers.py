"""Products and convolutions of bytes, by ONNX Runtime."""

import numpy as np

import runtime
from table import write

BYTES = {"u8": np.uint8, "i8": np.int8}
REQUANTIZED = (
    "ONNX Runtime multiplies the exact sum by the f32 quotient a_scale b_scale / y_scale and rounds ties to even; "
    "a fixed-point multiplier may give a neighbouring code where the product is next to a tie. `sums` are exact "
    "integers, with zero points and bias."
)


def codes(rng, kind, shape, low=None):
    limits = np.iinfo(BYTES[kind])
    low = limits.min if low is None else low
    return rng.integers(low, limits.max + 1, shape).astype(BYTES[kind])


def product(a, a_zero, b, b_zero):
    """In 64-bit integers; `b_zero` may hold one for each column."""
    return (a.astype(np.int64) - int(a_zero)) @ (b.astype(np.int64) - np.asarray(b_zero, np.int64))


def extremes(rng, kind, shape):
    """Only the smallest and the largest: what overflows in narrow intermediate sums."""
    limits = np.iinfo(BYTES[kind])
    return rng.choice([limits.min, limits.max], shape).astype(BYTES[kind])


def matmul_integer():
    rng = np.random.default_rng(1701)
    rows = []
    for case in range(36):
        a_kind = "u8" if case % 4 else "i8"
        b_kind = "i8"
        m, k, n = (int(x) for x in rng.integers(1, [5, 20, 6]))
        if case % 6 == 5:
            m, k, n = 2, 67, 3
        draw = extremes if case % 3 == 2 else codes
        a, b = draw(rng, a_kind, (m, k)), draw(rng, b_kind, (k, n))
        b = np.maximum(b, -127) if case % 2 else b
        a_zero = codes(rng, a_kind, ())
        b_zero = np.zeros((), BYTES[b_kind])
        if case % 5 == 3:
            b_zero = codes(rng, b_kind, (n,))
        if case % 5 == 4:
            b_zero = codes(rng, b_kind, ())
        (c,) = runtime.run("MatMulInteger", [a, b, a_zero, b_zero], [np.int32], constants=[1, 2, 3])
        if not np.array_equal(c, product(a, a_zero, b, b_zero)):
            raise ValueError("the sums are not exact")
        rows.append(
            {
                "rows": m,
                "inputs": k,
                "outputs": n,
                "a_type": a_kind,
                "b_type": b_kind,
                "a_zero_point": a_zero,
                "b_zero_points": np.broadcast_to(b_zero, (n,)),
                "a": a.ravel(),
                "b": b.ravel(),
                "sums": c.ravel(),
            }
        )
    write(
        "matmul_integer",
        f"{runtime.SOURCE}, MatMulInteger",
        "Exact sums (a - a_zero_point)(b - b_zero_points[column]) of a [rows, inputs] and b [inputs, outputs], row by "
        "row. A symmetric scheme has b_zero_points of 0.",
        rows,
    )


def scale(rng, low, high):
    return np.float32(np.exp(rng.uniform(np.log(low), np.log(high))))


def output_scale(rng, real, kind):
    """A scale and a zero point with which most results fit, and some saturate."""
    low, high = min(real.min(), 0.0), max(real.max(), 0.0)
    y_scale = np.float32(max(high - low, 1e-6) / 255.0 * rng.uniform(0.75, 1.1))
    limits = np.iinfo(BYTES[kind])
    zero = int(np.clip(np.rint(limits.min - low / y_scale), limits.min, limits.max))
    return y_scale, np.asarray(zero, BYTES[kind])


def exactly_requantized(sums, factors, y_zero, kind):
    """By f64; and whether it is the only answer: no tie within what f32 may be wrong by."""
    limits = np.iinfo(BYTES[kind])
    exact = sums * factors
    only = np.abs(np.abs(exact - np.trunc(exact)) - 0.5) > 1e-6 * np.abs(exact) + 1e-9
    return np.clip(np.rint(exact) + int(y_zero), limits.min, limits.max).astype(np.int64), only


def compare(got, expected, only):
    """ONNX Runtime's codes are the rounded ones, and neighbours next to a tie."""
    difference = np.abs(got.astype(np.int64) - expected)
    if difference.max(initial=0) > 1 or (difference[only] != 0).any():
        raise ValueError("this is not the rounded product")


def qlinear_matmul():
    rng = np.random.default_rng(1702)
    rows = []
    for case in range(30):
        kind = "i8" if case % 5 == 4 else "u8"
        m, k, n = (int(x) for x in rng.integers(1, [5, 24, 7]))
        a, a_zero = codes(rng, kind, (m, k)), codes(rng, kind, ())
        b, b_zero = codes(rng, "i8", (k, n), -127), np.zeros((n,), np.int8)
        a_scale = scale(rng, 1e-3, 1.0)
        b_scales = np.array([scale(rng, 1e-3, 0.1) for _ in range(n)], np.float32)
        if case % 2:
            b_scales[:] = b_scales[0]
        if case % 6 == 1:  # powers of two, so that there are ties
            a_scale, b_scales[:] = np.float32(2.0**-4), np.float32(2.0**-6)
        sums = product(a, a_zero, b, b_zero)
        y_scale, y_zero = output_scale(
            rng, sums * (float(a_scale) * b_scales.astype(np.float64)), kind
        )
        if case % 6 == 1:
            y_scale = np.float32(2.0 ** np.ceil(np.log2(y_scale)))
        inputs = [a, a_scale, a_zero, b, b_scales, b_zero, y_scale, y_zero]
        (y,) = runtime.run("QLinearMatMul", inputs, [BYTES[kind]], constants=range(1, 8))
        factors = float(a_scale) * b_scales.astype(np.float64) / float(y_scale)
        compare(y, *exactly_requantized(sums, factors, y_zero, kind))
        rows.append(
            {
                "rows": m,
                "inputs": k,
                "outputs": n,
                "type": kind,
                "a_scale": a_scale,
                "a_zero_point": a_zero,
                "b_scales": b_scales,
                "y_scale": y_scale,
                "y_zero_point": y_zero,
                "a": a.ravel(),
                "b": b.ravel(),
                "sums": sums.ravel(),
                "y": y.ravel(),
            }
        )
    write(
        "qlinear_matmul",
        f"{runtime.SOURCE}, QLinearMatMul",
        "Codes a [rows, inputs] of `type` (also that of y), symmetric codes b [inputs, outputs] of i8 with a scale for "
        f"each output. {REQUANTIZED}",
        rows,
    )


def convolve(x, x_zero, w, stride, padding, bias):
    """In 64-bit integers, by loops over the kernel."""
    (down, across), (above, left) = stride, padding
    x = np.pad(x.astype(np.int64) - int(x_zero), ((0, 0), (0, 0), (above, above), (left, left)))
    w = w.astype(np.int64)
    height = (x.shape[2] - w.shape[2]) // down + 1
    width = (x.shape[3] - w.shape[3]) // across + 1
    sums = np.zeros((x.shape[0], w.shape[0], height, width), np.int64)
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            window = x[:, :, i : i + down * height : down, j : j + across * width : across]
            sums += np.einsum("ichw,fc->ifhw", window[:, :, :height, :width], w[:, :, i, j])
    return sums + bias.reshape(1, -1, 1, 1)


def draw_convolution(rng, case, kind):
    images, channels, filters = (int(x) for x in rng.integers(1, [3, 6, 5]))
    kernel = (1, 1) if case % 7 == 6 else tuple(int(x) for x in rng.integers(1, 4, 2))
    stride = tuple(int(x) for x in rng.integers(1, 4, 2)) if case % 2 else (1, 1)
    padding = tuple(int(rng.integers(0, size)) for size in kernel)
    size = tuple(int(rng.integers(side, side + 4)) for side in kernel)
    x, x_zero = codes(rng, kind, (images, channels, *size)), codes(rng, kind, ())
    w = codes(rng, "i8", (filters, channels, *kernel), -127)
    return x, x_zero, w, stride, padding


def shape_fields(x, w, stride, padding, y):
    return {
        "images": x.shape,
        "filters": w.shape,
        "stride": stride,
        "padding": padding,
        "output": y.shape,
    }


def attributes(stride, padding):
    return {"strides": list(stride), "pads": list(padding) * 2}


def conv_integer():
    rng = np.random.default_rng(1703)
    rows = []
    for case in range(24):
        x, x_zero, w, stride, padding = draw_convolution(rng, case, "u8")
        if case % 3 == 2:
            x, w = extremes(rng, "u8", x.shape), np.maximum(extremes(rng, "i8", w.shape), -127)
        w_zero = np.zeros((), np.int8)
        (y,) = runtime.run(
            "ConvInteger",
            [x, w, x_zero, w_zero],
            [np.int32],
            constants=[1, 2, 3],
            **attributes(stride, padding),
        )
        bias = np.zeros(w.shape[0], np.int64)
        if not np.array_equal(y, convolve(x, x_zero, w, stride, padding, bias)):
            raise ValueError("the sums are not exact")
        rows.append(
            {
                **shape_fields(x, w, stride, padding, y),
                "x_zero_point": x_zero,
                "x": x.ravel(),
                "w": w.ravel(),
                "sums": y.ravel(),
            }
        )
    write(
        "conv_integer",
        f"{runtime.SOURCE}, ConvInteger",
        "Exact sums of a convolution of images x (u8) and filters w (i8, zero point 0). Around an image there are codes "
        "of x_zero_point. `images`, `filters` and `output` are shapes; pairs are (down, across).",
        rows,
    )


def qlinear_conv():
    rng = np.random.default_rng(1704)
    rows = []
    for case in range(30):
        kind = "i8" if case % 5 == 4 else "u8"
        x, x_zero, w, stride, padding = draw_convolution(rng, case, kind)
        filters = w.shape[0]
        x_scale = scale(rng, 1e-3, 1.0)
        w_scales = np.array([scale(rng, 1e-3, 0.1) for _ in range(filters)], np.float32)
        bias = rng.integers(-4000, 4001, filters).astype(np.int32)
        sums = convolve(x, x_zero, w, stride, padding, bias)
        real = sums * (float(x_scale) * w_scales.astype(np.float64)).reshape(1, -1, 1, 1)
        y_scale, y_zero = output_scale(rng, real, kind)
        w_zero = np.zeros(filters, np.int8)
        inputs = [x, x_scale, x_zero, w, w_scales, w_zero, y_scale, y_zero, bias]
        (y,) = runtime.run(
            "QLinearConv",
            inputs,
            [BYTES[kind]],
            constants=range(1, 9),
            **attributes(stride, padding),
        )
        factors = (float(x_scale) * w_scales.astype(np.float64) / float(y_scale)).reshape(
            1, -1, 1, 1
        )
        compare(y, *exactly_requantized(sums, factors, y_zero, kind))
        rows.append(
            {
                **shape_fields(x, w, stride, padding, y),
                "type": kind,
                "x_scale": x_scale,
                "x_zero_point": x_zero,
                "w_scales": w_scales,
                "bias": bias,
                "y_scale": y_scale,
                "y_zero_point": y_zero,
                "x": x.ravel(),
                "w": w.ravel(),
                "sums": sums.ravel(),
                "y": y.ravel(),
            }
        )
    write(
        "qlinear_conv",
        f"{runtime.SOURCE}, QLinearConv",
        "Images x and output y of `type`, symmetric filters w of i8 with a scale for each, bias in units of a sum. "
        "Around an image there are codes of x_zero_point. `images`, `filters` and `output` are shapes; pairs are "
        f"(down, across). {REQUANTIZED}",
        rows,
    )


def dynamic_quantize_linear():
    rng = np.random.default_rng(1705)
    lists = [
        [0.0, 0.0],
        [1.0, 2.0, 5.0],
        [-3.0, -1.0],
        [-1.0, 1.0],
        [0.0, 255.0, 0.5, 1.5, 2.5],
        [-1e-20, 1e-20],
        [-1e30, 3e30, 0.0],
        [-128.0, 127.0, 0.5],
        [-0.5, 254.5, 100.25],
        [1000.0, 0.001, -0.001],
        [7.0],
    ]
    for _ in range(24):
        values = rng.normal(rng.normal(), np.exp(rng.normal()), int(rng.integers(2, 12)))
        lists.append(values.tolist())
    rows = []
    for values in lists:
        x = np.array(values, np.float32)
        y, y_scale, y_zero = runtime.run(
            "DynamicQuantizeLinear", [x], [np.uint8, np.float32, np.uint8]
        )
        steps = x.astype(np.float64) / (float(y_scale) or 1.0)
        tie = np.abs(np.abs(steps - np.trunc(steps)) - 0.5) < 1e-4
        rows.append(
            {
                "x": x,
                "scale": y_scale,
                "zero_point": y_zero,
                "codes": y,
                "next_to_tie": [int(near) for near in tie],
            }
        )
    write(
        "dynamic_quantize_linear",
        f"{runtime.SOURCE}, DynamicQuantizeLinear",
        "Range, widened to hold 0, and codes of a list, in u8. The scale is computed in f32, so that it may differ in "
        "the last bit from one computed in f64, and the zero point with it, where it is next to a tie. A list of zeros "
        "has whatever scale ONNX Runtime gives it. next_to_tie marks elements that another rounding of "
        "x / scale may give a neighbouring code.",
        rows,
    )


def make():
    matmul_integer()
    qlinear_matmul()
    conv_integer()
    qlinear_conv()
    dynamic_quantize_linear()
