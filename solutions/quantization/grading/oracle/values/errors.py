"""Squared errors of ranges: PyTorch's histogram, and all ranges of a grid."""

import numpy as np
import torch
from torch.ao.quantization import observer as observers

from codes import TORCH
from observers import SCHEMES, arguments
from table import write

NUMPY = f"NumPy {np.__version__}"


def samples():
    """Numbers of several distributions, by name."""
    rng = np.random.default_rng(1724)
    size = 400
    draws = {
        "normal": rng.normal(0.5, 1.0, size),
        "laplace": rng.laplace(0.0, 1.0, size),
        "rectified": np.maximum(rng.normal(0.0, 1.0, size), 0.0),
        "uniform": rng.uniform(-1.0, 3.0, size),
        "outlier": np.concatenate([rng.normal(0.0, 1.0, size - 1), [30.0]]),
    }
    # Few digits are enough.
    return {name: np.array([f"{x:.4g}" for x in draw], np.float32) for name, draw in draws.items()}


def squared_error(x, scale, zero, limits):
    """Mean squared error of quantized numbers, in f64."""
    codes = np.clip(np.rint(x / scale) + zero, *limits)
    return float(np.mean((scale * (codes - zero) - x) ** 2))


def error_of_range(x, ends, limits, symmetric):
    """Of codes that cover the range, which holds 0."""
    (bottom, top), (low, high) = ends, limits
    if symmetric:
        return squared_error(x, max(-bottom, top) / high, 0, limits)
    scale = (top - bottom) / (high - low)
    zero = np.clip(np.rint(low - bottom / scale), low, high)
    return squared_error(x, scale, zero, limits)


def whole_range(x):
    return min(x.min(), 0.0), max(x.max(), 0.0)


def best_error(x, limits, symmetric):
    """The least error of a grid of ranges: ends at 1/100, 2/100, ... of the data's."""
    parts = np.arange(1, 101) / 100
    least, largest = whole_range(x)
    if symmetric:
        ends = [(-end, end) for end in parts * max(-least, largest)]
    else:
        bottoms = least * parts if least < 0 else [0.0]
        tops = largest * parts if largest > 0 else [0.0]
        ends = [(bottom, top) for bottom in bottoms for top in tops if top > bottom]
    return min(error_of_range(x, pair, limits, symmetric) for pair in ends)


def histogram(data):
    rows = []
    for name, values in data.items():
        x = values.astype(np.float64)
        for scheme in ["unsigned", "symmetric"]:
            limits = SCHEMES[scheme][2:]
            observer = observers.HistogramObserver(**arguments(scheme))
            for batch in np.split(values, 4):
                observer(torch.from_numpy(batch))
            scale, zero = (part.item() for part in observer.calculate_qparams())
            rows.append(
                {
                    "data": name,
                    "scheme": scheme,
                    "scale": np.float32(scale),
                    "zero_point": zero,
                    "error": squared_error(x, scale, zero, limits),
                }
            )
    write(
        "histogram",
        f"{TORCH}, HistogramObserver with 2048 bins",
        "PyTorch's parameters of 8 bits for the numbers of samples.csv, in four batches of equal length, and their mean "
        "squared error in f64. Parameters are not to be compared, errors are.",
        rows,
    )


def least_error(data):
    rows = []
    for name, values in data.items():
        x = values.astype(np.float64)
        for bits in [8, 6, 4, 3, 2]:
            half = 2 ** (bits - 1)
            for scheme, limits in [
                ("unsigned", (0, 2 * half - 1)),
                ("symmetric", (1 - half, half - 1)),
            ]:
                symmetric = scheme == "symmetric"
                rows.append(
                    {
                        "data": name,
                        "scheme": scheme,
                        "bits": bits,
                        "whole_error": error_of_range(x, whole_range(x), limits, symmetric),
                        "best_error": best_error(x, limits, symmetric),
                    }
                )
    write(
        "least_error",
        NUMPY,
        "Mean squared errors in f64 of the numbers of samples.csv: `whole_error` of the whole range, `best_error` the "
        "least of all ranges with ends at 1/100, 2/100, ... of the data's.",
        rows,
    )


def symmetric_search(data):
    rows = []
    for name, values in data.items():
        x = values.astype(np.float64)
        largest = np.abs(x).max()
        for bits in [8, 6, 4, 3, 2]:
            high = 2 ** (bits - 1) - 1
            fractions = [percent / 100 for percent in range(100, 18, -2)]
            errors = [
                squared_error(x, fraction * largest / high, 0, (-high, high))
                for fraction in fractions
            ]
            best = int(np.argmin(errors))
            rows.append(
                {"data": name, "bits": bits, "fraction": fractions[best], "error": errors[best]}
            )
    write(
        "symmetric_search",
        NUMPY,
        "For the numbers of samples.csv: of the ranges from -f m to f m, with m the largest absolute value and f = 1, "
        "0.98, ..., 0.2, the one with the least mean squared error in f64.",
        rows,
    )


def make():
    data = samples()
    write(
        "samples",
        NUMPY,
        "Numbers of several distributions, rounded to four digits.",
        [{"data": name, "numbers": values} for name, values in data.items()],
    )
    histogram(data)
    least_error(data)
    symmetric_search(data)
