"""Writes a small binary matrix with the weights that numpy's dense inverse gives EASE (Steck 2019): the
oracle of the crate's three solvers.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6
    venv/bin/python bench/oracles/ease.py > crates/kernels/src/linear/ease.json
"""

import json

import numpy as np

LISTENERS, ITEMS, LAMBDA = 30, 12, 3.0
draws = np.random.default_rng(20260101)
likes = (draws.random((LISTENERS, ITEMS)) < np.linspace(0.35, 0.6, ITEMS)).astype(float)
likes[:, 0] = likes[:, 1] * (draws.random(LISTENERS) < 0.8)

inverse = np.linalg.inv(likes.T @ likes + LAMBDA * np.eye(ITEMS))
weights = -inverse / np.diag(inverse)
np.fill_diagonal(weights, 0)
print(json.dumps({
    "lambda": LAMBDA,
    "rows": [np.flatnonzero(row).tolist() for row in likes],
    "weights": np.round(weights, 9).tolist(),
}))
