"""Ranges of data and the parameters for them, by PyTorch's observers."""

import numpy as np
import torch
from torch.ao.quantization import observer as observers

from codes import TORCH
from table import write

# As the course's schemes: the lowest code of 8 symmetric bits is -127.
SCHEMES = {
    "unsigned": (torch.quint8, torch.per_tensor_affine, 0, 255),
    "signed": (torch.qint8, torch.per_tensor_affine, -128, 127),
    "symmetric": (torch.qint8, torch.per_tensor_symmetric, -127, 127),
}
CHANNELS = {
    torch.per_tensor_affine: torch.per_channel_affine,
    torch.per_tensor_symmetric: torch.per_channel_symmetric,
}
# The least scale; PyTorch's own default is 2^-23.
LEAST = float(np.finfo(np.float32).tiny)


def arguments(scheme):
    kind, form, low, high = SCHEMES[scheme]
    return {"dtype": kind, "qscheme": form, "quant_min": low, "quant_max": high, "eps": LEAST}


def batches(rng, count):
    size = int(rng.integers(2, 7))
    center, width = rng.normal(0, 2), np.exp(rng.normal())
    return [rng.normal(center, width, size).astype(np.float32) for _ in range(count)]


def fields(observer):
    scale, zero = observer.calculate_qparams()
    return {
        "low": observer.min_val.numpy(),
        "high": observer.max_val.numpy(),
        "scales": scale.numpy(),
        "zero_points": zero.numpy(),
    }


def min_max():
    rng = np.random.default_rng(1721)
    special = [
        [[1.0, 5.0], [2.0, 3.0]],
        [[-7.0, -2.0]],
        [[-1.0, 1.0], [-2.0, 0.5]],
        [[0.25, 0.25], [0.25]],
    ]
    special += [[[1e-3, 1000.0, -2.0]], [[-1e30, 1e30]], [[1e-30, -3e-30]], [[0.0, 4.0], [0.0]]]
    lists = [[np.array(batch, np.float32) for batch in batches] for batches in special]
    lists += [batches(rng, int(rng.integers(1, 4))) for _ in range(8)]
    rows = []
    for data in lists:
        for scheme in SCHEMES:
            observer = observers.MinMaxObserver(**arguments(scheme))
            for batch in data:
                observer(torch.from_numpy(batch))
            rows.append({"scheme": scheme, "batches": data, **fields(observer)})
    write(
        "min_max",
        f"{TORCH}, MinMaxObserver",
        "Batches of numbers, their smallest and largest, and the parameters of a range that holds 0. PyTorch computes in "
        "f32: the last bit of a scale may differ from one computed in f64, and a zero point next to a tie with it.",
        rows,
    )


def moving_average():
    rng = np.random.default_rng(1722)
    rows = []
    for case in range(18):
        data = batches(rng, 1 + case % 6)
        momentum = [0.01, 0.1, 0.5, 0.9, 1.0][case % 5]
        for scheme in ["unsigned", "symmetric"]:
            observer = observers.MovingAverageMinMaxObserver(
                averaging_constant=momentum, **arguments(scheme)
            )
            for batch in data:
                observer(torch.from_numpy(batch))
            rows.append(
                {"scheme": scheme, "momentum": momentum, "batches": data, **fields(observer)}
            )
    write(
        "moving_average",
        f"{TORCH}, MovingAverageMinMaxObserver",
        "As min_max.csv, with an exponential moving average of each batch's ends, in f32: they may differ from those "
        "of another order of operations by a few units in the last place.",
        rows,
    )


def channels():
    rng = np.random.default_rng(1723)
    rows = []
    for case in range(12):
        shape = [int(side) for side in rng.integers(2, 5, 2 + case % 3)]
        axis = [0, len(shape) - 1, 1][case % 3]
        x = rng.normal(0.3, 1.0, shape) * np.exp(
            rng.normal(size=[n if at == axis else 1 for at, n in enumerate(shape)])
        )
        x = x.astype(np.float32)
        if case == 4:
            x = np.abs(x)
        for scheme in SCHEMES:
            settings = arguments(scheme)
            settings["qscheme"] = CHANNELS[settings["qscheme"]]
            observer = observers.PerChannelMinMaxObserver(ch_axis=axis, **settings)
            observer(torch.from_numpy(x))
            rows.append(
                {"scheme": scheme, "shape": shape, "axis": axis, "x": x.ravel(), **fields(observer)}
            )
    write(
        "channels",
        f"{TORCH}, PerChannelMinMaxObserver",
        "As min_max.csv, of one tensor, row by row, for each index along `axis`.",
        rows,
    )


def percentile():
    rng = np.random.default_rng(1725)
    rows = []
    for case in range(16):
        data = batches(rng, 1 + case % 5)
        percent = [99.0, 99.9, 75.0, 100.0, 51.0, 90.5][case % 6]
        whole = np.concatenate(data).astype(np.float64)
        low, high = np.percentile(whole, [100.0 - percent, percent])
        rows.append({"percent": percent, "batches": data, "low": low, "high": high})
    write(
        "percentile",
        f"NumPy {np.__version__}, percentile",
        "Percentiles `100 - percent` and `percent` of all numbers of some batches, interpolated linearly, in f64.",
        rows,
    )


def make():
    min_max()
    moving_average()
    channels()
    percentile()
