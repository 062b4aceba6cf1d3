import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { procrustes } from '../native/index.ts';

interface Case {
  readonly d: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly matrix: readonly number[];
}

const fixture = JSON.parse(
  readFileSync(new URL('procrustes-scipy.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((max, x, i) => Math.max(max, Math.abs(x - (b[i] as number))), 0);
}

/** matrix' x matrix - identity, at its largest. */
function distortion(matrix: Float32Array, d: number): number {
  let most = 0;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let sum = i === j ? -1 : 0;
      for (let k = 0; k < d; k++)
        sum += (matrix[k * d + i] as number) * (matrix[k * d + j] as number);
      most = Math.max(most, Math.abs(sum));
    }
  return most;
}

it('finds the rotation that scipy finds', () => {
  for (const { d, from, to, matrix } of fixture.cases) {
    const found = procrustes(Float32Array.from(from), Float32Array.from(to), d);
    expect(worst(found.matrix, matrix)).toBeLessThan(1e-5);
    expect(found.cosine).toBeLessThanOrEqual(1 + 1e-6);
  }
});

it('recovers a planted rotation of 64 dimensions with a cosine of one', () => {
  const [d, n] = [64, 200];
  const rng = new Rng(3);
  const from = Float32Array.from({ length: n * d }, () => rng.normal());
  const swapped = Float32Array.from(from, (_, i) => {
    const [row, k] = [Math.floor(i / d), i % d];
    return (k % 3 === 0 ? -1 : 1) * (from[row * d + (d - 1 - k)] as number);
  });
  const found = procrustes(from, swapped, d);
  expect(found.cosine).toBeGreaterThan(1 - 1e-6);
  expect(distortion(found.matrix, d)).toBeLessThan(1e-5);
});

it('stays orthogonal where anchors are too few, all zero or none', () => {
  for (const rows of [[1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 0, 0], []]) {
    const anchors = Float32Array.from(rows);
    const found = procrustes(anchors, anchors, 4);
    expect(distortion(found.matrix, 4)).toBeLessThan(1e-5);
  }
});

it('refuses anchors that do not fit each other or are not finite', () => {
  expect(() => procrustes(new Float32Array(4), new Float32Array(8), 4)).toThrow(/anchors/);
  expect(() => procrustes(new Float32Array(5), new Float32Array(5), 4)).toThrow(/anchors/);
  const bad = Float32Array.of(1, Number.NaN);
  expect(() => procrustes(bad, bad, 2)).toThrow(/finite/);
});
