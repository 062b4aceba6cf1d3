"""Two towers in torch on the CPU: the same model, batches and optimiser settings as the crate's.

    towers.py train FOLDER PARAMS INITIAL EPOCHS SEED PAIRS   (INITIAL: flat f32 file; PAIRS: most pairs, 0 all)
    towers.py judge FOLDER LISTENERS.col TRACKS.col
Prints JSON: recall@500 per held-out listener (train: per epoch, with the CPU seconds so far).
"""

import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from col import read

torch.set_num_threads(1)
MODE, FOLDER = sys.argv[1:3]


def recalls(users, items):
    with open(f"{FOLDER}/truth.json") as file:
        held = json.load(file)
    scores, found = users @ items.T, []
    for row, truth, heard in zip(scores, held["truth"], held["heard"]):
        row[heard] = -np.inf
        best = np.argpartition(-row, 500)[:500]
        found.append(len(np.intersect1d(best, truth)) / len(truth))
    return found


class Tower(torch.nn.Module):
    def __init__(self, meta, params, flat):
        super().__init__()
        self.skips, h, d = meta["skips"], params["hidden"], params["dimensions"]
        columns = meta["width"] + sum(bag["dim"] for bag in meta["bags"])
        sizes = [(columns, h), (h,), (h, d), (d,)] + [(s["width"], d) for s in self.skips]
        sizes += [(bag["tableRows"], bag["dim"]) for bag in meta["bags"]]
        tensors = []
        for size in sizes:
            n = int(np.prod(size))
            tensors.append(torch.from_numpy(flat[:n].copy().reshape(size)))
            flat = flat[n:]
        self.rest = flat
        dense = len(sizes) - len(meta["bags"])
        self.p = torch.nn.ParameterList([torch.nn.Parameter(t) for t in tensors[:dense]])
        self.tables = torch.nn.ModuleList([
            torch.nn.EmbeddingBag.from_pretrained(t, freeze=False, mode="sum", sparse=True) for t in tensors[dense:]])

    def forward(self, dense, ids):
        w1, b1, w2, b2, *skips = self.p
        x = torch.cat([dense] + [table(i) for table, i in zip(self.tables, ids)], 1)
        y = torch.addmm(b2, torch.relu(torch.addmm(b1, x, w1)), w2)
        for skip, matrix in zip(self.skips, skips):
            y = y + dense[:, skip["from"]:skip["from"] + skip["width"]] @ matrix
        return F.normalize(y, dim=1)


def train(params, initial, epochs, seed, most):
    torch.manual_seed(seed)
    tracks, track_meta = read(f"{FOLDER}/tower-tracks.col")
    examples, listener_meta = read(f"{FOLDER}/tower-examples.col")
    flat = np.fromfile(initial, np.float32)
    users = Tower(listener_meta, params, flat)
    items = Tower(track_meta, params, users.rest)
    user_rows = torch.from_numpy(examples["dense"].reshape(listener_meta["rows"], -1))
    item_rows = torch.from_numpy(tracks["dense"].reshape(track_meta["rows"], -1))
    # Every track has one artist, so a bag is one id.
    artist = torch.from_numpy(tracks["bag.artist.id"].astype(np.int64))[:, None]
    who, what = (torch.from_numpy(examples[f"pair.{k}"].astype(np.int64)) for k in ("listener", "track"))
    count = torch.from_numpy(examples["track.count"])
    share, n = (count / count.sum()).clamp(min=1e-30), len(count)
    dense = list(users.p) + list(items.p)
    rule = torch.optim.Adam(dense, lr=params["learningRate"])
    table = items.tables[0].weight
    sums = torch.zeros(len(table))
    log, batch, uniform = [], params["batch"], params["uniform"]
    sharpness, cpu, pairs = 1 / params["temperature"], 0.0, 0
    held = read(f"{FOLDER}/held-out.col")[0]["dense"] if os.path.exists(f"{FOLDER}/held-out.col") else None
    for _ in range(epochs):
        before = time.process_time()
        order = torch.randperm(len(who))[:most or None]
        for some in order.split(batch):
            l, t = who[some], what[some]
            ids = torch.cat([t, torch.randint(0, n, (uniform,))])
            distinct, place = ids.unique(return_inverse=True)
            u = users(user_rows[l], [])
            v = items(item_rows[distinct], [artist[distinct]])
            logits = (u @ v.T)[:, place] * sharpness
            own = logits[torch.arange(len(t)), torch.arange(len(t))]
            weight = torch.cat([(share[t] * len(t)).log(), torch.full((uniform,), float(np.log(uniform / n)))])
            same = l[:, None] == l[None, :]
            hit = (t[:, None] == ids[None, :])
            positives = (same.float() @ hit.float()) > 0
            negatives = (logits - weight).masked_fill(positives, -torch.inf)
            loss = (torch.logaddexp(own, negatives.logsumexp(1)) - own).mean()
            rule.zero_grad(set_to_none=True)
            table.grad = None
            loss.backward()
            rule.step()
            with torch.no_grad():
                g = table.grad.coalesce()
                rows, values = g.indices()[0], g.values()
                sums[rows] += (values ** 2).mean(1)
                table[rows] -= params["tableLearningRate"] / (sums[rows].sqrt() + 1e-10)[:, None] * values
            pairs += len(some)
        cpu += time.process_time() - before
        found = []
        if held is not None:
            with torch.no_grad():
                found = recalls(users(torch.from_numpy(held.reshape(-1, user_rows.shape[1])), []).numpy(),
                                items(item_rows, [artist]).numpy())
        log.append({"cpuSeconds": cpu, "pairs": pairs, "recall": found})
    return log


if MODE == "train":
    params, initial, epochs, seed, most = sys.argv[3:]
    result = train(json.loads(params), initial, int(epochs), int(seed), int(most))
else:
    vectors = [read(p)[0]["vector"].reshape(-1, 64) for p in sys.argv[3:5]]
    result = recalls(*vectors)
json.dump({"torch": torch.__version__, "result": result}, sys.stdout)
