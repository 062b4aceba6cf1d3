"""Writes small lists with values by scipy and numpy: the oracle of the metrics beyond accuracy.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 numpy==2.4.6 ir-measures==0.4.3
    venv/bin/python bench/oracles/beyond_accuracy.py > src/domain/metrics/beyond-accuracy.json
"""

import json
import sys

import ir_measures
import numpy as np
import scipy
from scipy.spatial.distance import pdist
from scipy.stats import entropy, rankdata

rng = np.random.default_rng(20260101)
TRACKS, GENRES, DIMENSIONS, LISTENERS, K = 40, 6, 4, 500, 10


def gini(exposures):
    """Mean absolute difference over twice the mean."""
    x = np.asarray(exposures, dtype=float)
    return np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())


def shares(tracks, genres):
    rows = np.array([genres[t] / max(1, genres[t].sum()) for t in tracks])
    return rows.sum(0) / max(1, (rows.sum(1) > 0).sum())


def new_artist_ndcg(ranked, truth):
    if not truth:
        return None
    qrels = [ir_measures.Qrel("0", str(t), 1) for t in truth]
    run = [ir_measures.ScoredDoc("0", str(t), float(len(ranked) - i)) for i, t in enumerate(ranked)]
    return ir_measures.calc_aggregate([ir_measures.nDCG @ K], qrels, run)[ir_measures.nDCG @ K]


cases = []
for _ in range(12):
    genres = (rng.random((TRACKS, GENRES)) < 0.3).astype(int)
    genres[:, 0] |= genres.sum(1) == 0
    vectors = rng.normal(size=(TRACKS, DIMENSIONS)).round(4)
    artist = rng.integers(0, 12, TRACKS)
    known = set(rng.integers(0, 12, 5).tolist())
    listeners = rng.integers(0, 30, TRACKS)
    ranked = rng.permutation(TRACKS)[:K]
    truth = rng.permutation(TRACKS)[:9]
    saved = set(truth[:4].tolist())
    exposures = rng.poisson(2, 15)
    history = rng.permutation(TRACKS)[:8]
    p, q = shares(history, genres), shares(ranked, genres)
    played = np.flatnonzero(listeners)
    percentile = np.zeros(TRACKS)
    percentile[played] = rankdata(listeners[played]) / len(played)
    hits = [t for t in ranked.tolist() if t in set(truth.tolist())]
    cases.append(
        {
            "list": ranked.tolist(),
            "history": history.tolist(),
            "truth": sorted(truth.tolist()),
            "saved": sorted(saved),
            "genres": [np.flatnonzero(row).tolist() for row in genres],
            "vectors": vectors.ravel().tolist(),
            "artist": artist.tolist(),
            "known": sorted(known),
            "listeners": listeners.tolist(),
            "exposures": exposures.tolist(),
            "novelty": float(-np.log2(np.maximum(1, listeners[ranked]) / LISTENERS).mean()),
            "percentile": float(percentile[ranked].mean()),
            "genreDistance": float(pdist(genres[ranked].astype(bool), "jaccard").mean()),
            "vectorDistance": float(pdist(vectors[ranked], "cosine").mean()),
            "kl": float(entropy(p, 0.99 * q + 0.01 * p)),
            "coverage": len(set(ranked.tolist())) / TRACKS,
            "gini": float(gini(exposures)),
            "newArtistShare": float(np.mean([artist[t] not in known for t in ranked])),
            "newArtistNdcg": new_artist_ndcg(ranked.tolist(), [t for t in truth.tolist() if artist[t] not in known]),
            "savedShare": None if not hits else len([t for t in hits if t in saved]) / len(hits),
        }
    )
about = {"library": f"scipy {scipy.__version__}", "listeners": LISTENERS, "k": K, "dimensions": DIMENSIONS, "genres": GENRES}
json.dump({**about, "cases": cases}, sys.stdout)
