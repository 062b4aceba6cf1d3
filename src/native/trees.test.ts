import { expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { predictBooster, predictTrees, trainBooster } from './index.ts';

const columns = 6;

function rowsOf(n: number, seed: number) {
  const rng = new Rng(seed);
  const x = new Float32Array(n * columns);
  const label = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < columns; j++)
      x[i * columns + j] =
        rng.uniform() < 0.15 ? (rng.uniform() < 0.5 ? Number.NaN : 0) : rng.normal();
    const signal = (x[i * columns] as number) * (x[i * columns + 1] as number);
    label[i] = signal > 0.2 || rng.uniform() < 0.1 ? 1 : 0;
  }
  return { x, label, weight: new Float32Array(n).fill(1) };
}

const options = {
  featureNames: ['a', 'b', 'c', 'd', 'e', 'f'],
  parameters: {
    objective: 'binary',
    num_leaves: 31,
    min_data_in_leaf: 5,
    learning_rate: 0.1,
    seed: 7,
    deterministic: true,
    force_row_wise: true,
    num_threads: 2,
    verbose: -1,
  },
  rounds: 60,
};

it('the crate walks a trained model to the predictions of LightGBM itself, missing values included', async () => {
  const text = await trainBooster(rowsOf(3000, 1), options);
  const probe = rowsOf(2000, 2).x;
  const expected = await predictBooster(text, probe, columns);
  const found = predictTrees(text, probe);
  const worst = found.reduce(
    (max, value, i) => Math.max(max, Math.abs(value - (expected[i] as number))),
    0,
  );
  expect(worst).toBeLessThan(1e-9);
  expect(new Set(expected).size).toBeGreaterThan(500);
});

it('training twice gives the same text', async () => {
  const rows = rowsOf(2000, 3);
  expect(await trainBooster(rows, options)).toBe(await trainBooster(rows, options));
});
