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
 * are drawn with replacement. NaN values are left out with their place in the denominator. Differences
 * of two methods are paired by handing in their differences.
 */
export function bootstrapMean(
  values: ArrayLike<number>,
  cluster: readonly string[],
  draws = 2000,
  seed = 1,
): Interval {
  const index = new Map<string, number>();
  const sums: number[] = [];
  const counts: number[] = [];
  let total = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const key = cluster[i] as string;
    let at = index.get(key);
    if (at === undefined) {
      at = sums.length;
      index.set(key, at);
      sums.push(0);
      counts.push(0);
    }
    sums[at] = (sums[at] as number) + value;
    counts[at] = (counts[at] as number) + 1;
    total += value;
    n++;
  }
  if (n === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN, n };
  const rng = new Rng(seed, 0x626f6f74);
  const means = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < sums.length; i++) {
      const at = rng.below(sums.length);
      sum += sums[at] as number;
      count += counts[at] as number;
    }
    means[d] = sum / count;
  }
  means.sort();
  return { mean: total / n, low: quantile(means, 0.025), high: quantile(means, 0.975), n };
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
