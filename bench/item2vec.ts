// The crate's item2vec against gensim's Word2Vec: same sequences, same settings, one thread each, one run.
//   node bench/item2vec.ts [SEEDS]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapMean } from '../src/domain/index.ts';
import { item2vecVectors, setThreads } from '../src/native/index.ts';
import { type Corpus, synthetic, thirtyMusic } from './item2vec/corpora.ts';
import { nextSessionHits } from './item2vec/next-session.ts';
import { runPeer } from './peers/environment.ts';

const cuts = [20, 100] as const;
const common = {
  dimensions: 64,
  window: 5,
  negatives: 5,
  learningRate: 0.025,
  minLearningRate: 0.0001,
  subsample: 0,
  minCount: 1,
};
type Settings = typeof common & { readonly epochs: number; readonly exponent: number };

/** The product's own settings (`defaultItem2vec`). */
const thirtySettings: Settings = { ...common, epochs: 20, exponent: -0.5 };
const syntheticSettings: Settings = { ...common, epochs: 2, exponent: -0.5 };

interface Run {
  readonly hits: readonly Float64Array[];
  readonly wordsPerSecond: number;
}

const folder = mkdtempSync(join(tmpdir(), 'deepcuts-item2vec-'));
let gensim = '';

function ours(corpus: Corpus, settings: Settings, seed: number): Run {
  const offsets = new Uint32Array(corpus.sequences.length + 1);
  for (const [i, sequence] of corpus.sequences.entries())
    offsets[i + 1] = (offsets[i] as number) + sequence.length;
  const tracks = Uint32Array.from(corpus.sequences.flat());
  const before = process.cpuUsage();
  const { input } = item2vecVectors(offsets, tracks, corpus.tracks, { ...settings, seed });
  const { user, system } = process.cpuUsage(before);
  return {
    hits: nextSessionHits(corpus, input, settings.dimensions, cuts),
    wordsPerSecond: (tracks.length * settings.epochs * 1e6) / (user + system),
  };
}

function theirs(corpus: Corpus, settings: Settings, seed: number): Run {
  const [text, out] = [join(folder, 'sequences.txt'), join(folder, 'rows.f32')];
  writeFileSync(text, `${corpus.sequences.map((sequence) => sequence.join(' ')).join('\n')}\n`);
  const found = runPeer('core', 'item2vec.py', [
    text,
    String(corpus.tracks),
    out,
    JSON.stringify({ ...settings, seed }),
  ]) as { readonly gensim: string; readonly words: number; readonly seconds: number };
  gensim = found.gensim;
  const bytes = readFileSync(out);
  const rows = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return {
    hits: nextSessionHits(corpus, rows, settings.dimensions, cuts),
    wordsPerSecond: (found.words * settings.epochs) / found.seconds,
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means per user over runs, NaN where a user was not judged in any. */
function perUser(runs: readonly Run[], cut: number): Float64Array {
  const users = runs[0]?.hits[cut]?.length ?? 0;
  return Float64Array.from({ length: users }, (_, u) =>
    mean(runs.map((run) => run.hits[cut]?.[u] ?? Number.NaN)),
  );
}

function compare(corpus: Corpus, settings: Settings, seeds: number): string[] {
  const [a, b]: [Run[], Run[]] = [[], []];
  for (let seed = 1; seed <= seeds; seed++) {
    a.push(ours(corpus, settings, seed));
    b.push(theirs(corpus, settings, seed));
  }
  const [speed, other] = [a, b].map((runs) => mean(runs.map((run) => run.wordsPerSecond))) as [
    number,
    number,
  ];
  const words = corpus.sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  return cuts.map((k, cut) => {
    const [own, peer] = [perUser(a, cut), perUser(b, cut)];
    const names = Array.from(own, (_, user) => String(user));
    const gap = bootstrapMean(
      own.map((value, user) => value - (peer[user] as number)),
      names,
    );
    const at = (hits: Float64Array): string => bootstrapMean(hits, names).mean.toFixed(4);
    return `| ${corpus.name}, ${words} words | ${k} | ${at(own)} | ${at(peer)} | ${gap.mean.toFixed(4)} [${gap.low.toFixed(4)}, ${gap.high.toFixed(4)}] | ${gap.n} | ${(speed / 1e6).toFixed(2)} | ${(other / 1e6).toFixed(3)} | ${(speed / other).toFixed(1)} |\n`;
  });
}

setThreads(1);
const seeds = Number(process.argv[2] ?? 5);
const rows: string[] = [];
const real = thirtyMusic(new URL('../../shared/data/30music_sessions', import.meta.url).pathname);
if (real === undefined) process.stderr.write('bench: 30Music is absent, its rows are skipped\n');
else rows.push(...compare(real, thirtySettings, seeds));
const made = synthetic({ words: 2_000_000, tracks: 50_000, genres: 200, seed: 1 });
rows.push(...compare(made, syntheticSettings, 1));
rmSync(folder, { recursive: true });
process.stdout.write(
  `${cpus()[0]?.model}, Node ${process.version}, gensim ${gensim}; ${seeds} seeds (synthetic 1); 1 thread each, CPU time, words of the corpus x epochs; command: node bench/item2vec.ts ${seeds}\n\n`,
);
process.stdout.write(
  '| corpus | k | hit@k, crate | hit@k, gensim | difference [95 %] | users | crate, M words/s | gensim, M words/s | ratio |\n|---|---|---|---|---|---|---|---|---|\n',
);
process.stdout.write(rows.join(''));
