import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError, Rng } from '../domain/index.ts';
import { explorationWinner } from '../native/index.ts';
import { drawOf, explorationDraws, thompson } from './thompson.ts';

const drawsOf = (arms: number, values: number, seed: number): number[][] => {
  const rng = new Rng(seed);
  return Array.from({ length: arms }, () =>
    Array.from({ length: explorationDraws }, () => Math.fround(rng.below(values) / values)),
  );
};

describe('exploratory slots', () => {
  it('have the winner and propensity of the crate, ties included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(1, 3, 1e6),
        fc.nat(255),
        fc.nat(),
        fc.array(fc.nat(11), { minLength: 1 }),
        (arms, values, draw, seed, wanted) => {
          const draws = drawsOf(arms, values, seed);
          const some = [...new Set(wanted.map((arm) => arm % arms))].toSorted((a, b) => a - b);
          const twin = thompson(
            some.map((arm) => draws[arm] as number[]),
            draw,
          );
          const found = explorationWinner(
            Float32Array.from(draws.flat()),
            Uint32Array.from(some),
            draw,
          );
          expect(found).toEqual({
            arm: some[twin.arm],
            wins: twin.propensity * explorationDraws,
          });
        },
      ),
    );
  });

  it('share one certain slot among all arms', () => {
    const draws = drawsOf(7, 1e6, 1);
    const won = new Map<number, number>();
    for (let d = 0; d < explorationDraws; d++) {
      const { arm, propensity } = thompson(draws, d);
      won.set(arm, propensity);
    }
    expect([...won.values()].reduce((a, b) => a + b, 0)).toBe(1);
    expect(thompson(drawsOf(1, 9, 1), 3)).toEqual({ arm: 0, propensity: 1 });
  });

  it('pick every draw equally often', () => {
    const counts = Array.from({ length: explorationDraws }, () => 0);
    const n = 51_200;
    for (let listener = 0; listener < n; listener++) {
      const draw = drawOf(9, 202_647, listener, 1);
      counts[draw] = (counts[draw] as number) + 1;
    }
    const expected = n / explorationDraws;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(255 + 4 * Math.sqrt(2 * 255));
  });

  it('refuse arms and draws that are not there', () => {
    const draws = new Float32Array(256);
    expect(() => explorationWinner(draws, Uint32Array.of(1), 0)).toThrow(DataError);
    expect(() => explorationWinner(draws, new Uint32Array(), 0)).toThrow(DataError);
    expect(() => explorationWinner(draws, Uint32Array.of(0), 256)).toThrow(DataError);
  });
});
