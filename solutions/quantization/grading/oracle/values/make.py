"""Writes the CSV files beside it: answers of PyTorch and ONNX Runtime for the hidden cases.

    python3 -m venv VENV && VENV/bin/pip install torch onnx onnxruntime ml_dtypes
    VENV/bin/python make.py

Each file says what it holds and which versions made it. A run with the same versions and
processor writes the same bytes.
"""

import codes
import errors
import integers
import observers

codes.make()
observers.make()
errors.make()
integers.make()
