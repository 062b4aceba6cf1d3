import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { encodeTowers, probeTowers, trainTowers, untrainedTowers } from '../native/index.ts';
import { ColFile, ColWriter } from '../platform/index.ts';
import { type TwinInput, type TwinTower, encodeTwin, towersLoss } from './towers-twin.ts';

const folder = mkdtempSync(join(tmpdir(), 'deepcuts-towers-twin-'));
afterAll(() => rmSync(folder, { recursive: true }));

const params = { dimensions: 8, hidden: 10, temperature: 0.2, margin: 0.6, outputScale: 1 };
const sides = {
  tracks: { rows: 30, width: 12, dim: 4, tableRows: 7, skips: [{ from: 0, width: 8, scale: 1 }] },
  examples: {
    rows: 12,
    width: 18,
    dim: 3,
    tableRows: 5,
    skips: [
      { from: 0, width: 8, scale: 0.5 },
      { from: 8, width: 8, scale: 0.5 },
    ],
  },
} as const;
const files = { tracks: join(folder, 'tracks.col'), examples: join(folder, 'examples.col') };
type Side = keyof typeof sides;

function inputsOf(side: Side, rng: Rng): TwinInput[] {
  const { rows, width, tableRows } = sides[side];
  const value = (): number => Math.fround(rng.normal());
  return Array.from({ length: rows }, () => ({
    dense: Array.from({ length: width }, value),
    bags: [
      Array.from({ length: Math.floor(rng.uniform() * 4) }, () => ({
        id: Math.floor(rng.uniform() * tableRows),
        weight: value(),
      })),
    ],
  }));
}

function world(seed: number) {
  const rng = new Rng(seed);
  const id = (n: number): number => Math.floor(rng.uniform() * n);
  const inputs = { tracks: inputsOf('tracks', rng), examples: inputsOf('examples', rng) };
  const pairs = Array.from({ length: 20 }, () => ({
    listener: id(12),
    track: id(10),
    weight: Math.fround(rng.uniform() + 0.1),
    hard: Array.from({ length: id(3) }, () => ({
      track: id(30),
      logWeight: Math.fround(rng.normal()),
    })),
  })).toSorted((a, b) => a.listener - b.listener);
  const count = Array.from({ length: 30 }, (_, t) => pairs.filter((p) => p.track === t).length);
  return { inputs, pairs, count, uniform: Array.from({ length: 15 }, () => id(30)) };
}

type World = ReturnType<typeof world>;

async function write(side: Side, { inputs, pairs, count }: World): Promise<void> {
  const { rows, width, dim, tableRows, skips } = sides[side];
  const file = new ColWriter(files[side]);
  const bags = inputs[side].map((input) => input.bags[0] ?? []);
  const off = (lengths: readonly number[]): number[] =>
    lengths.reduce<number[]>((all, length) => [...all, (all.at(-1) ?? 0) + length], [0]);
  file.column('dense', 'f32').push(inputs[side].flatMap((input) => input.dense));
  file.column('bag.artist.off', 'u32').push(off(bags.map((bag) => bag.length)));
  file.column('bag.artist.id', 'u32').push(bags.flat().map((entry) => entry.id));
  file.column('bag.artist.weight', 'f32').push(bags.flat().map((entry) => entry.weight));
  if (side === 'examples') {
    const hard = pairs.flatMap((pair) => pair.hard);
    file.column('pair.listener', 'u32').push(pairs.map((pair) => pair.listener));
    file.column('pair.track', 'u32').push(pairs.map((pair) => pair.track));
    file.column('pair.weight', 'f32').push(pairs.map((pair) => pair.weight));
    file.column('hard.off', 'u32').push(off(pairs.map((pair) => pair.hard.length)));
    file.column('hard.track', 'u32').push(hard.map((entry) => entry.track));
    file.column('hard.weight', 'f32').push(hard.map((entry) => entry.logWeight));
    file.column('track.count', 'f32').push(count);
  }
  const bag = { name: 'artist', tableRows, dim };
  await file.close({ rows, width, bags: [bag], skips: [...skips], dropout: null });
}

/** Takes the towers out of the crate's flat parameters. */
function towersOf(flat: Float32Array): Record<Side, TwinTower> {
  let from = 0;
  const take = (n: number): number[] => [...flat.subarray(from, (from += n))];
  const tower = (side: Side): TwinTower => {
    const { width, dim, tableRows, skips } = sides[side];
    return {
      w1: take((width + dim) * 10),
      b1: take(10),
      w2: take(80),
      b2: take(8),
      skips: skips.map((skip) => ({ from: skip.from, matrix: take(64) })),
      tables: [{ dim, values: take(tableRows * dim) }],
    };
  };
  const examples = tower('examples');
  return { examples, tracks: tower('tracks') };
}

const losses = [
  { loss: 'softmax', temperature: 0.2 },
  { loss: 'triplet', margin: 0.6, tripletNegatives: 'all' },
  { loss: 'triplet', margin: 0.6, tripletNegatives: 'hardest' },
] as const;

it.each(losses)('the crate gives a batch the loss of its twin: %o', async (options) => {
  for (const seed of [1, 2, 3]) {
    const made = world(seed);
    await write('tracks', made);
    await write('examples', made);
    const all = { ...params, ...options, seed };
    const flat = untrainedTowers(all, files);
    const batch = {
      pairs: Uint32Array.from(made.pairs, (_, i) => i),
      uniform: Uint32Array.from(made.uniform),
      dropped: new Uint32Array(),
    };
    const found = probeTowers(all, files, flat, batch);
    const towers = towersOf(flat);
    const unit = (side: Side): (readonly number[])[] =>
      made.inputs[side].map((input) => encodeTwin(towers[side], input));
    const [u, v] = [unit('examples'), unit('tracks')];
    const cosine = (l: number, t: number): number =>
      (u[l] ?? []).reduce((dot, value, j) => dot + value * (v[t]?.[j] ?? Number.NaN), 0);
    expect(Math.abs(found.loss - towersLoss(options, made, cosine))).toBeLessThan(1e-5);
    expect(found.gradient).toHaveLength(flat.length);
    const after = probeTowers(all, files, found.stepped, batch);
    expect(after.loss).toBeLessThan(found.loss);
  }
});

it('training from files gives towers that encode both sides to unit rows', async () => {
  const made = world(4);
  await write('tracks', made);
  await write('examples', made);
  const out = join(folder, 'towers.col');
  const all = { ...params, batch: 8, uniform: 10, epochs: 2 };
  const first = await trainTowers(all, files, out);
  expect(first).toMatchObject({ pairs: 20, steps: 6 });
  expect((await trainTowers(all, files, out)).digest).toBe(first.digest);
  for (const [which, side] of [['listener', 'examples'] as const, ['track', 'tracks'] as const]) {
    const to = join(folder, `${which}.col`);
    await encodeTowers(out, which, files[side], to);
    const vectors = ColFile.open(to).read('vector', 'f32');
    expect(vectors).toHaveLength(sides[side].rows * 8);
    for (let row = 0; row < sides[side].rows; row++)
      expect(Math.hypot(...vectors.subarray(row * 8, row * 8 + 8))).toBeCloseTo(1, 5);
  }
  await expect(encodeTowers(out, 'track', files.examples, out)).rejects.toThrow(/other columns/);
});

it('names a parameter that it does not know', () => {
  expect(() => untrainedTowers({ sped: 1 }, files)).toThrow(/sped/);
});
