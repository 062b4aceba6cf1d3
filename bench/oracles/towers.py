"""Writes one batch of two-tower training with the loss, the gradients and the parameters after two
optimiser steps that torch gives it: the oracle of the crate's towers.

    python3 -m venv venv && venv/bin/pip install -r bench/peers/torch.txt
    venv/bin/python bench/oracles/towers.py > crates/kernels/src/towers/torch.json
"""

import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(20260101)
torch.set_default_dtype(torch.float64)
D, H, LISTENERS, TRACKS, TEMPERATURE = 8, 12, 6, 10, 0.2
listener_shape = {"width": 18, "bags": [{"name": "artist", "tableRows": 5, "dim": 4}], "dropout": None,
                  "skips": [{"from": 0, "width": 8, "scale": 0.6}, {"from": 8, "width": 8, "scale": 0.4}]}
track_shape = {"width": 14, "bags": [{"name": "artist", "tableRows": 6, "dim": 3}],
               "dropout": {"from": 8, "width": 5, "present": 13}, "skips": [{"from": 0, "width": 8, "scale": 1.0}]}


def rounded(x):
    return x.float().double()


def rows(count, shape):
    off = [0]
    for _ in range(count):
        off.append(off[-1] + int(torch.randint(0, 4, ())))
    table = shape["bags"][0]["tableRows"]
    return {"dense": rounded(torch.randn(count, shape["width"])), "off": torch.tensor(off),
            "id": torch.randint(0, table, (off[-1],)), "weight": rounded(torch.rand(off[-1]) + 0.1)}


def parameters(shape):
    columns = shape["width"] + shape["bags"][0]["dim"]
    sizes = [(columns, H), (H,), (H, D), (D,)] + [(s["width"], D) for s in shape["skips"]]
    sizes += [(bag["tableRows"], bag["dim"]) for bag in shape["bags"]]
    return [rounded(torch.randn(size) * 0.4).requires_grad_() for size in sizes]


def encode(data, shape, p, dropped):
    w1, b1, w2, b2, *skips, table = p
    dense = data["dense"].clone()
    if dropped:
        block = shape["dropout"]
        dense[dropped, block["from"]:block["from"] + block["width"]] = 0
        dense[dropped, block["present"]] = 0
    bag = F.embedding_bag(data["id"], table, data["off"], mode="sum", per_sample_weights=data["weight"],
                          include_last_offset=True)
    y = torch.relu(torch.cat([dense, bag], 1) @ w1 + b1) @ w2 + b2
    for skip, matrix in zip(shape["skips"], skips):
        y = y + dense[:, skip["from"]:skip["from"] + skip["width"]] @ matrix
    return F.normalize(y, dim=1)


listeners, tracks = rows(LISTENERS, listener_shape), rows(TRACKS, track_shape)
listener = [0, 0, 1, 2, 3, 4, 4, 5]
track = [0, 1, 2, 0, 3, 4, 1, 5]
weight = [1.0, 0.5, 2.0, 1.0, 1.0, 0.25, 1.0, 1.5]
hard_off, hard_track, hard_weight = [0, 1, 1, 3, 3, 4, 4, 5, 5], [7, 8, 1, 6, 4], [0.5, 0.0, -1.0, 0.25, 0.0]
count = [3.0, 2.0, 1.0, 1.0, 4.0, 1.0, 0.0, 0.0, 1.0, 2.0]
uniform, dropped = [9, 2, 6, 9, 0], [2, 5]
known = {(l, t) for l, t in zip(listener, track)}


def loss_of(kind, p, q):
    u, v = encode(listeners, listener_shape, p, []), encode(tracks, track_shape, q, dropped)
    cosine = u[listener] @ v.T
    draws = track + uniform
    log_q = [torch.log(torch.tensor(count[t] / sum(count) * len(track))) for t in track]
    log_q += [torch.log(torch.tensor(len(uniform) / TRACKS))] * len(uniform)
    total = torch.zeros(())
    for i, (who, own) in enumerate(zip(listener, track)):
        shared = [(t, -c) for t, c in zip(draws, log_q) if (who, t) not in known]
        hard = [(hard_track[h], torch.tensor(hard_weight[h])) for h in range(hard_off[i], hard_off[i + 1])
                if (who, hard_track[h]) not in known]
        if kind == "softmax":
            negatives = [cosine[i, t] / TEMPERATURE + w for t, w in shared + hard]
            logits = torch.stack([cosine[i, own] / TEMPERATURE] + negatives)
            each = F.cross_entropy(logits[None], torch.tensor([0]))
        else:
            names = sorted({t for t, _ in shared}) + [t for t, _ in hard]
            each = F.relu(0.7 - cosine[i, own] + cosine[i, names]).mean()
        total = total + weight[i] * each
    return total / sum(weight)


def flat(tensors):
    return [round(float(x), 9) for t in tensors for x in t.flatten()]


cases = []
for kind, optimiser in [("softmax", "adam"), ("softmax", "adagrad"), ("triplet", "adam")]:
    torch.manual_seed(7)
    p, q = parameters(listener_shape), parameters(track_shape)
    start = flat(p + q)
    dense = p[:-1] + q[:-1]
    rule = torch.optim.Adam(dense, lr=0.01) if optimiser == "adam" else torch.optim.Adagrad(dense, lr=0.01)
    sums = [torch.zeros(len(t)) for t in (p[-1], q[-1])]
    for step in range(2):
        rule.zero_grad()
        p[-1].grad = q[-1].grad = None
        loss = loss_of(kind, p, q)
        loss.backward()
        if step == 0:
            first, gradient = float(loss), flat([t.grad for t in p + q])
        rule.step()
        with torch.no_grad():
            for table, total in zip((p[-1], q[-1]), sums):
                total += (table.grad ** 2).mean(1)
                table -= torch.where(total > 0, 0.05 / (total.sqrt() + 1e-10), 0.0)[:, None] * table.grad
    cases.append({"loss": kind, "optimiser": optimiser, "start": start, "value": first, "gradient": gradient,
                  "stepped": flat(p + q)})


def listed(data):
    return {k: flat([v]) if v.is_floating_point() else v.tolist() for k, v in data.items()}


json.dump({"library": f"torch {torch.__version__}", "listenerShape": listener_shape, "trackShape": track_shape,
           "listeners": listed(listeners), "tracks": listed(tracks), "listener": listener, "track": track,
           "weight": weight, "hardOff": hard_off, "hardTrack": hard_track, "hardWeight": hard_weight,
           "count": count, "uniform": uniform, "dropped": dropped, "cases": cases}, sys.stdout)
