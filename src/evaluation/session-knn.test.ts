import { expect, it } from 'vitest';
import { SessionKnn } from './session-knn.ts';

const all = (): boolean => true;
const past = {
  tracks: [
    [1, 2, 3],
    [2, 4],
    [5, 6],
    [1, 7],
  ],
  begins: [10, 20, 30, 5],
};

it('neighbours vote with their similarity, less where they share only older tracks', () => {
  const knn = new SessionKnn(past);
  // prefix 1, 2: session 0 shares both (similarity (1/2 + 1) / 2, newest 1 back), session 1 shares 2
  // ((1) / 2, 1 back), session 3 shares 1 ((1/2) / 2, 2 back)
  const votes = { 2: 0.75 * 0.9 + 0.5 * 0.9, 1: 0.75 * 0.9 + 0.25 * 0.8, 3: 0.75 * 0.9 };
  expect(votes[2]).toBeGreaterThan(votes[1]);
  expect(knn.rank([1, 2], 10, all)).toEqual([2, 1, 3, 4, 7]);
  expect(knn.rank([1, 2], 2, (track) => track > 2)).toEqual([3, 4]);
});

it('a prefix that no session shares has no list', () => {
  expect(new SessionKnn(past).rank([99], 10, all)).toEqual([]);
});

it('only the newest sessions are compared, and only the most similar vote', () => {
  const sample = { k: 10, sample: 1, loss: 0.1 };
  expect(new SessionKnn(past, sample).rank([2], 10, all)).toEqual([2, 4]);
  const nearest = { k: 1, sample: 10, loss: 0.1 };
  expect(new SessionKnn(past, nearest).rank([1, 2], 10, all)).toEqual([1, 2, 3]);
});
