/** One tower's parameters, row-major with one row per input; `skips` and `tables` in the input's order. */
export interface TwinTower {
  readonly w1: readonly number[];
  readonly b1: readonly number[];
  readonly w2: readonly number[];
  readonly b2: readonly number[];
  readonly skips: readonly { readonly from: number; readonly matrix: readonly number[] }[];
  readonly tables: readonly { readonly dim: number; readonly values: readonly number[] }[];
}

/** What a tower reads of one listener or track: dense columns, and per bag its ids and weights. */
export interface TwinInput {
  readonly dense: readonly number[];
  readonly bags: readonly (readonly { readonly id: number; readonly weight: number }[])[];
}

/** A pair of a batch; `hard` are its own negatives. */
export interface TwinPair {
  readonly listener: number;
  readonly track: number;
  readonly weight: number;
  readonly hard: readonly { readonly track: number; readonly logWeight: number }[];
}

export interface TwinBatch {
  readonly pairs: readonly TwinPair[];
  /** Draws of tracks, repeats included. */
  readonly uniform: readonly number[];
  /** Training frequency of every track. */
  readonly count: readonly number[];
}

const at = (values: readonly number[], i: number): number => values[i] as number;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** x (one row) times a row-major matrix. */
function times(x: readonly number[], matrix: readonly number[]): number[] {
  const columns = matrix.length / x.length;
  return Array.from({ length: columns }, (_, j) =>
    sum(x.map((value, i) => value * at(matrix, i * columns + j))),
  );
}

/**
 * The unit vector of one input: [dense | bags] -> linear -> ReLU -> linear, plus the skips. An output
 * of zero stays zero.
 */
export function encodeTwin(tower: TwinTower, input: TwinInput): readonly number[] {
  const x = [...input.dense];
  for (const [b, { dim, values }] of tower.tables.entries())
    for (let j = 0; j < dim; j++)
      x.push(sum((input.bags[b] ?? []).map(({ id, weight }) => weight * at(values, id * dim + j))));
  const hidden = times(x, tower.w1).map((value, j) => Math.max(0, value + at(tower.b1, j)));
  const y = times(hidden, tower.w2).map((value, j) => value + at(tower.b2, j));
  for (const { from, matrix } of tower.skips) {
    const width = matrix.length / y.length;
    for (const [j, value] of times(x.slice(from, from + width), matrix).entries())
      y[j] = at(y, j) + value;
  }
  const norm = Math.hypot(...y);
  return norm === 0 ? y : y.map((value) => value / norm);
}

/**
 * Loss of one batch, the weighted mean over its pairs; `cosine(listener, track)` of the encoded rows.
 * Softmax: each in-batch positive and each uniform draw is a negative, divided by its expected count
 * in the batch; other positives of the same listener are left out and the positive is not corrected
 * (Yi et al. 2019, Yang et al. 2020). Triplet: the mean or the largest hinge over distinct negatives.
 */
export function towersLoss(
  options:
    | { readonly loss: 'softmax'; readonly temperature: number }
    | {
        readonly loss: 'triplet';
        readonly margin: number;
        readonly tripletNegatives: 'hardest' | 'all';
      },
  batch: TwinBatch,
  cosine: (listener: number, track: number) => number,
): number {
  const { pairs, uniform, count } = batch;
  const total = sum(count);
  const losses = pairs.map((pair) => {
    const known = new Set(
      pairs.filter(({ listener }) => listener === pair.listener).map(({ track }) => track),
    );
    const hard = pair.hard.filter(({ track }) => !known.has(track));
    const listed = pairs.map(({ track }) => ({
      track,
      expected: (at(count, track) / total) * pairs.length,
    }));
    const drawn = uniform.map((track) => ({ track, expected: uniform.length / count.length }));
    const shared = [...listed, ...drawn].filter(({ track }) => !known.has(track));
    const positive = cosine(pair.listener, pair.track);
    if (options.loss === 'softmax') {
      const e = (track: number): number =>
        Math.exp(cosine(pair.listener, track) / options.temperature);
      const negatives =
        sum(shared.map(({ track, expected }) => e(track) / expected)) +
        sum(hard.map(({ track, logWeight }) => e(track) * Math.exp(logWeight)));
      return -Math.log(e(pair.track) / (e(pair.track) + negatives));
    }
    const distinct = [...new Set(shared.map(({ track }) => track))];
    const hinges = [...distinct, ...hard.map(({ track }) => track)].map((track) =>
      Math.max(0, options.margin - positive + cosine(pair.listener, track)),
    );
    if (options.tripletNegatives === 'hardest') return Math.max(0, ...hinges);
    return sum(hinges) / Math.max(1, hinges.length);
  });
  const weights = pairs.map(({ weight }) => weight);
  return sum(losses.map((loss, i) => loss * at(weights, i))) / sum(weights);
}
