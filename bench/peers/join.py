"""Data for bench/join.ts, and FAISS on it.

    join.py make real|clustered:N:Q FOLDER [SESSIONS]   items.f32, queries.f32, truth.u32
    join.py run FOLDER LISTS PROBES                     FAISS by method and probe, one thread

All rows are unit vectors of 64 dimensions; the truth is the exact top 500 of the first 500 queries.
"""

import glob
import json
import os
import sys
import time

import faiss
import numpy as np

D, K, JUDGED = 64, 500, 500
SEED = 7


def unit(x):
    return (x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def clustered(n, queries):
    """A tree: 64 genres, 40 scenes in each, 25 artists in each scene; a track is its artist's
    direction with noise, and so is a query. Noise per level: 1, .8, .6, .5 of unit Gaussians; sizes
    of artists by Zipf."""
    rng = np.random.default_rng(SEED)
    genre = rng.standard_normal((64, D))
    scene = np.repeat(genre, 40, 0) + 0.8 * rng.standard_normal((64 * 40, D))
    artist = np.repeat(scene, 25, 0) + 0.6 * rng.standard_normal((64 * 40 * 25, D))
    weight = 1 / (rng.permutation(len(artist)) + 50.0)
    weight /= weight.sum()

    def draw(count, noise):
        out = np.empty((count, D), np.float32)
        for at in range(0, count, 100_000):
            size = min(100_000, count - at)
            of = rng.choice(len(artist), size, p=weight)
            out[at : at + size] = unit(artist[of] + noise * rng.standard_normal((size, D)))
        return out

    return draw(n, 0.5), draw(queries, 0.7)


def real(folder):
    """item2vec-like: truncated SVD of the positive PMI of tracks within 5 places of a session (Levy &
    Goldberg 2014), from 30music sessions; a listener is the mean of its last 50 plays by recency."""
    import scipy.sparse as sp
    from scipy.sparse.linalg import svds

    plays = []
    for name in sorted(glob.glob(os.path.join(folder, "30music-200ks_test.*.txt"))):
        with open(name) as lines:
            next(lines)
            plays += [tuple(map(int, line.split()[:4])) for line in lines]
    plays.sort(key=lambda p: (p[0], p[3]))
    tracks = {t: i for i, t in enumerate(sorted({p[2] for p in plays}))}
    rows, cols = [], []
    for i, (user, session, track, _) in enumerate(plays):
        for other in plays[i + 1 : i + 6]:
            if other[:2] != (user, session):
                break
            if other[2] != track:
                rows += [tracks[track], tracks[other[2]]]
                cols += [tracks[other[2]], tracks[track]]
    n = len(tracks)
    pairs = sp.csr_matrix((np.ones(len(rows)), (rows, cols)), (n, n))
    pairs.sum_duplicates()
    sums = np.asarray(pairs.sum(1)).ravel()
    coo = pairs.tocoo()
    pmi = np.log(coo.data * sums.sum() ** 0.5 / (sums[coo.row] * sums[coo.col] ** 0.5))
    keep = pmi > 0
    ppmi = sp.csr_matrix((pmi[keep], (coo.row[keep], coo.col[keep])), (n, n))
    u, s, _ = svds(ppmi, D, random_state=SEED)
    items = unit(u * np.sqrt(s))
    listeners = {}
    for user, _, track, _ in plays:
        listeners.setdefault(user, []).append(tracks[track])
    weights = 0.95 ** np.arange(50)
    queries = []
    for _, heard in sorted(listeners.items()):
        last = heard[::-1][:50]
        queries.append(weights[: len(last)] @ items[last])
    queries = unit(np.array(queries))
    queries = queries[np.linalg.norm(queries, axis=1) > 0.5]
    return items, queries[np.random.default_rng(SEED).permutation(len(queries))]


def make(what, folder, sessions):
    done = os.path.join(folder, "shape.json")
    if not os.path.exists(done):
        os.makedirs(folder, exist_ok=True)
        if what == "real":
            items, queries = real(sessions)
        else:
            items, queries = clustered(*map(int, what.split(":")[1:]))
        _, truth = faiss.knn(queries[:JUDGED], items, K, metric=faiss.METRIC_INNER_PRODUCT)
        items.tofile(os.path.join(folder, "items.f32"))
        queries.tofile(os.path.join(folder, "queries.f32"))
        truth.astype(np.uint32).tofile(os.path.join(folder, "truth.u32"))
        shape = {"items": len(items), "queries": len(queries), "judged": len(truth)}
        with open(done, "w") as out:
            json.dump(shape, out)
    with open(done) as text:
        return json.load(text)


def cpu(work):
    before = time.process_time()
    out = work()
    return out, (time.process_time() - before)


def recall(truth, found):
    hits = [len(np.intersect1d(t, f)) for t, f in zip(truth, found)]
    return float(np.sum(hits)) / truth.size


def methods(lists):
    """Name, index, modes and setting of each rival: one by one, all at once, or both."""
    ip = faiss.METRIC_INNER_PRODUCT
    fast = faiss.index_factory(D, f"IVF{lists},PQ32x4fs,Refine(SQ8)", ip)
    fast.k_factor = 2
    sq8 = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(D), D, lists, faiss.ScalarQuantizer.QT_8bit, ip
    )
    flat = faiss.IndexIVFFlat(faiss.IndexFlatIP(D), D, lists, ip)
    return [
        ("IVF-SQ8", sq8, sq8, ("query by query", "batch")),
        ("IVF-Flat", flat, flat, ("batch",)),
        ("IVF-PQ32 fast scan, refined", fast, faiss.extract_index_ivf(fast.base_index), ("batch",)),
    ]


def run(folder, lists, probes):
    faiss.omp_set_num_threads(1)
    items = np.fromfile(os.path.join(folder, "items.f32"), np.float32).reshape(-1, D)
    queries = np.fromfile(os.path.join(folder, "queries.f32"), np.float32).reshape(-1, D)
    truth = np.fromfile(os.path.join(folder, "truth.u32"), np.uint32).reshape(-1, K)
    batch = queries[: min(len(queries), 2000)]
    one = queries[:200]
    out = []
    for name, index, lists_of, modes in methods(lists):
        lists_of.cp.max_points_per_centroid = 128
        index.train(items[: 128 * lists] if len(items) > 128 * lists else items)
        index.add(items)
        for probe in probes:
            lists_of.nprobe = probe
            (_, found), seconds = cpu(lambda: index.search(batch, K))
            scores = [recall(truth[:, :k], found[: len(truth), :k]) for k in (K, 100)]
            if "batch" in modes:
                out.append([name, "batch", probe, *scores, 1e6 * seconds / len(batch)])
            if "query by query" in modes:
                _, seconds = cpu(lambda: [index.search(one[i : i + 1], K) for i in range(len(one))])
                out.append([name, "query by query", probe, *scores, 1e6 * seconds / len(one)])
    return {"version": faiss.__version__, "rows": out, "queries": len(batch)}


if __name__ == "__main__":
    if sys.argv[1] == "make":
        answer = make(sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else "")
    else:
        answer = run(sys.argv[2], int(sys.argv[3]), [int(p) for p in sys.argv[4].split(",")])
    print(json.dumps(answer))
