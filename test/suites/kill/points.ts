import { type Rng } from '../../../src/domain/index.ts';
import { type Role, type Side } from './step.ts';
import { type Undisturbed } from './undisturbed.ts';

/**
 * When a try dies: at a step, or after the names in its folder changed so often and a pause; where
 * the names never change, a pause from the start.
 */
export type Point =
  | { readonly kind: 'step'; readonly role: Role; readonly step: number; readonly side: Side }
  | { readonly kind: 'progress'; readonly changes: number; readonly pauseMs: number };

/** Steps after which another process sees something new: these are killed on both sides first. */
const telling = /^(rename|link|store|ok line)/;
const longestPauseMs = 60;

/**
 * `times` points of a stage: up to two thirds at steps (both sides of the telling ones first, spread
 * evenly where there are too many, then other steps), the rest at observed progress.
 */
export function chooseDeaths(
  { steps, changes, ms }: Pick<Undisturbed, 'steps' | 'changes' | 'ms'>,
  times: number,
  rng: Rng,
): Point[] {
  const all = (['main', 'worker'] as const).flatMap((role) =>
    steps[role].map((what, i) => ({ role, step: i + 1, telling: telling.test(what) })),
  );
  const sides = (wanted: boolean): Point[] =>
    all
      .filter((step) => step.telling === wanted)
      .flatMap(({ role, step }) =>
        (['before', 'after'] as const).map((side): Point => ({ kind: 'step', role, step, side })),
      );
  const atSteps = Math.ceil((2 * times) / 3);
  const first = spread(sides(true), atSteps, rng);
  const more = spread(sides(false), atSteps - first.length, rng);
  const longest = changes === 0 ? ms : longestPauseMs;
  const progress = Array.from({ length: times - first.length - more.length }, (): Point => ({
    kind: 'progress',
    changes: Math.ceil(rng.uniform() * changes),
    pauseMs: Math.floor(rng.uniform() * longest),
  }));
  return [...first, ...more, ...progress];
}

/** At most `count` of the items, one from each of as many equal stretches. */
function spread<T>(items: readonly T[], count: number, rng: Rng): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => {
    const from = (i * items.length) / count;
    const to = ((i + 1) * items.length) / count;
    return items[Math.min(items.length - 1, Math.floor(from + rng.uniform() * (to - from)))] as T;
  });
}

export function pointName(point: Point, { steps }: Pick<Undisturbed, 'steps'>): string {
  if (point.kind === 'progress') return `change ${point.changes} + ${point.pauseMs} ms`;
  const { role, step, side } = point;
  return `${side} ${role} step ${step} (${steps[role][step - 1] ?? ''})`;
}
