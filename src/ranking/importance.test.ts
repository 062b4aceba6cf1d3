import { expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { boosterImportance, trainBooster } from '../native/index.ts';
import { featureImportance, meanImportance } from './index.ts';

const featureNames = ['a', 'b', 'c', 'unused'];

it('gain and splits of features are those that LightGBM counts', async () => {
  const rng = new Rng(3);
  const n = 2000;
  const x = Float32Array.from({ length: n * 4 }, (_, i) => (i % 4 === 3 ? 1 : rng.normal()));
  const label = Float32Array.from({ length: n }, (_, i) =>
    (x[i * 4] as number) + (x[i * 4 + 1] as number) ** 2 > 1 ? 1 : 0,
  );
  const text = await trainBooster(
    { x, label, weight: new Float32Array(n).fill(1) },
    { featureNames, rounds: 20, parameters: { objective: 'binary', verbose: -1, num_threads: 1 } },
  );
  const found = featureImportance(text, featureNames);
  expect(found.map(({ gain }) => gain)).toEqual(
    found.map(({ gain }) => gain).toSorted((p, q) => q - p),
  );
  const own = await boosterImportance(text, 4);
  for (const [i, feature] of featureNames.entries()) {
    const row = found.find((other) => other.feature === feature);
    expect(row?.splits ?? 0).toBe(own.splits[i]);
    // the text has six digits
    expect(row?.gain ?? 0).toBeCloseTo(own.gain[i] as number, -2);
  }
});

it('shares of several rankers are averaged, and an absent feature counts as 0', () => {
  const first = [
    { feature: 'a', gain: 3, splits: 1 },
    { feature: 'b', gain: 1, splits: 3 },
  ];
  expect(meanImportance([first, [{ feature: 'b', gain: 5, splits: 2 }]])).toEqual([
    { feature: 'b', gainShare: 0.625, splitShare: 0.875 },
    { feature: 'a', gainShare: 0.375, splitShare: 0.125 },
  ]);
  expect(meanImportance([])).toEqual([]);
});
