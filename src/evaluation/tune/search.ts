import { Rng } from '../../domain/index.ts';
import { type TuneTarget, type Values } from './targets.ts';

/** A point of the space with what it scored; more is better. */
export interface Scored {
  readonly values: Values;
  readonly score: number;
}

const attempts = 200;

/** One name for equal values, whatever the order of their parameters. */
export function keyOf(values: Values): string {
  return JSON.stringify(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The next point to try: first what stands, then by turns one parameter of the best so far changed (ties
 * to the earlier trial) and a point drawn evenly. A function of space, seed and the trials so far, so a
 * search that was stopped goes on the same. Null where nothing new is found.
 */
export function nextTrial(
  { space, start }: Pick<TuneTarget, 'space' | 'start'>,
  seed: number,
  trials: readonly Scored[],
): Values | null {
  if (trials.length === 0) return start;
  const tried = new Set(trials.map(({ values }) => keyOf(values)));
  const best = trials.reduce((a, b) => (b.score > a.score ? b : a));
  const rng = new Rng(seed, 0x7e57, trials.length);
  const names = Object.keys(space);
  const drawn = (name: string): string | number => {
    const values = space[name] ?? [];
    return values[rng.below(values.length)] as string | number;
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const near = trials.length % 2 === 1 && attempt < attempts / 2;
    const name = names[rng.below(names.length)] as string;
    const values = near
      ? { ...best.values, [name]: drawn(name) }
      : Object.fromEntries(names.map((each) => [each, drawn(each)]));
    if (!tried.has(keyOf(values))) return values;
  }
  return null;
}
