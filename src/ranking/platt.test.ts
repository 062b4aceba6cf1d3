import { expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { plattCurve } from '../native/index.ts';

it('the curve is where the likelihood of its smoothed targets has no slope', () => {
  const rng = new Rng(9);
  const n = 3000;
  const raw = Float64Array.from({ length: n }, () => 3 * rng.normal());
  const label = Uint8Array.from(raw, (x) => (rng.uniform() < 1 / (1 + Math.exp(4 - x)) ? 1 : 0));
  const weight = Float32Array.from({ length: n }, () => 0.5 + rng.uniform());
  const { scale, shift } = plattCurve(raw, label, weight);
  const total = (y: number): number =>
    weight.reduce((sum, w, i) => sum + (label[i] === y ? w : 0), 0);
  const targets = [1 / (total(0) + 2), (total(1) + 1) / (total(1) + 2)];
  const error = Float64Array.from(raw, (x, i) => {
    const p = 1 / (1 + Math.exp(-(scale * x + shift)));
    return (weight[i] as number) * (p - (targets[label[i] as number] as number));
  });
  expect(error.reduce((sum, e) => sum + e, 0)).toBeCloseTo(0, 4);
  expect(error.reduce((sum, e, i) => sum + e * (raw[i] as number), 0)).toBeCloseTo(0, 4);
  // what the labels were drawn from
  expect(scale).toBeCloseTo(1, 0);
  expect(shift).toBeCloseTo(-4, 0);
});

it('columns of different lengths are refused', () => {
  expect(() => plattCurve(new Float64Array(2), new Uint8Array(2), new Float32Array(1))).toThrow(
    expect.objectContaining({ code: 'kernel.shape' }),
  );
});
