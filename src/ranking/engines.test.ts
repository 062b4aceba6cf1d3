import { expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { TreeScorer } from '../native/index.ts';
import { engines } from './index.ts';
import { type LabelledRows, rowsOfFold } from './training-rows.ts';

/** Listeners of 20 candidates; listener's bias on the label is large, within it `a` decides. */
function planted(listeners: number): LabelledRows {
  const rng = new Rng(4);
  const n = listeners * 20;
  const x = new Float32Array(n * 2);
  const label = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const listener = Math.floor(i / 20);
    x[2 * i] = rng.normal();
    x[2 * i + 1] = listener % 2;
    label[i] = (x[2 * i] as number) + 3 * (listener % 2) + rng.normal() > 3 ? 1 : 0;
  }
  return {
    x,
    label,
    weight: Float32Array.from({ length: n }, (_, i) => (label[i] === 1 ? (i % 3) + 1 : 4)),
    artist: new Uint32Array(n),
    fold: Uint8Array.from({ length: n }, (_, i) => Math.floor(i / 20) % 5),
    group: new Uint32Array(listeners).fill(20),
    artistIds: ['x'],
  };
}

it('lambdarank takes listeners for queries, saves for better plays and no weights', () => {
  const rows = planted(10);
  const { group, label, weight } = engines.lambdarank.rows(rows);
  expect(group).toEqual(new Int32Array(10).fill(20));
  expect(new Set(weight)).toEqual(new Set([1]));
  for (const [i, grade] of label.entries())
    expect(grade).toBe(rows.label[i] === 0 ? 0 : i % 3 > 0 ? 2 : 1);
});

it('lambdarank learns the order within listeners, not who plays more', async () => {
  const rows = planted(300);
  const engine = engines.lambdarank;
  const options = { featureNames: ['a', 'b'], rounds: 40, parameters: engine.parameters };
  const text = await engine.train(engine.rows(rows), options);
  const score = (a: number, b: number): number =>
    new TreeScorer(text).raw(Float32Array.of(a, b))[0] as number;
  expect(score(1, 0)).toBeGreaterThan(score(-1, 0) + 0.5);
  expect(score(1, 1)).toBeGreaterThan(score(-1, 1) + 0.5);
  expect(Math.abs(score(1, 1) - score(1, 0))).toBeLessThan(0.5);
});

it('a fold holds whole listeners, and nobody stands on both sides', () => {
  const rows = planted(10);
  const [within, without] = [rowsOfFold(rows, 2, 'within'), rowsOfFold(rows, 2, 'without')];
  expect(within.group).toEqual(new Uint32Array(2).fill(20));
  expect(new Set(within.fold)).toEqual(new Set([2]));
  expect(new Set(without.fold)).toEqual(new Set([0, 1, 3, 4]));
  expect(within.label.length + without.label.length).toBe(rows.label.length);
  expect(within.x.slice(0, 40)).toEqual(rows.x.slice(2 * 20 * 2, 2 * 20 * 2 + 40));
});
