import { describe, expect, it } from 'vitest';
import { type Scored, keyOf, nextTrial } from './search.ts';

const space = { a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5], c: ['x', 'y'] };
const start = { a: 1, b: 1, c: 'x' };
const score = ({ a, b, c }: Readonly<Record<string, string | number>>): number =>
  -((Number(a) - 4) ** 2) - (Number(b) - 2) ** 2 + (c === 'y' ? 1 : 0);

function searched(seed: number, most: number): Scored[] {
  const trials: Scored[] = [];
  for (let i = 0; i < most; i++) {
    const values = nextTrial({ space, start }, seed, trials);
    if (values === null) break;
    trials.push({ values, score: score(values) });
  }
  return trials;
}

describe('the search', () => {
  it('begins with what stands, tries nothing twice and finds the best of a small space', () => {
    const trials = searched(1, 30);
    expect(trials[0]?.values).toEqual(start);
    expect(new Set(trials.map(({ values }) => keyOf(values))).size).toBe(trials.length);
    expect(Math.max(...trials.map((trial) => trial.score))).toBe(1);
  });

  it('is the same for a seed, and goes on the same where it was stopped', () => {
    expect(searched(7, 20)).toEqual(searched(7, 20));
    expect(searched(7, 20).slice(0, 8)).toEqual(searched(7, 8));
    expect(searched(8, 20)).not.toEqual(searched(7, 20));
  });

  it('ends where all was tried', () => {
    const few = { space: { a: [1, 2] }, start: { a: 1 } };
    const trials = [{ values: { a: 1 }, score: 0 }];
    expect(nextTrial(few, 1, trials)).toEqual({ a: 2 });
    expect(nextTrial(few, 1, [...trials, { values: { a: 2 }, score: 1 }])).toBeNull();
  });
});
