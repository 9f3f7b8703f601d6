"""Makes the .csv files here, which tests/stats.rs reads.

    python -m venv venv && venv/bin/pip install scipy==1.17.1 mpmath==1.4.1
    venv/bin/python tests/oracle/make.py

Values are written with repr, so each is the very float64 that SciPy returned.
"""
from pathlib import Path

import mpmath
from scipy import stats

HERE = Path(__file__).parent
PROBABILITIES = [1e-12, 1e-6, 0.005, 0.025, 0.2, 0.3, 0.4999, 0.6, 0.9, 0.95, 0.975, 0.995, 0.9999]
DEGREES = [0.5, 1, 2, 3, 4.5, 7, 11, 15, 23, 31, 63, 127, 999.5, 1e5, 1e6, 1e9]

rows = [f"{p!r},{float(df)!r},{float(stats.t.ppf(p, df))!r}" for df in DEGREES for p in PROBABILITIES]
(HERE / "t_quantile.csv").write_text("p,degrees_of_freedom,quantile\n" + "\n".join(rows) + "\n")

extreme = [1e-300, 1e-30, 1 - 1e-12]
rows = [f"{p!r},{float(stats.norm.ppf(p))!r}" for p in PROBABILITIES + extreme]
(HERE / "normal_quantile.csv").write_text("p,quantile\n" + "\n".join(rows) + "\n")

# This close to the median, SciPy is accurate to only about 8 digits (it takes
# p, not p - 1/2), so here the distribution function is solved with 30 digits.
mpmath.mp.dps = 30


def near_median(p: float, df: float) -> float:
    center = mpmath.mpf(p) - mpmath.mpf("0.5")
    half = mpmath.mpf("0.5")

    def excess(t):
        return mpmath.betainc(half, df * half, 0, t * t / (df + t * t), regularized=True) / 2 - center

    guess = mpmath.mpf(float(stats.t.ppf(p, df)))
    return float(mpmath.findroot(excess, (guess, guess * mpmath.mpf("1.01"))))


rows = [f"{p!r},{float(df)!r},{near_median(p, df)!r}" for df in [0.5, 1, 2, 3, 7, 100] for p in [0.500000001, 0.5001]]
(HERE / "t_near_median.csv").write_text("p,degrees_of_freedom,quantile\n" + "\n".join(rows) + "\n")
