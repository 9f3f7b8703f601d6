"""Codes of numbers, 16-bit floats, and fake quantization."""

import ml_dtypes
import numpy as np
import torch

import runtime
from table import write

TORCH = f"PyTorch {torch.__version__.split('+')[0]} on the CPU"
KINDS = {
    "u8": (torch.quint8, np.uint8, (0, 255)),
    "i8": (torch.qint8, np.int8, (-128, 127)),
}


def near_tie(x, scale):
    """Whether x / scale is so near a tie that the order of roundings may decide."""
    steps = np.abs(np.asarray(x, np.float64) / np.asarray(scale, np.float64))
    return np.abs(steps - np.trunc(steps) - 0.5) < 1e-5 * np.maximum(steps, 1.0)


def is_power(scale):
    return np.frexp(scale)[0] == 0.5


def settings():
    """Kinds, scales and zero points: both ends, odd and even, powers of two (with ties) and not."""
    for kind, zeros in [("u8", [0, 1, 127, 128, 254, 255]), ("i8", [-128, -127, -1, 0, 1, 127])]:
        for at, zero in enumerate(zeros):
            yield kind, np.float32([1.0, 0.5, 2.0**-7, 4.0, 2.0**-20, 0.25][at]), zero
            yield kind, np.float32([0.1, 0.0123, 3.7, 1e-6, 7e5, 0.019607844][at]), zero


def numbers(rng, scale, zero, limits):
    """Inside, at ties, at both ends and beyond."""
    low, high = (limit - zero for limit in limits)
    steps = [
        0,
        0.5,
        1.5,
        2.5,
        -0.5,
        -1.5,
        -2.5,
        low,
        high,
        low - 0.5,
        high + 0.5,
        low - 0.49,
        high + 0.49,
    ]
    steps += [low - 1, high + 1, low - 1000, high + 1000, 1e7, -1e7, (low + high) // 2 + 0.5]
    steps += rng.uniform(low, high, 6).tolist()
    x = (np.array(steps) * float(scale)).astype(np.float32)
    return x if is_power(scale) else x[~near_tie(x, scale)]


def per_tensor():
    rng = np.random.default_rng(1711)
    rows = []
    for kind, scale, zero in settings():
        quantized_type, integers, limits = KINDS[kind]
        x = numbers(rng, scale, zero, limits)
        q = torch.quantize_per_tensor(torch.from_numpy(x), float(scale), zero, quantized_type)
        codes, back = q.int_repr().numpy(), q.dequantize().numpy()
        zero_point = np.array(zero, integers)
        (same,) = runtime.run(
            "QuantizeLinear", [x, scale, zero_point], [integers], constants=[1, 2]
        )
        (same_back,) = runtime.run(
            "DequantizeLinear", [codes, scale, zero_point], [np.float32], constants=[1, 2]
        )
        if not (np.array_equal(codes, same) and np.array_equal(back, same_back)):
            raise ValueError(f"PyTorch and ONNX Runtime differ: {kind} {scale} {zero}")
        ties = near_tie(x, scale) & (codes > limits[0]) & (codes < limits[1])
        rows.append(
            {
                "type": kind,
                "scale": scale,
                "zero_point": zero,
                "x": x,
                "codes": codes,
                "dequantized": back,
                "ties": [int(tie) for tie in ties],
            }
        )
    write(
        "quantize_per_tensor",
        f"{TORCH}, quantize_per_tensor, and {runtime.SOURCE}, QuantizeLinear and "
        "DequantizeLinear, which agree on every number",
        "Codes of numbers (ties to even before the zero point is added; saturated) and the numbers of the codes. `ties` "
        "marks ties that do not saturate, which another rounding rule may decide otherwise; there are some only where the "
        "scale is a power of two.",
        rows,
    )


def per_channel():
    rng = np.random.default_rng(1712)
    rows = []
    for case in range(16):
        kind = "i8" if case % 2 else "u8"
        quantized_type, integers, limits = KINDS[kind]
        shape = [int(side) for side in rng.integers(2, 5, 2 + case % 3)]
        axis = [0, len(shape) - 1, 1][case // 2 % 3]
        channels = shape[axis]
        scales = np.exp(rng.uniform(-6, 3, channels)).astype(np.float32)
        zeros = rng.integers(limits[0], limits[1] + 1, channels)
        if kind == "i8" and case % 4 == 1:
            zeros[:] = 0
        along = [-1 if at == axis else 1 for at in range(len(shape))]
        low, high = ((limit - zeros).reshape(along) for limit in limits)
        steps = np.rint(rng.uniform(low - 20, high + 20, shape)) + rng.uniform(-0.49, 0.49, shape)
        x = (steps * scales.reshape(along)).astype(np.float32)
        x[np.broadcast_to(near_tie(x, scales.reshape(along)), shape)] = 0.0
        q = torch.quantize_per_channel(
            torch.from_numpy(x),
            torch.from_numpy(scales),
            torch.from_numpy(zeros),
            axis,
            quantized_type,
        )
        codes, back = q.int_repr().numpy(), q.dequantize().numpy()
        (same,) = runtime.run(
            "QuantizeLinear",
            [x, scales, zeros.astype(integers)],
            [integers],
            constants=[1, 2],
            axis=axis,
        )
        if not np.array_equal(codes, same):
            raise ValueError(f"PyTorch and ONNX Runtime differ: {kind} {shape} {axis}")
        rows.append(
            {
                "type": kind,
                "shape": shape,
                "axis": axis,
                "scales": scales,
                "zero_points": zeros,
                "x": x.ravel(),
                "codes": codes.ravel(),
                "dequantized": back.ravel(),
            }
        )
    write(
        "quantize_per_channel",
        f"{TORCH}, quantize_per_channel, and {runtime.SOURCE}, QuantizeLinear, which agree on "
        "every number",
        "Codes of tensors, row by row, with a scale and a zero point for each index along `axis`. There are no "
        "ties.",
        rows,
    )


def half_numbers():
    """f32 bits: special numbers, both formats' ties, limits and subnormal numbers, and any bits."""
    rng = np.random.default_rng(1713)
    bits = [
        0x00000000,
        0x80000000,
        0x7F800000,
        0xFF800000,
        0x00000001,
        0x80000001,
        0x007FFFFF,
        0x00800000,
    ]
    bits += [
        0x7F7FFFFF,
        0xFF7FFFFF,
        0x7F7F7FFF,
        0x7F7F8000,
        0x7F7F8001,
        0x00008000,
        0x00018000,
        0x00007FFF,
    ]
    # Quiet and signalling NaN, some of whose fraction is lost in 16 bits.
    nan = [
        0x7FC00000,
        0xFFC00000,
        0x7F800001,
        0xFF800001,
        0x7FA00000,
        0x7FFFFFFF,
        0xFFFFFFFF,
        0x7FC12345,
        0x7F802000,
    ]
    floats = [
        1.0,
        -1.0,
        1 / 3,
        65504.0,
        65519.996,
        65520.0,
        65536.0,
        -65520.0,
        1e5,
        2.0**-14,
        2.0**-15,
        2.0**-24,
    ]
    floats += [
        2.0**-25,
        2.0**-25 * 1.0001,
        2.0**-25 * 0.9999,
        3 * 2.0**-25,
        5 * 2.0**-25,
        2.0**-14 - 2.0**-25,
    ]
    floats += [
        2.0**-14 - 2.0**-26,
        1023.5 * 2.0**-24,
        1022.5 * 2.0**-24,
        1 + 2.0**-11,
        1 + 3 * 2.0**-11,
        2 - 2.0**-11,
    ]
    floats += [
        1 + 2.0**-11 + 2.0**-23,
        2049.0,
        2051.0,
        -2051.0,
        1 + 2.0**-8,
        1 + 3 * 2.0**-8,
        2 - 2.0**-8,
        257.0,
        259.0,
    ]
    floats += np.exp2(rng.uniform(-26, 17, 80)).tolist()
    floats += (-np.exp2(rng.uniform(-26, 17, 20))).tolist()
    bits += np.array(floats, np.float32).view(np.uint32).tolist()
    bits += [(int(top) << 16) | 0x8000 for top in rng.integers(0, 0x7F00, 20)]  # ties of bf16
    bits += [
        ((int(e) + 112) << 23) | (int(f) << 13) | 0x1000  # ties of f16
        for e, f in zip(rng.integers(1, 31, 20), rng.integers(0, 1024, 20))
    ]
    bits += rng.integers(0, 1 << 32, 40).tolist()
    return np.array(bits + nan, np.uint64).astype(np.uint32)


def half():
    bits = half_numbers()
    x = bits.view(np.float32)
    wide = torch.from_numpy(x.copy())
    f16 = wide.half().view(torch.int16).numpy().view(np.uint16)
    bf16 = wide.bfloat16().view(torch.int16).numpy().view(np.uint16)
    number = ~np.isnan(x)
    with np.errstate(over="ignore", invalid="ignore"):
        same16 = x.astype(np.float16).view(np.uint16)
        same_bf16 = x.astype(ml_dtypes.bfloat16).view(np.uint16)
    if not (
        np.array_equal(f16[number], same16[number])
        and np.array_equal(bf16[number], same_bf16[number])
    ):
        raise ValueError("PyTorch and NumPy differ")
    rows = [
        {"f32": f"{a:08x}", "f16": f"{b:04x}", "bf16": f"{c:04x}", "nan": int(not n)}
        for a, b, c, n in zip(bits, f16, bf16, number)
    ]
    write(
        "half",
        f"{TORCH}, half() and bfloat16(), and NumPy {np.__version__} with ml_dtypes {ml_dtypes.__version__}, "
        "which agree on every number",
        "Bits (hexadecimal) of f32 and of the nearest 16-bit floats. NaNs are marked: as f16 they keep sign and upper "
        "fraction bits, with the highest one set; as bf16, PyTorch gives ffff for all, so that only NaN can be compared.",
        rows,
    )


def fake_quantize():
    rng = np.random.default_rng(1714)
    rows = []
    for case in range(18):
        bits = [8, 8, 4, 2, 6, 3][case % 6]
        kind = ["unsigned", "signed", "symmetric"][case // 2 % 3]
        low, high = {
            "unsigned": (0, 2**bits - 1),
            "signed": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
            "symmetric": (1 - 2 ** (bits - 1), 2 ** (bits - 1) - 1),
        }[kind]
        zero = 0 if kind == "symmetric" else int(rng.integers(low, high + 1))
        scale = (
            np.float32(2.0 ** rng.integers(-6, 2))
            if case % 2
            else np.float32(np.exp(rng.uniform(-5, 1)))
        )
        a, b = low - zero, high - zero
        steps = [
            0,
            a,
            b,
            a - 0.4,
            b + 0.4,
            a - 0.6,
            b + 0.6,
            a - 1,
            b + 1,
            a - 50,
            b + 50,
            0.3,
            -0.3,
        ]
        steps += rng.uniform(a - 0.45, b + 0.45, 6).tolist()
        x = (np.array(steps) * float(scale)).astype(np.float32)
        x = x[~near_tie(x, scale)]
        upstream = np.rint(rng.uniform(-8, 8, len(x)) * 16).astype(np.float32) / 16
        variable = torch.from_numpy(x).requires_grad_()
        y = torch.fake_quantize_per_tensor_affine(variable, float(scale), zero, low, high)
        y.backward(torch.from_numpy(upstream))
        rows.append(
            {
                "kind": kind,
                "bits": bits,
                "scale": scale,
                "zero_point": zero,
                "x": x,
                "y": y.detach().numpy(),
                "upstream": upstream,
                "gradient": variable.grad.numpy(),
            }
        )
    write(
        "fake_quantize",
        f"{TORCH}, fake_quantize_per_tensor_affine",
        "Quantized and dequantized numbers, and the gradient for that of the result (`upstream`): it passes where the "
        "rounded code, before saturation, is one of the scheme's, so also within half a step beyond an end. There are no "
        "ties.",
        rows,
    )


def fake_quantize_channels():
    rng = np.random.default_rng(1715)
    rows = []
    for case in range(8):
        bits, axis = [8, 4, 2, 3][case % 4], case // 4
        shape = [3, 4]
        high = 2 ** (bits - 1) - 1
        scales = np.exp(rng.uniform(-4, 0, shape[axis])).astype(np.float32)
        along = scales.reshape([-1, 1] if axis == 0 else [1, -1])
        steps = np.rint(rng.uniform(-high - 3, high + 3, shape)) + rng.uniform(-0.45, 0.45, shape)
        x = (steps * along).astype(np.float32)
        upstream = np.rint(rng.uniform(-8, 8, shape) * 16).astype(np.float32) / 16
        variable = torch.from_numpy(x).requires_grad_()
        zeros = torch.zeros(shape[axis], dtype=torch.int32)
        y = torch.fake_quantize_per_channel_affine(
            variable, torch.from_numpy(scales), zeros, axis, -high, high
        )
        y.backward(torch.from_numpy(upstream))
        rows.append(
            {
                "bits": bits,
                "shape": shape,
                "axis": axis,
                "scales": scales,
                "x": x.ravel(),
                "y": y.detach().numpy().ravel(),
                "upstream": upstream.ravel(),
                "gradient": variable.grad.numpy().ravel(),
            }
        )
    write(
        "fake_quantize_channels",
        f"{TORCH}, fake_quantize_per_channel_affine",
        "As fake_quantize.csv, symmetric, with a scale for each index along `axis`.",
        rows,
    )


def make():
    per_tensor()
    per_channel()
    half()
    fake_quantize()
    fake_quantize_channels()
