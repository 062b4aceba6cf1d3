import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError, Rng } from '../domain/index.ts';
import { selectList as native } from '../native/index.ts';
import { divergence, genreShares } from './calibration.ts';
import { mmr, similarity } from './mmr.ts';
import { type Candidate } from './pool.ts';
import { selectList } from './select-list.ts';
import { type ListParams, settings } from './settings.ts';
import { candidates, columnsOf, params } from './test-data/candidates.ts';

const off: ListParams = { ...settings.accurate, length: 8, reserve: 4 };
const shares = fc
  .array(fc.constantFrom<number[]>(0, 0.1, 0.3, 1), { minLength: 6, maxLength: 6 })
  .map((p) => {
    const sum = p.reduce((a, b) => a + b, 0);
    return sum === 0 ? [] : p.map((x) => x / sum);
  });

function plainly(found: ReturnType<typeof native>): ReturnType<typeof selectList> {
  return { ...found, chosen: [...found.chosen], reserve: [...found.reserve] };
}

function built(rows: readonly Candidate[], p: ListParams, taste: readonly number[], habit = 0.5) {
  return plainly(native(p, columnsOf(rows), Float64Array.from(taste), habit));
}

describe('the list builder', () => {
  it('is the same in the crate and in TypeScript', () => {
    fc.assert(
      fc.property(
        candidates(40),
        params,
        shares,
        fc.constantFrom(0, 0.3, 0.6, 1),
        (rows, p, taste, habit) => {
          expect(built(rows, p, taste, habit)).toEqual(selectList(rows, p, taste, habit));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('takes one candidate, none, and thirty copies of one', () => {
    const one: Candidate = {
      score: 0.5,
      recording: 1,
      artist: 1,
      known: true,
      percentile: 1,
      genres: [],
      vector: [],
    };
    for (const p of Object.values(settings)) {
      expect(built([], p, [1]).chosen).toEqual([]);
      expect(built([one], p, [1]).chosen).toEqual([0]);
      const copies = Array.from({ length: 30 }, () => one);
      expect(built(copies, p, [1])).toMatchObject({ chosen: [0], duplicate: 29, left: 0 });
      const others = copies.map((copy, recording) => ({ ...copy, recording }));
      expect(built(others, p, [1]).chosen).toHaveLength(30);
    }
  });

  it('refuses columns that do not fit and numbers that are none', () => {
    const columns = columnsOf([]);
    const wrong = [
      { ...columns, artist: Uint32Array.of(1) },
      { ...columns, genreOff: new Uint32Array() },
      { ...columns, genreOff: Uint32Array.of(1) },
    ];
    for (const c of wrong) expect(() => native(off, c, new Float64Array(), 0.5)).toThrow(DataError);
    expect(() => native(off, columns, Float64Array.of(NaN), 0.5)).toThrow(DataError);
    expect(() => native({ ...off, calibration: 2 }, columns, new Float64Array(), 0.5)).toThrow(
      /calibration/,
    );
  });

  it('with MMR alone is the algorithm of the book', () => {
    const unlike = candidates(25).map((rows) =>
      rows.map((row, recording) => ({ ...row, recording, score: Math.fround(row.score + 0.1) })),
    );
    fc.assert(
      fc.property(unlike, fc.constantFrom(0.1, 0.5, 2), (rows, weight) => {
        const top = Math.max(...rows.map(({ score }) => score));
        const expected = mmr(
          rows.map(({ score }) => score / top),
          (i, j) => similarity(rows[i] as Candidate, rows[j] as Candidate, off),
          weight,
          off.length,
        );
        expect(built(rows, { ...off, mmr: weight }, []).chosen).toEqual(expected);
      }),
    );
  });

  it('with calibration alone climbs Steck’s objective by its steepest step', () => {
    const lambda = 0.6;
    const taste = [0.5, 0.2, 0.1, 0.1, 0.06, 0.04];
    fc.assert(
      fc.property(candidates(20), (drawn) => {
        const rows = drawn.map((row, recording) => ({ ...row, recording }));
        const top = Math.max(...rows.map(({ score }) => score)) || 1;
        const objective = (some: readonly number[]): number => {
          const tracks = some.map((i) => rows[i] as Candidate);
          const sum = tracks.reduce((total, { score }) => total + score / top, 0);
          const q = genreShares(
            tracks.map(({ genres }) => genres),
            taste.length,
          );
          return ((1 - lambda) * sum) / off.length - lambda * divergence(taste, q);
        };
        const { chosen } = built(rows, { ...off, calibration: lambda }, taste);
        chosen.forEach((i, step) => {
          const before = chosen.slice(0, step);
          const others = rows.map((_, j) => j).filter((j) => !before.includes(j));
          const best = Math.max(...others.map((j) => objective([...before, j])));
          expect(objective([...before, i])).toBeGreaterThan(best - 1e-7);
        });
      }),
    );
  });
});

describe('a listener of 80 % rock and 20 % jazz', () => {
  const rng = new Rng(3);
  const between = (low: number, high: number) => Math.fround(low + (high - low) * rng.uniform());
  const rows = Array.from({ length: 500 }, (_, i): Candidate => {
    const jazz = i % 2;
    return {
      score: jazz ? between(0.05, 0.3) : between(0.3, 0.6),
      recording: i,
      artist: ((i >> 1) % 120) + 1000 * jazz,
      known: (i >> 1) % 4 < 2,
      percentile: between(0, 1),
      genres: [jazz],
      vector: [],
    };
  }).map((row) => ({ ...row, known: row.artist % 2 === 0 }));
  const jazz = (p: ListParams) =>
    built(rows, p, [0.8, 0.2], 0.5).chosen.filter((i) => i % 2 === 1).length;

  it('gets 24 and 6 of 30, give or take 2, though rock always scores higher', () => {
    expect(Math.abs(jazz(settings.balanced) - 6)).toBeLessThanOrEqual(2);
  });

  it('gets rock alone where calibration is off', () => {
    expect(jazz(settings.accurate)).toBe(0);
  });
});
