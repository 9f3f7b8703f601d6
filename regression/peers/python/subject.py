"""One end of a line protocol, before the script that says what is computed.

The other end is src/reference/field.rs: one request a line on stdin, one answer a line on stdout,
both JSON. A script that follows ends with `serve(make, VERSION)`, where `make` builds a subject
from the arrays of a problem: an object whose `compute` is timed and whose `output` is an array.
"""

import json
import struct
import sys
import time


def not_installed(missing):
    print(json.dumps({"error": f"not installed: {missing}"}), flush=True)
    sys.exit(0)


try:
    import numpy as np
except ImportError as missing:
    not_installed(missing)

DTYPES = {"F32": np.float32, "I64": np.int64}


def read_arrays(path):
    """The arrays of a safetensors file: a length, a header in JSON, the bytes."""
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        flat = np.frombuffer(content[start:end], dtype=DTYPES[entry["dtype"]])
        arrays[name] = flat.reshape(entry["shape"]).copy()
    return arrays


def write_output(path, array):
    data = np.ascontiguousarray(array, dtype=np.float32).tobytes()
    entry = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [0, len(data)]}
    text = json.dumps({"output": entry}).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def timed(subject, repetitions):
    if repetitions > 1:
        subject.compute()  # the caches were somebody else's
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(repetitions):
        subject.compute()
    wall = time.perf_counter() - wall
    return {"cpu": time.process_time() - cpu, "wall": wall}


def serve(make, version):
    subject = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            answer = {"done": True}
            if request["do"] == "load":
                subject = make(read_arrays(request["file"]))
                answer = {"version": version, "threads": 1}
            elif request["do"] == "check":
                write_output(request["file"], subject.output())
            else:
                answer = timed(subject, request["repetitions"])
        except Exception as error:  # told to whoever asked
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
