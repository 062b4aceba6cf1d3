"""ListenBrainz's weekly recipe with the implicit library, one thread: lists to files, figures to standard output.

    listenbrainz.py FOLDER SEED DEPTH

FOLDER holds plays.u32 (rows of listener, track, plays), artists.u32 (the artist of each track) and
judged.u32 (listeners). For each model it writes model-I.u32: judged x DEPTH tracks, best first, nothing
heard, 2**32 - 1 where a list ends; and capped-I.u32: the same with at most 2 tracks an artist.

The recipe (listenbrainz-server, recommendations/recording/train_models.py and manage.py): implicit ALS
(Hu, Koren and Volinsky 2008), confidence 1 + 3 plays; ranks 100 and 120, lambda .1 and 10, 5 and 10
passes; the model with the least RMSE of plays on a fifth of the pairs, pairs with an unknown listener or
track dropped; then trained anew. Theirs runs in Spark, whose lambda is multiplied by a row's pairs and
whose equations are solved exactly: here lambda stands as it is and three steps of conjugate gradients are
taken, as the library does by default. So models of other ranks and lambdas, not of the recipe, follow the
eight: how far ALS could go here.
"""

import itertools
import json
import sys
import time

import implicit
import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares

ALPHA, PER_ARTIST, DEEP = 3.0, 2, 500
END = np.uint32(2**32 - 1)
folder, seed, depth = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def column(name, width=1):
    values = np.fromfile(f"{folder}/{name}.u32", dtype=np.uint32)
    return values.reshape(-1, width) if width > 1 else values


plays = column("plays", 3).astype(np.int64)
artists, judged = column("artists"), column("judged")
shape = (int(plays[:, 0].max()) + 1, len(artists))


def matrix(rows):
    return sp.csr_matrix((rows[:, 2].astype(np.float32), (rows[:, 0], rows[:, 1])), shape)


def fit(counts, rank, regularization, passes):
    model = AlternatingLeastSquares(
        factors=rank,
        regularization=regularization,
        iterations=passes,
        random_state=seed,
        num_threads=1,
    )
    confidence = counts.copy()
    confidence.data = 1 + ALPHA * confidence.data
    model.fit(confidence, show_progress=False)
    return model


def rmse(model, known, rows):
    seen = (np.diff(known.indptr)[rows[:, 0]] > 0) & (np.diff(known.tocsc().indptr)[rows[:, 1]] > 0)
    rows = rows[seen]
    predicted = np.einsum("nd,nd->n", model.user_factors[rows[:, 0]], model.item_factors[rows[:, 1]])
    return float(np.sqrt(np.mean((predicted - rows[:, 2]) ** 2)))


def spent(work):
    before = time.process_time()
    return work(), time.process_time() - before


def write(name, ranked, most):
    out = np.full((len(judged), depth), END, dtype=np.uint32)
    for row, tracks in enumerate(ranked):
        taken, of = 0, {}
        for track in tracks:
            artist = artists[track]
            if track < 0 or of.get(artist, 0) >= most:
                continue
            of[artist] = of.get(artist, 0) + 1
            out[row, taken] = track
            taken += 1
            if taken == depth:
                break
    out.tofile(f"{folder}/{name}.u32")


all_plays = matrix(plays)
fold = np.random.default_rng(seed).random(len(plays)) < 0.2
known = matrix(plays[~fold])
recipe = list(itertools.product((100, 120), (0.1, 10.0), (5, 10)))
others = list(itertools.product((16, 64, 120), (1.0, 30.0, 100.0, 300.0), (10,)))
models = []
for i, (rank, regularization, passes) in enumerate(recipe + others):
    of_recipe = i < len(recipe)
    figures = {"rank": rank, "regularization": regularization, "passes": passes, "ofRecipe": of_recipe}
    if of_recipe:
        tried, figures["choosingSeconds"] = spent(lambda: fit(known, rank, regularization, passes))
        figures["rmse"] = rmse(tried, known, plays[fold])
    model, figures["trainingSeconds"] = spent(lambda: fit(all_plays, rank, regularization, passes))
    (tracks, scores), figures["listingSeconds"] = spent(
        lambda: model.recommend(judged, all_plays[judged], N=min(DEEP, shape[1]), filter_already_liked_items=True)
    )
    tracks = np.where(scores > -1e30, tracks, -1)
    write(f"model-{i}", tracks, depth)
    write(f"capped-{i}", tracks, PER_ARTIST)
    models.append(figures)
json.dump({"implicit": implicit.__version__, "listeners": shape[0], "tracks": shape[1], "models": models}, sys.stdout)
