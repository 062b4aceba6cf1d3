import { hash32 } from '../domain/index.ts';

/** Posterior draws per arm. */
export const explorationDraws = 256;

/** The draw that decides a slot: uniform over seed, week (yyyyww) and listener (hash of the id). */
export function drawOf(seed: number, week: number, listener: number, slot: number): number {
  return hash32(seed, week, listener, slot) >>> 24;
}

/**
 * Thompson sampling (1933) over a fixed set of draws: the arm whose value is largest in one draw, ties
 * to the earlier arm, and its propensity: the share of draws in which it wins. `draws[arm]` has one
 * value per draw; not empty.
 */
export function thompson(
  draws: readonly (readonly number[])[],
  draw: number,
): { arm: number; propensity: number } {
  const winner = (d: number): number =>
    draws.reduce(
      (best, row, arm) =>
        (row[d] as number) > ((draws[best] as readonly number[])[d] as number) ? arm : best,
      0,
    );
  const arm = winner(draw);
  const wins = Array.from({ length: explorationDraws }, (_, d) => winner(d)).filter(
    (won) => won === arm,
  );
  return { arm, propensity: wins.length / explorationDraws };
}
