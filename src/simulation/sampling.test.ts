import { describe, expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { buildAlias, drawIndex, groupBy } from './sampling.ts';

describe('an alias table', () => {
  it('draws in proportion to the weights, within its range only', () => {
    const weights = Float64Array.from([9, 9, 1, 0, 3, 6, 9]);
    const chance = new Float32Array(7);
    const alias = new Uint32Array(7);
    expect(buildAlias(weights, 2, 6, chance, alias)).toBe(true);
    const rng = new Rng(1);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 40_000; i++) {
      const at = rng.below(4);
      const drawn = rng.uniform() < (chance[2 + at] ?? 0) ? at : (alias[2 + at] ?? 0);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    expect(counts[1]).toBe(0);
    expect((counts[0] ?? 0) / 40_000).toBeCloseTo(0.1, 1.7);
    expect((counts[3] ?? 0) / 40_000).toBeCloseTo(0.6, 1.7);
  });

  it('is not built where nothing has weight', () => {
    expect(buildAlias(new Float64Array(3), 0, 3, new Float32Array(3), new Uint32Array(3))).toBe(
      false,
    );
  });
});

describe('drawIndex', () => {
  it('never draws what has no weight', () => {
    const rng = new Rng(2);
    for (let i = 0; i < 1000; i++) expect(drawIndex(rng, [0, 1, 0, 2, 0]) % 2).toBe(1);
  });
});

describe('groupBy', () => {
  it('lists the members of each group in order', () => {
    const { from, order } = groupBy([1, 0, 1, 3], 4);
    expect([...from]).toEqual([0, 1, 3, 3, 4]);
    expect([...order]).toEqual([1, 0, 2, 3]);
  });
});
