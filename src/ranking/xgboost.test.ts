import { expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import {
  TreeScorer,
  hasXgboost,
  predictXgboost,
  trainXgboost,
  xgboostScores,
} from '../native/index.ts';
import { engines, featureImportance } from './index.ts';
import { XgboostTwin } from './xgboost-twin.ts';

const columns = 6;
const featureNames = ['a', 'b', 'c', 'd', 'e', 'f'];
/** CI has it: there its tests must run. */
const absent = !hasXgboost() && process.env['CI'] === undefined;
if (absent) process.stderr.write('XGBoost is not here (npm run setup): its tests are skipped.\n');

/** Values with NaNs, both zeros, subnormal and huge numbers; XGBoost takes no infinities. */
function rowsOf(n: number, seed: number, special: readonly number[]): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: n * columns }, (_, i) => {
    if (i % columns === 5) return Math.floor(rng.uniform() * 40) - 2;
    const value = rng.normal();
    return rng.uniform() < 0.2 ? (special[Math.floor(rng.uniform() * special.length)] ?? 0) : value;
  });
}

/** A threshold beyond the largest single is written as Infinity, which is no JSON: not in training. */
const trained = [Number.NaN, 0, -0, 1e-35, -1e-35, 1e-40, -1e-45, 0.5, -1.5];
const hostile = [Number.NaN, 0, -0, 1e-35, -1e-35, 1e-40, -1e-45, 3.4e38, -3.4e38, 0.5, -1.5];

function train(parameters: Record<string, string | number | boolean>, rounds: number) {
  const n = 4000;
  const x = rowsOf(n, 1, trained);
  const at = (i: number, j: number): number => x[i * columns + j] || 0;
  const label = Float32Array.from({ length: n }, (_, i) => {
    const signal = Math.tanh(at(i, 0) * at(i, 1)) + Math.tanh(at(i, 2));
    return signal + (at(i, 5) % 3 === 0 ? 1 : 0) + (at(i, 3) === 0 ? 1 : 0) > 0.4 ? 1 : 0;
  });
  const weight = Float32Array.from({ length: n }, (_, i) => 1 + (i % 5));
  const own = { ...engines.xgboost.parameters, min_child_weight: 1, seed: 7, ...parameters };
  return trainXgboost({ x, label, weight }, { featureNames, rounds, parameters: own });
}

const cases = [
  { name: 'two leaves', parameters: { max_leaves: 2 }, rounds: 40, binned: true },
  { name: '7 leaves', parameters: {}, rounds: 100, binned: true },
  { name: '31 leaves', parameters: { max_leaves: 31 }, rounds: 60, binned: true },
  { name: 'by depth', parameters: { grow_policy: 'depthwise', max_depth: 6, max_leaves: 0 } },
  { name: 'pruned', parameters: { grow_policy: 'depthwise', max_depth: 6, gamma: 5 } },
  { name: 'a base score', parameters: { base_score: 0.03 }, rounds: 3, binned: true },
  { name: 'one leaf', parameters: { min_child_weight: 1e9 }, rounds: 3, binned: true },
  { name: '400 leaves', parameters: { max_leaves: 400, max_bin: 255 }, binned: false },
];

it.skipIf(absent).each(cases)(
  'the scorer equals XGBoost and the twin to the last bit: $name',
  async ({ parameters, rounds, binned }) => {
    const text = await train(parameters as Record<string, string | number>, rounds ?? 20);
    const scorer = new TreeScorer(text);
    expect(scorer.binned).toBe(binned ?? true);
    const rows = rowsOf(5000, 2, hostile);
    const found = scorer.raw(rows);
    const expected = await predictXgboost(text, rows, columns, 'raw');
    expect(found).toEqual(Float64Array.from(expected));
    expect(new XgboostTwin(text).raw(rows)).toEqual(expected);
    for (const n of [0, 1, 31, 32, 33, 257])
      expect(scorer.raw(rows.slice(0, n * columns))).toEqual(found.slice(0, n));
  },
);

it.skipIf(absent)('100,000 rows get the scores and the probabilities of XGBoost', async () => {
  const text = await train({ max_leaves: 31 }, 60);
  const rows = rowsOf(100_000, 3, hostile);
  const scorer = new TreeScorer(text);
  const raw = scorer.raw(rows);
  const own = Float64Array.from(await predictXgboost(text, rows, columns, 'raw'));
  expect(Buffer.compare(Buffer.from(raw.buffer), Buffer.from(own.buffer))).toBe(0);
  const probability = scorer.output(raw);
  const expected = await predictXgboost(text, rows, columns, 'probability');
  const bits = (values: Float32Array): Int32Array => new Int32Array(values.buffer);
  const [ours, theirs] = [bits(Float32Array.from(probability)), bits(expected)];
  const apart = ours.map((value, i) => Math.abs(value - (theirs[i] as number)));
  // its exponential in singles is the system's, not quite rounded to the nearest
  expect(apart.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(2);
  expect(apart.filter((ulps) => ulps > 0).length).toBeLessThan(100);
});

it.skipIf(absent)('training twice gives the same text', async () => {
  expect(await train({}, 20)).toBe(await train({}, 20));
});

it.skipIf(absent)('gain and splits of features are those that XGBoost counts', async () => {
  const text = await train({ max_leaves: 31 }, 20);
  const found = featureImportance(text, featureNames);
  const inOrder = featureNames.flatMap((name) => found.filter(({ feature }) => feature === name));
  expect(inOrder.map(({ splits }) => splits)).toEqual(
    Array.from(await xgboostScores(text, 'weight')),
  );
  for (const [i, gain] of (await xgboostScores(text, 'total_gain')).entries())
    expect(Math.abs((inOrder[i]?.gain ?? 0) / gain - 1)).toBeLessThan(1e-5);
});

it.skipIf(absent)('other objectives, boosters and broken models are refused', async () => {
  const text = await train({}, 2);
  for (const broken of [
    text.replace('binary:logistic', 'rank:ndcg'),
    await train({ booster: 'dart' }, 2),
    text.replace(/"left_children":\[1/, '"left_children":[99'),
    text.slice(0, 1000),
  ])
    expect(() => new TreeScorer(broken)).toThrow(
      expect.objectContaining({ code: 'model.invalid' }),
    );
});
