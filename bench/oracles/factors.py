"""Writes a small binary matrix with the factors that the library `implicit` gives it, solved exactly and
started from written factors: the oracle of the crate's implicit ALS.

    python3 -m venv venv && venv/bin/pip install implicit==0.7.3 numpy==2.4.6 scipy==1.17.1
    venv/bin/python bench/oracles/factors.py > crates/kernels/src/factors/factors.json
"""

import json

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

LISTENERS, ITEMS, DIMENSIONS, ALPHA, REGULARIZATION, EPOCHS = 24, 14, 4, 9.0, 0.5, 5
draws = np.random.default_rng(20260101)
likes = draws.random((LISTENERS, ITEMS)) < 0.3
likes[:, : ITEMS // 2] |= (np.arange(LISTENERS) % 2 == 0)[:, None] & (draws.random((LISTENERS, ITEMS // 2)) < 0.5)
start = np.round((draws.random((ITEMS, DIMENSIONS)) - 0.5) / DIMENSIONS, 6).astype(np.float32)

model = AlternatingLeastSquares(
    factors=DIMENSIONS, regularization=REGULARIZATION, alpha=1.0, iterations=EPOCHS, use_cg=False,
    use_native=True, dtype=np.float64, num_threads=1)
model.item_factors = start.astype(np.float64)
model.user_factors = np.zeros((LISTENERS, DIMENSIONS))
# The library's confidence is 1 for what was not played and the value itself for what was.
model.fit(csr_matrix(likes * (1 + ALPHA)), show_progress=False)
folded = model.recalculate_user(0, csr_matrix(likes[:1] * (1 + ALPHA)))
print(json.dumps({
    "alpha": ALPHA, "regularization": REGULARIZATION, "epochs": EPOCHS,
    "rows": [np.flatnonzero(row).tolist() for row in likes],
    "start": start.astype(float).round(6).tolist(),
    "items": np.round(model.item_factors, 7).tolist(),
    "folded": np.round(folded, 7).reshape(1, -1).tolist(),
}))
