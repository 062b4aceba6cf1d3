import { mix, type Rng } from '../domain/index.ts';

/** Random access without allocation: an unsigned 32-bit hash of (seed, a, b). */
export function cell(seed: number, a: number, b: number): number {
  return mix(mix(seed ^ Math.imul(a, 0x9e3779b1)) ^ Math.imul(b + 1, 0x85ebca77));
}

/**
 * Walker's alias table over `weights[from..to)`, written to `chance` and `alias` at the same
 * positions; `alias` holds offsets from `from`. Returns false, and writes nothing, if all are 0.
 */
export function buildAlias(
  weights: Float64Array,
  from: number,
  to: number,
  chance: Float32Array,
  alias: Uint32Array,
): boolean {
  const n = to - from;
  let sum = 0;
  for (let i = from; i < to; i++) sum += weights[i] ?? 0;
  if (sum <= 0) return false;
  const scaled = new Float64Array(n);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < n; i++) {
    scaled[i] = ((weights[from + i] ?? 0) * n) / sum;
    ((scaled[i] ?? 0) < 1 ? small : large).push(i);
  }
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() as number; // not empty, just asked
    const high = large.at(-1) as number;
    chance[from + low] = scaled[low] ?? 0;
    alias[from + low] = high;
    scaled[high] = (scaled[high] ?? 0) - (1 - (scaled[low] ?? 0));
    if ((scaled[high] ?? 0) < 1) small.push(large.pop() as number);
  }
  for (const i of [...small, ...large]) {
    chance[from + i] = 1;
    alias[from + i] = i;
  }
  return true;
}

/** Index drawn from unnormalised weights; the last one with weight if rounding runs past the end. */
export function drawIndex(rng: Rng, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] ?? 0;
  let left = rng.uniform() * sum;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight <= 0) continue;
    last = i;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}

/** Position of each group in a counting sort of `key` (values below `groups`), and the order. */
export function groupBy(
  key: ArrayLike<number>,
  groups: number,
): { from: Uint32Array; order: Uint32Array } {
  const from = new Uint32Array(groups + 1);
  for (let i = 0; i < key.length; i++) from[(key[i] ?? 0) + 1] = (from[(key[i] ?? 0) + 1] ?? 0) + 1;
  for (let g = 0; g < groups; g++) from[g + 1] = (from[g + 1] ?? 0) + (from[g] ?? 0);
  const next = from.slice();
  const order = new Uint32Array(key.length);
  for (let i = 0; i < key.length; i++) {
    const group = key[i] ?? 0;
    const at = next[group] ?? 0;
    order[at] = i;
    next[group] = at + 1;
  }
  return { from, order };
}
