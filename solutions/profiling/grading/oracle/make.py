"""Makes scipy.json, the outside oracle of the hidden cases.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1
    venv/bin/python make.py > scipy.json

The same bytes come out each time: every generator has a fixed seed.
"""

import json

import numpy as np
from scipy import stats

SEED = 15


def rounded(values):
    """Short numbers, so that file and arrays hold the very same values."""
    return [float(f"{v:.6g}") for v in values]


def percentiles(rng):
    for size in [1, 2, 3, 7, 10, 24, 41]:
        samples = rounded(rng.lognormal(-6, 0.5, size))
        q = rounded(np.concatenate([[0, 25, 50, 95, 99, 100], rng.uniform(0, 100, 6)]))
        values = np.percentile(samples, q).tolist()
        yield {"samples": samples, "q": q, "values": values}


def t_intervals(rng):
    for size in [2, 3, 5, 9, 20, 57]:
        samples = rounded(rng.lognormal(-4, 0.4, size))
        low, high = stats.t.interval(
            0.95, size - 1, loc=np.mean(samples), scale=stats.sem(samples)
        )
        yield {"samples": samples, "low": float(low), "high": float(high)}


def ratio_of_means(a, b, axis=-1):
    return np.mean(a, axis=axis) / np.mean(b, axis=axis)


def bootstraps(rng):
    """Samples in ascending order: resampling both sides with the same indices would make
    them move together and the interval far too narrow."""
    for n, m, confidence in [(30, 30, 0.95), (20, 35, 0.9), (25, 25, 0.8), (40, 15, 0.99)]:
        baseline = rounded(sorted(rng.lognormal(-5, 0.3, n)))
        variant = rounded(sorted(rng.lognormal(-5.3, 0.3, m)))
        result = stats.bootstrap(
            (baseline, variant), ratio_of_means, paired=False, vectorized=True,
            confidence_level=confidence, n_resamples=400_000, batch=20_000,
            method="percentile", rng=rng,
        )
        interval = result.confidence_interval
        yield {
            "baseline": baseline, "variant": variant, "confidence": confidence,
            "low": float(interval.low), "high": float(interval.high),
        }


def main():
    rng = np.random.default_rng(SEED)
    degrees = range(1, 121)
    oracle = {
        "percentiles": list(percentiles(rng)),
        "t_975": [float(stats.t.ppf(0.975, df)) for df in degrees],
        "t_intervals": list(t_intervals(rng)),
        "bootstraps": list(bootstraps(rng)),
    }
    print(json.dumps(oracle, indent=1))


main()
