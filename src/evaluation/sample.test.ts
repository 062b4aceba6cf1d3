import { expect, it } from 'vitest';
import { sampleOf, sampleQueries } from './sample.ts';

const queries = Array.from({ length: 90 }, (_, i) => ({ user: `u${Math.floor(i / 3)}`, i }));

it('a sample depends on ids alone, and whole listeners are drawn', () => {
  const drawn = sampleQueries(queries, 10);
  expect(drawn.length).toBe(12);
  expect(new Set(drawn.map(({ user }) => user)).size).toBe(4);
  const backwards = sampleQueries(queries.toReversed(), 10);
  expect(backwards.toReversed()).toEqual(drawn);
  expect(drawn.map(({ i }) => i)).toEqual(drawn.map(({ i }) => i).toSorted((a, b) => a - b));
});

it('nobody is left out where there is room', () => {
  expect(sampleQueries(queries, 90)).toBe(queries);
  expect(sampleOf(queries, 90)).toBe(queries);
  expect(sampleOf(queries, 5).length).toBe(5);
});
