import { Rng } from '../rng.ts';

/** A mean with its 95 % percentile bootstrap interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Values that were numbers. */
  readonly n: number;
}

/**
 * Mean and interval of values that come in clusters (a listener judged in several windows): clusters
 * are drawn with replacement. NaN values are left out of sums and counts; their clusters are drawn all
 * the same. Differences of two methods are paired by handing in their differences.
 */
export function bootstrapMean(
  values: ArrayLike<number>,
  cluster: readonly string[],
  draws = 2000,
  seed = 1,
): Interval {
  const index = new Map<string, number>();
  const at = cluster.map((key) => {
    const known = index.get(key) ?? index.size;
    index.set(key, known);
    return known;
  });
  const sums = new Float64Array(index.size);
  const counts = new Float64Array(index.size);
  let total = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const c = at[i] as number;
    sums[c] = (sums[c] as number) + value;
    counts[c] = (counts[c] as number) + 1;
    total += value;
    n++;
  }
  if (n === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN, n };
  const means = new Float64Array(draws);
  let kept = 0;
  for (const drawn of resamples(index.size, draws, seed)) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < drawn.length; i++) {
      const c = drawn[i] as number;
      sum += sums[c] as number;
      count += counts[c] as number;
    }
    if (count > 0) means[kept++] = sum / count;
  }
  const sorted = means.subarray(0, kept).toSorted();
  return { mean: total / n, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), n };
}

const mostKept = 8_000_000;
let lastKey = '';
let lastDraws: Uint32Array[] = [];

/** The resamples of (clusters, draws, seed); the last ones are kept, since tables ask for the same. */
function resamples(clusters: number, draws: number, seed: number): Iterable<Uint32Array> {
  const key = `${clusters}/${draws}/${seed}`;
  if (key === lastKey) return lastDraws;
  const rng = new Rng(seed, 0x626f6f74);
  const draw = (into: Uint32Array): Uint32Array => {
    for (let i = 0; i < clusters; i++) into[i] = rng.below(clusters);
    return into;
  };
  if (clusters * draws > mostKept) return fresh(draws, () => draw(new Uint32Array(clusters)));
  lastDraws = Array.from({ length: draws }, () => draw(new Uint32Array(clusters)));
  lastKey = key;
  return lastDraws;
}

function* fresh(draws: number, draw: () => Uint32Array): Generator<Uint32Array> {
  for (let d = 0; d < draws; d++) yield draw();
}

/** Linear interpolation between the two nearest of sorted values. */
function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return (
    (sorted[low] as number) + (at - low) * ((sorted[high] as number) - (sorted[low] as number))
  );
}
