"""Writes judged lists with the values that ir-measures gives them: the oracle of domain/metrics.

    python3 -m venv venv && venv/bin/pip install ir-measures==0.4.3
    venv/bin/python bench/oracles/metrics.py > src/domain/metrics/ir-measures.json
"""

import json
import random
import sys

import ir_measures
from ir_measures import P, R, RR, Success, nDCG

measures = {"ndcg": nDCG @ 30, "precision": P @ 30, "recall": R @ 30, "reciprocalRank": RR @ 30, "hitRate": Success @ 30}
random.seed(20260101)
cases, qrels, run = [], [], []
for q in range(60):
    size = random.choice([1, 2, 5, 29, 30, 45])
    length = random.choice([1, 10, 30, 50])
    universe = random.choice([60, 200])
    truth = random.sample(range(universe), size)
    ranked = random.sample(range(universe), length)
    cases.append({"list": ranked, "truth": sorted(truth)})
    qrels += [ir_measures.Qrel(str(q), str(t), 1) for t in truth]
    run += [ir_measures.ScoredDoc(str(q), str(t), float(length - i)) for i, t in enumerate(ranked)]
names = {str(measure): name for name, measure in measures.items()}
for value in ir_measures.iter_calc(list(measures.values()), qrels, run):
    cases[int(value.query_id)][names[str(value.measure)]] = value.value
json.dump({"library": f"ir-measures {ir_measures.__version__}", "cases": cases}, sys.stdout)
