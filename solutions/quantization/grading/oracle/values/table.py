"""Tables of outside answers: one CSV file each.

Lines that start with `#` are comments, the first other line names the columns. No field
holds a comma or a quote; the elements of a list are separated by spaces, and lists in a list by `|`.
Numbers of f32 are written with as many digits as their bits need.
"""

import math
import pathlib
import textwrap

import numpy as np

FOLDER = pathlib.Path(__file__).parent


def field(value):
    if isinstance(value, (list, tuple)) or np.ndim(value) > 0:
        separator = "|" if isinstance(value[0], (list, tuple, np.ndarray)) else " "
        return separator.join(field(part) for part in value)
    if isinstance(value, np.ndarray):
        value = value[()]
    if isinstance(value, (float, np.floating)) and not math.isfinite(value):
        raise ValueError("write such a number as bits")
    return str(value)


def write(name, source, remark, rows):
    """Writes rows (dictionaries with the same keys) to `name`.csv."""
    comment = textwrap.wrap(f"{remark} Source: {source}. Written by make.py.", 110)
    columns = list(rows[0])
    lines = [f"# {line}" for line in comment] + [",".join(columns)]
    for row in rows:
        if list(row) != columns:
            raise ValueError(f"{name}: {list(row)} are not {columns}")
        lines.append(",".join(field(value) for value in row.values()))
    path = FOLDER / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n")
    size = path.stat().st_size
    if size > 60_000:
        raise ValueError(f"{name}.csv has {size} bytes")
    print(f"{name}.csv: {len(rows)} rows, {size} bytes")
