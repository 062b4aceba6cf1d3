import { expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { TreeScorer, predictBooster, trainBooster } from '../native/index.ts';
import { TreesTwin } from './trees-twin.ts';

const columns = 6;

/** Values with NaNs, zeros, infinities and numbers that LightGBM reads as zeros. */
function rowsOf(n: number, seed: number, special: readonly number[]): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: n * columns }, (_, i) => {
    if (i % columns === 5) return Math.floor(rng.uniform() * 40) - 2;
    const value = rng.normal();
    return rng.uniform() < 0.2 ? (special[Math.floor(rng.uniform() * special.length)] ?? 0) : value;
  });
}

const trained = [Number.NaN, 0];
const hostile = [
  Number.NaN,
  0,
  -0,
  Infinity,
  -Infinity,
  1e-35,
  -1e-35,
  1.1e-35,
  -1.1e-35,
  1e-40,
  -1e-45,
  3.4e38,
  -3.4e38,
  0.5,
  -1.5,
];

function train(parameters: Record<string, string | number | boolean>, rounds: number) {
  const n = 4000;
  const x = rowsOf(n, 1, trained);
  const label = Float32Array.from({ length: n }, (_, i) => {
    const at = (j: number): number => x[i * columns + j] || 0;
    return at(0) * at(1) + at(2) + (at(5) % 3 === 0 ? 1 : 0) + (at(3) === 0 ? 1 : 0) > 0.4 ? 1 : 0;
  });
  return trainBooster(
    { x, label, weight: new Float32Array(n).fill(1) },
    {
      featureNames: ['a', 'b', 'c', 'd', 'e', 'f'],
      rounds,
      parameters: {
        objective: 'binary',
        min_data_in_leaf: 3,
        seed: 7,
        deterministic: true,
        force_row_wise: true,
        num_threads: 1,
        verbose: -1,
        ...parameters,
      },
    },
  );
}

const cases: readonly {
  readonly name: string;
  readonly parameters: Record<string, string | number | boolean>;
  readonly rounds?: number;
  readonly binned: boolean;
}[] = [
  { name: 'two leaves', parameters: { num_leaves: 2 }, rounds: 40, binned: true },
  { name: '7 leaves, few bins', parameters: { num_leaves: 7, max_bin: 15 }, binned: true },
  { name: '31 leaves', parameters: { num_leaves: 31, max_bin: 63 }, rounds: 60, binned: true },
  { name: '64 leaves', parameters: { num_leaves: 64, max_bin: 31 }, binned: true },
  { name: '255 leaves', parameters: { num_leaves: 255, min_data_in_leaf: 1 }, binned: true },
  { name: 'no missing values', parameters: { num_leaves: 15, use_missing: false }, binned: true },
  { name: 'zeros missing', parameters: { num_leaves: 15, zero_as_missing: true }, binned: true },
  { name: 'one leaf', parameters: { min_data_in_leaf: 4000 }, rounds: 3, binned: true },
  {
    name: '400 leaves',
    parameters: { num_leaves: 400, min_data_in_leaf: 1, min_sum_hessian_in_leaf: 0 },
    binned: false,
  },
  {
    name: 'more than 255 cuts',
    parameters: { num_leaves: 200, max_bin: 2000, min_data_in_bin: 1 },
    rounds: 20,
    binned: false,
  },
  {
    name: 'categories',
    parameters: { num_leaves: 15, categorical_feature: '5', min_data_per_group: 5, cat_smooth: 1 },
    binned: false,
  },
];

it.each(cases)(
  'the scorer equals its twin, and LightGBM within rounding: $name',
  async ({ parameters, rounds, binned }) => {
    const text = await train(parameters, rounds ?? 20);
    const scorer = new TreeScorer(text);
    expect(scorer.binned).toBe(binned);
    const twin = new TreesTwin(text);
    const rows = rowsOf(1500, 2, hostile);
    const found = scorer.raw(rows);
    expect(found).toEqual(twin.raw(rows));
    const expected = await predictBooster(text, rows, columns);
    const worst = found.reduce(
      (max, value, i) => Math.max(max, Math.abs(value - (expected[i] as number))),
      0,
    );
    expect(worst).toBeLessThan(1e-9);
    for (const n of [0, 1, 31, 32, 33, 257])
      expect(scorer.raw(rows.slice(0, n * columns))).toEqual(found.slice(0, n));
  },
);

it('training twice gives the same text', async () => {
  expect(await train({ num_leaves: 31 }, 20)).toBe(await train({ num_leaves: 31 }, 20));
});

it('linear leaves, several classes, random forests and broken texts are refused', async () => {
  const text = await train({ num_leaves: 7 }, 2);
  for (const broken of [
    text.replace('is_linear=0', 'is_linear=1'),
    text.replace('num_tree_per_iteration=1', 'num_tree_per_iteration=3'),
    text.replace('objective=', 'average_output\nobjective='),
    text.replace(/left_child=\S+/, 'left_child=99'),
  ])
    expect(() => new TreeScorer(broken)).toThrow(
      expect.objectContaining({ code: 'model.invalid' }),
    );
  expect(() => new TreeScorer(text).raw(new Float32Array(columns + 1))).toThrow(
    expect.objectContaining({ code: 'kernel.shape' }),
  );
});
