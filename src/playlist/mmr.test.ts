import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaccard, mmr, similarity } from './mmr.ts';

describe('maximal marginal relevance', () => {
  it('takes the likeness of artist, genres and sound, whichever is largest', () => {
    const track = { artist: 1, genres: [1, 2], vector: [1, 0] };
    const all = { artistSimilarity: 0.7, vectorSimilarity: 1 };
    expect(similarity(track, { artist: 1, genres: [], vector: [0, 1] }, all)).toBe(0.7);
    expect(similarity(track, { artist: 2, genres: [2, 3], vector: [0, 1] }, all)).toBe(1 / 3);
    expect(similarity(track, { artist: 2, genres: [], vector: [0.8, 0.6] }, all)).toBe(0.8);
    const some = { ...all, vectorSimilarity: 0.5 };
    expect(similarity(track, { artist: 2, genres: [], vector: [0.8, 0.6] }, some)).toBe(0.4);
    expect(jaccard([], [])).toBe(0);
  });

  it('gives way to the less alike when it is nearly as good', () => {
    const alike = [
      [1, 0.9, 0],
      [0.9, 1, 0],
      [0, 0, 1],
    ];
    const similar = (i: number, j: number) => alike[i]?.[j] as number;
    expect(mmr([1, 0.9, 0.8], similar, 0, 3)).toEqual([0, 1, 2]);
    expect(mmr([1, 0.9, 0.8], similar, 0.5, 3)).toEqual([0, 2, 1]);
  });

  it('chooses at each step a track that no other beats', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 2, noNaN: true }), (values, weight) => {
        const similar = (i: number, j: number) => 1 / (1 + Math.abs(i - j));
        const chosen = mmr(values, similar, weight, 5);
        expect(new Set(chosen).size).toBe(Math.min(5, values.length));
        chosen.forEach((pick, step) => {
          const before = chosen.slice(0, step);
          const worth = (i: number) =>
            (values[i] as number) - weight * Math.max(0, ...before.map((j) => similar(i, j)));
          const others = values.map((_, i) => i).filter((i) => !before.includes(i));
          expect(worth(pick)).toBe(Math.max(...others.map(worth)));
          expect(others.find((i) => worth(i) === worth(pick))).toBe(pick);
        });
      }),
    );
  });
});
