# CPU seconds of LightGBM's batch prediction, tl2cgen and lleaves on one model and one set of rows.
#   python trees.py MODEL ROWS COLUMNS ROWS_PER_CALL REPEATS
import ctypes
import json
import os
import sys
import tempfile
import time

import lightgbm
import lleaves
import numpy as np
import tl2cgen
import treelite

path, rows_path, columns, per_call, repeats = sys.argv[1:3] + [int(x) for x in sys.argv[3:]]
rows = np.fromfile(rows_path, dtype=np.float32).reshape(-1, columns)
# The compilers write on stdout; only the answer may.
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
calls = [rows[i : i + per_call] for i in range(0, len(rows), per_call)]


def median_seconds(run):
    """Median CPU time of a pass over all rows, in calls of `per_call` rows, after one pass unmeasured."""
    run()
    times = []
    for _ in range(repeats):
        before = time.process_time()
        run()
        times.append(time.process_time() - before)
    return sorted(times)[len(times) // 2]


def best(candidates):
    return min(candidates, key=lambda entry: entry["seconds"])


def by_lightgbm(kind, dtype):
    """The library's own function without its Python wrapping: raw score, one thread."""
    library = lightgbm.basic._LIB
    handle = ctypes.c_void_p()
    rounds = ctypes.c_int()
    with open(path, "rb") as file:
        library.LGBM_BoosterLoadModelFromString(file.read(), ctypes.byref(rounds), ctypes.byref(handle))
    blocks = [np.ascontiguousarray(block, dtype=dtype) for block in calls]
    out = np.empty(len(rows))
    length = ctypes.c_int64()

    def run():
        at = 0
        for block in blocks:
            library.LGBM_BoosterPredictForMat(
                handle, block.ctypes.data_as(ctypes.c_void_p), kind, len(block), columns, 1, 1, 0, -1,
                b"num_threads=1", ctypes.byref(length), out[at:].ctypes.data_as(ctypes.c_void_p),
            )
            at += len(block)

    return {"option": dtype.__name__, "seconds": median_seconds(run), "raw": out.copy()}


def by_tl2cgen(folder, quantize):
    model = treelite.frontend.load_lightgbm_model(path)
    library = os.path.join(folder, f"trees{quantize}.so")
    tl2cgen.export_lib(
        model, toolchain="gcc", libpath=library, options=["-O3"],
        params={"quantize": quantize, "parallel_comp": 4}, nthread=2,
    )
    predictor = tl2cgen.Predictor(library, nthread=1)
    blocks = [tl2cgen.DMatrix(block.astype(np.float64)) for block in calls]
    raw = np.concatenate([predictor.predict(block, pred_margin=True).ravel() for block in blocks])

    def run():
        for block in blocks:
            predictor.predict(block, pred_margin=True)

    return {"option": "quantize" if quantize else "plain", "seconds": median_seconds(run), "raw": raw}


def by_lleaves(folder, block):
    described = os.path.join(folder, "described.txt")
    with open(path) as source, open(described, "w") as target:
        target.write(source.read() + "\npandas_categorical:null\n")
    model = lleaves.Model(model_file=described)
    model.compile(raw_score=True, fblocksize=block)
    blocks = [np.ascontiguousarray(b, dtype=np.float64) for b in calls]
    raw = np.concatenate([model.predict(b, n_jobs=1).ravel() for b in blocks])

    def run():
        for b in blocks:
            model.predict(b, n_jobs=1)

    return {"option": f"fblocksize {block}", "seconds": median_seconds(run), "raw": raw}


with tempfile.TemporaryDirectory() as folder:
    found = {
        "lightgbm": best([by_lightgbm(0, np.float32), by_lightgbm(1, np.float64)]),
        "tl2cgen": best([by_tl2cgen(folder, quantize) for quantize in (0, 1)]),
        "lleaves": best([by_lleaves(folder, block) for block in (34, 100)]),
    }
expected = found["lightgbm"]["raw"]
print(
    json.dumps(
        {
            name: {
                "option": entry["option"],
                "seconds": entry["seconds"],
                "difference": float(np.abs(entry["raw"] - expected).max()),
            }
            for name, entry in found.items()
        }
    ),
    file=answer,
)
