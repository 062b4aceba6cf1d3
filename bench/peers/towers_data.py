"""Writes `tower-tracks.col`, `tower-examples.col`, `held-out.col` and `truth.json` to a folder:
real (30Music sessions, windows 0-3 to learn, 4 held out) or synthetic.

    towers_data.py real DATA OUT | towers_data.py synthetic PAIRS TRACKS OUT
"""

import csv
import json
import sys
from collections import defaultdict

import numpy as np
from col import write
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import svds

D, HALF_LIFE, RECENT = 64, 3 * 86400, 50


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12)


def track_file(out, vectors, numbers, artist, artists):
    n = len(vectors)
    dense = np.concatenate([vectors, numbers], 1).astype(np.float32)
    write(f"{out}/tower-tracks.col", {
        "dense": dense.ravel(), "bag.artist.off": np.arange(n + 1, dtype=np.uint32),
        "bag.artist.id": artist.astype(np.uint32), "bag.artist.weight": np.ones(n, np.float32),
    }, {"rows": n, "width": dense.shape[1], "dropout": None, "skips": [{"from": 0, "width": D, "scale": 1}],
        "bags": [{"name": "artist", "tableRows": artists, "dim": D}]})


def listener_columns(dense):
    return {"dense": np.asarray(dense, np.float32).ravel()}, {
        "rows": len(dense), "width": 2 * D + 2, "bags": [], "dropout": None,
        "skips": [{"from": 0, "width": D, "scale": 0.6}, {"from": D, "width": D, "scale": 0.4}]}


def examples_file(out, dense, pairs, count):
    columns, meta = listener_columns(dense)
    pairs = np.asarray(pairs, np.uint32)
    write(f"{out}/tower-examples.col", columns | {
        "pair.listener": pairs[:, 0], "pair.track": pairs[:, 1],
        "pair.weight": np.ones(len(pairs), np.float32), "hard.off": np.zeros(len(pairs) + 1, np.uint32),
        "hard.track": np.zeros(0, np.uint32), "hard.weight": np.zeros(0, np.float32),
        "track.count": count.astype(np.float32)}, meta)


def synthetic(pairs, tracks, out):
    rng = np.random.default_rng(1)
    vectors = unit(rng.normal(size=(tracks, D)))
    listeners = pairs // 4
    first = rng.integers(0, tracks, listeners)
    base = vectors[first]
    dense = np.concatenate([unit(base + rng.normal(size=base.shape) * 0.1), base, rng.normal(size=(listeners, 2))], 1)
    popular = rng.zipf(1.3, pairs) % tracks
    chosen = np.stack([np.repeat(np.arange(listeners), 4), popular[:listeners * 4]], 1)
    track_file(out, vectors, rng.normal(size=(tracks, 2)), rng.integers(0, tracks // 5, tracks), tracks // 5)
    examples_file(out, dense, chosen, np.bincount(chosen[:, 1], minlength=tracks))


def real(data, out):
    sessions = defaultdict(list)
    for window in range(5):
        with open(f"{data}/30music_sessions/30music-200ks_test.{window}.txt") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                key = (window, row["UserId"], row["SessionId"])
                sessions[key].append((int(row["Time"]), row["ItemId"], row["ArtistId"]))
    artist_of = {item: artist for plays in sessions.values() for _, item, artist in plays}
    items = sorted(artist_of)
    track = {item: i for i, item in enumerate(items)}
    names = sorted(set(artist_of.values()))
    artist_id = {name: i for i, name in enumerate(names)}
    artist = np.array([artist_id[artist_of[item]] for item in items])
    learn = [[track[i] for _, i, _ in sorted(p)] for (w, _, _), p in sessions.items() if w < 4]
    rows, columns = [], []
    for plays in learn:
        for a, one in enumerate(plays):
            for other in plays[a + 1:a + 6]:
                if one != other:
                    rows += [one, other]
                    columns += [other, one]
    n = len(items)
    together = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n)).tocsr().tocoo()
    total, margin = together.data.sum(), np.asarray(together.tocsr().sum(1)).ravel()
    pmi = np.log(together.data * total / (margin[together.row] * margin[together.col])) - np.log(2)
    keep = pmi > 0
    left, values, _ = svds(coo_matrix((pmi[keep], (together.row[keep], together.col[keep])), shape=(n, n)).tocsr(),
                           k=D, v0=np.ones(n), maxiter=200)
    left *= np.sign(left.sum(0))
    vectors = unit(left * np.sqrt(values))
    count = np.bincount([t for plays in learn for t in plays], minlength=n)
    numbers = np.stack([np.log1p(count) / 5, (count > 0) * 1.0], 1)

    def listener(history, now):
        recent = history[-RECENT:]
        age = np.array([now - ts for ts, _ in recent])
        near = np.array([vectors[t] for _, t in recent]) * np.exp2(-age / HALF_LIFE)[:, None]
        everything = np.array([vectors[t] for _, t in history]).sum(0)
        return np.concatenate([unit(near.sum(0)), unit(everything), [np.log1p(len(history)) / 5, np.log1p(age[-1] / 3600) / 5]])

    by_listener = defaultdict(list)
    for (window, who, _), plays in sessions.items():
        by_listener[who].append((min(plays)[0], window, sorted(plays)))
    dense, pairs, held, truth, heard = [], [], [], [], []
    for who in sorted(by_listener):
        history, known, wanted, start = [], set(), set(), None
        for begin, window, plays in sorted(by_listener[who]):
            new = list(dict.fromkeys(track[i] for _, i, _ in plays if track[i] not in known))
            if window == 4 and start is None and history:
                start = listener(history, begin)
            if window < 4:
                # A session's own start is too little to go by, so its first tracks stand for a history.
                if history and new:
                    dense.append(listener(history, begin))
                    pairs += [(len(dense) - 1, t) for t in new]
                elif len(plays) >= 6:
                    seen = [(ts, track[i]) for ts, i, _ in plays[:3]]
                    rest = [t for t in new if t not in {t for _, t in seen}]
                    if rest:
                        dense.append(listener(seen, plays[3][0]))
                        pairs += [(len(dense) - 1, t) for t in rest]
                history += [(ts, track[i]) for ts, i, _ in plays]
                known |= {t for _, t in history}
            elif start is not None:
                wanted |= {t for t in new if count[t] > 0}
        if start is not None and wanted:
            held.append(start)
            truth.append(sorted(wanted))
            heard.append(sorted(known))
    positives = np.bincount([t for _, t in pairs], minlength=n)
    track_file(out, vectors, numbers, artist, len(names))
    examples_file(out, dense, pairs, positives)
    write(f"{out}/held-out.col", *listener_columns(held))
    with open(f"{out}/truth.json", "w") as file:
        json.dump({"truth": truth, "heard": heard}, file)


if sys.argv[1] == "real":
    real(*sys.argv[2:])
else:
    synthetic(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
