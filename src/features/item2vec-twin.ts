import { Rng } from '../domain/index.ts';
import type { Item2vecParams } from '../native/index.ts';

const startKey = 0x73746172;
const runKey = 0x72756e73;
/** Outputs that meet a window at a time: the centre and five negatives; then six further negatives each. */
const tile = 6;

/** The words that take part by rank: descending count, ties by track. */
interface Vocabulary {
  readonly track: readonly number[];
  readonly count: readonly number[];
}

/**
 * The crate's item2vec with one shard and no earlier rows, as it reads: sequences of track numbers below
 * `tracks` to input and output rows (row-major; zeros for tracks rarer than `minCount`). In double
 * precision between the singles it stores, so equal to the crate up to rounding.
 */
export function item2vecTwin(
  sequences: readonly (readonly number[])[],
  tracks: number,
  params: Required<Item2vecParams>,
): { readonly input: Float32Array; readonly output: Float32Array } {
  const { dimensions: d, negatives, window, epochs, seed } = params;
  const [input, output] = [new Float32Array(tracks * d), new Float32Array(tracks * d)];
  const vocabulary = vocabularyOf(sequences, params.minCount);
  for (const track of vocabulary.track) {
    const rng = new Rng(seed, startKey, track);
    for (let k = 0; k < d; k++) input[track * d + k] = (2 * rng.uniform() - 1) / d;
  }
  const rank = new Map(vocabulary.track.map((track, r) => [track, r]));
  const runs = sequences
    .map((run) => run.map((track) => rank.get(track)).filter((r) => r !== undefined))
    .filter((run) => run.length > 1);
  const words = runs.reduce((sum, run) => sum + run.length, 0);
  const keep = keepProbabilities(vocabulary.count, params.subsample);
  const negative = aliasSampler(vocabulary.count, params.exponent);
  for (let epoch = 0; epoch < epochs; epoch++) {
    let before = epoch * words;
    for (const [sequence, run] of runs.entries()) {
      const rng = new Rng(seed, runKey, epoch, sequence);
      const done = before / (words * epochs);
      const rate = params.learningRate - (params.learningRate - params.minLearningRate) * done;
      before += run.length;
      const kept = run.filter(
        (r) => (keep[r] as number) >= 1 || rng.uniform() < (keep[r] as number),
      );
      if (kept.length < 2) continue;
      const windows = kept.map((centre) => {
        const reach = 1 + Math.floor(rng.uniform() * window);
        return {
          reach,
          outputs: [centre, ...Array.from({ length: negatives }, () => negative(rng))],
        };
      });
      const track = kept.map((r) => vocabulary.track[r] as number);
      for (const [at, { reach, outputs }] of windows.entries()) {
        const contexts = track
          .slice(Math.max(0, at - reach), at + reach + 1)
          .toSpliced(Math.min(at, reach), 1);
        for (let from = 0; from < outputs.length; from += tile) {
          const part = outputs.slice(from, from + tile).map((r, n) => ({
            row: vocabulary.track[r] as number,
            label: from + n === 0 ? 1 : 0,
            rate: from + n > 0 && r === outputs[0] ? 0 : Math.fround(rate),
          }));
          step(input, output, d, contexts, part);
        }
      }
    }
  }
  return { input, output };
}

/** All pairs of a window read the rows as they were, then change them. */
function step(
  input: Float32Array,
  output: Float32Array,
  d: number,
  contexts: readonly number[],
  outputs: readonly { readonly row: number; readonly label: number; readonly rate: number }[],
): void {
  const old = outputs.map(({ row }) => output.slice(row * d, (row + 1) * d));
  const errors = contexts.map((context) =>
    outputs.map(({ label, rate }, n) => {
      let dot = 0;
      for (let k = 0; k < d; k++)
        dot += (input[context * d + k] as number) * (old[n]?.[k] as number);
      return (label - 1 / (1 + Math.exp(-dot))) * rate;
    }),
  );
  for (const [m, context] of contexts.entries())
    for (let k = 0; k < d; k++) {
      const x = input[context * d + k] as number;
      let sum = x;
      for (const [n, { row }] of outputs.entries()) {
        const error = errors[m]?.[n] as number;
        sum += error * (old[n]?.[k] as number);
        output[row * d + k] = (output[row * d + k] as number) + error * x;
      }
      input[context * d + k] = sum;
    }
}

function vocabularyOf(sequences: readonly (readonly number[])[], minCount: number): Vocabulary {
  const counts = new Map<number, number>();
  for (const track of sequences.flat()) counts.set(track, (counts.get(track) ?? 0) + 1);
  const kept = [...counts]
    .filter(([, count]) => count >= minCount)
    .toSorted(([a, m], [b, n]) => n - m || a - b);
  return { track: kept.map(([track]) => track), count: kept.map(([, count]) => count) };
}

function keepProbabilities(count: readonly number[], subsample: number): number[] {
  const limit = subsample * count.reduce((sum, c) => sum + c, 0);
  return count.map((c) => (subsample > 0 ? (Math.sqrt(c / limit) + 1) * (limit / c) : 1));
}

/** Walker's alias table as the crate fills it; a draw takes two generator words. */
function aliasSampler(count: readonly number[], exponent: number): (rng: Rng) => number {
  const raw = count.map((c) => c ** exponent);
  const total = raw.reduce((sum, s) => sum + s, 0);
  const share = raw.map((s) => s * (count.length / total));
  const own = share.map(() => 1);
  const other = share.map((_, i) => i);
  const descending = share.map((_, i) => i).toReversed();
  const small = descending.filter((i) => (share[i] as number) < 1);
  const large = descending.filter((i) => (share[i] as number) >= 1);
  while (small.length > 0 && large.length > 0) {
    const s = small.pop() as number;
    const l = large.at(-1) as number;
    own[s] = share[s] as number;
    other[s] = l;
    share[l] = (share[l] as number) - (1 - (share[s] as number));
    if (share[l] < 1) small.push(large.pop() as number);
  }
  return (rng) => {
    const slot = Math.floor(rng.uniform() * count.length);
    return rng.uniform() < (own[slot] as number) ? slot : (other[slot] as number);
  };
}
