"""gensim's Word2Vec on sequences of a text file, one thread: vectors to a file, figures to standard output.

    item2vec.py SEQUENCES.txt TRACKS OUT.f32 PARAMETERS.json

A line of the file is a sequence of track numbers. OUT holds TRACKS x dimensions singles, zeros for a track
that is not in the vocabulary. Seconds are CPU seconds of `train` alone, without building the vocabulary.
"""

import json
import sys
import time

import gensim
import numpy
from gensim.models import Word2Vec

path, tracks, out, text = sys.argv[1:]
p = json.loads(text)
model = Word2Vec(
    sg=1,
    hs=0,
    vector_size=p["dimensions"],
    window=p["window"],
    negative=p["negatives"],
    ns_exponent=p["exponent"],
    sample=p["subsample"],
    alpha=p["learningRate"],
    min_alpha=p["minLearningRate"],
    min_count=p["minCount"],
    epochs=p["epochs"],
    seed=p["seed"],
    workers=1,
)
model.build_vocab(corpus_file=path)
start = time.process_time()
model.train(
    corpus_file=path,
    total_examples=model.corpus_count,
    total_words=model.corpus_total_words,
    epochs=model.epochs,
)
seconds = time.process_time() - start
rows = numpy.zeros((int(tracks), p["dimensions"]), dtype=numpy.float32)
for word, index in model.wv.key_to_index.items():
    rows[int(word)] = model.wv.vectors[index]
rows.tofile(out)
json.dump({"gensim": gensim.__version__, "words": model.corpus_total_words, "seconds": seconds}, sys.stdout)
