import { expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { type Item2vecParams, item2vecVectors } from '../native/index.ts';
import { item2vecTwin } from './index.ts';

const base: Required<Item2vecParams> = {
  dimensions: 8,
  window: 5,
  negatives: 5,
  epochs: 3,
  learningRate: 0.1,
  minLearningRate: 0.01,
  subsample: 0,
  exponent: -0.5,
  minCount: 1,
  shards: 1,
  seed: 7,
};

function corpus(seed: number, tracks: number, longest: number): number[][] {
  const rng = new Rng(seed);
  return Array.from({ length: 40 }, () =>
    Array.from({ length: rng.below(longest) }, () => Math.floor(tracks * rng.uniform() ** 2)),
  );
}

function native(sequences: readonly number[][], tracks: number, params: Item2vecParams) {
  const offsets = new Uint32Array(sequences.length + 1);
  for (const [i, run] of sequences.entries()) offsets[i + 1] = (offsets[i] as number) + run.length;
  return item2vecVectors(offsets, Uint32Array.from(sequences.flat()), tracks, params);
}

function gap(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  return found.reduce((max, x, i) => Math.max(max, Math.abs(x - (expected[i] as number))), 0);
}

const options: Partial<Item2vecParams>[] = [
  {},
  { dimensions: 1 },
  { dimensions: 13 },
  { window: 1 },
  { window: 40, learningRate: 0.025 },
  { negatives: 1 },
  { negatives: 12, learningRate: 0.05 },
  { epochs: 1, seed: 8 },
  { learningRate: 0.025, minLearningRate: 0 },
  { subsample: 0.02 },
  { exponent: 0.75 },
  { exponent: 0 },
  { minCount: 6 },
];

for (const option of options)
  it(`the crate trains what the twin trains with ${JSON.stringify(option)}`, () => {
    const params = { ...base, ...option };
    for (const [seed, tracks] of [
      [1, 50],
      [2, 4],
    ] as const) {
      const sequences = corpus(seed, tracks, 20);
      const [found, expected] = [
        native(sequences, tracks, params),
        item2vecTwin(sequences, tracks, params),
      ];
      expect(gap(found.input, expected.input)).toBeLessThan(1e-4);
      expect(gap(found.output, expected.output)).toBeLessThan(1e-4);
      expect(found.output.some((x) => x !== 0)).toBe(true);
    }
  });

it('a corpus of one track, of lone tracks or of none is the same in both', () => {
  for (const sequences of [[[0, 0, 0]], [[0], [1], []], []]) {
    const [found, expected] = [native(sequences, 2, base), item2vecTwin(sequences, 2, base)];
    expect(gap(found.input, expected.input)).toBeLessThan(1e-6);
    expect(gap(found.output, expected.output)).toBeLessThan(1e-6);
  }
});

it('a track outside the catalogue and a parameter out of range are refused', () => {
  expect(() => native([[0, 9]], 2, base)).toThrow(/catalogue/);
  expect(() => native([[0, 1]], 2, { ...base, window: 0 })).toThrow(/window/);
});
