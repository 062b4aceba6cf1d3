"""Writes anchors with the rotation that scipy gives them: the oracle of the crate's Procrustes.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1
    venv/bin/python bench/oracles/procrustes.py > src/features/procrustes-scipy.json
"""

import json
import sys

import numpy
import scipy
from scipy.linalg import orthogonal_procrustes

rng = numpy.random.default_rng(20260101)
cases = []
for d, n, noise in [(1, 3, 0.1), (2, 2, 0.0), (5, 40, 0.5), (16, 60, 0.1), (16, 60, 3.0)]:
    start = rng.normal(size=(n, d)).astype(numpy.float32).round(4)
    turn, _ = numpy.linalg.qr(rng.normal(size=(d, d)))
    end = (start @ turn + noise * rng.normal(size=(n, d))).astype(numpy.float32).round(4)
    matrix, _ = orthogonal_procrustes(start.astype(float), end.astype(float))
    cases.append({
        "d": d,
        "from": [round(float(x), 4) for x in start.ravel()],
        "to": [round(float(x), 4) for x in end.ravel()],
        "matrix": [round(float(x), 8) for x in matrix.ravel()],
    })
json.dump({"library": f"scipy {scipy.__version__}", "cases": cases}, sys.stdout)
