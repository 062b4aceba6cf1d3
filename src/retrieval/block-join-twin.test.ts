import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Rng } from '../domain/index.ts';
import { VectorIndex, buildIndex, exactNeighbours, hugePages } from '../native/index.ts';
import { ColFile } from '../platform/index.ts';
import { joinTwin, readIndex } from './block-join-twin.ts';

const folder = mkdtempSync(join(tmpdir(), 'deepcuts-join-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Unit rows about a few directions. */
function rowsOf(n: number, d: number, seed: number): Float32Array {
  const rng = new Rng(seed);
  const rows = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    const row = Array.from({ length: d }, (_, j) => rng.normal() + (j % 4 === i % 4 ? 2 : 0));
    const norm = Math.hypot(...row);
    row.forEach((x, j) => (rows[i * d + j] = x / norm));
  }
  return rows;
}

interface Case {
  readonly name: string;
  readonly vectors: Float32Array;
  readonly d: number;
  readonly lists: number;
  /** Most lists of one level. */
  readonly flat?: number;
  readonly block?: number;
  readonly k: number;
  readonly probe: number;
  readonly queries: Float32Array;
  /** Classes of two, what they may have, what each query heard. */
  readonly allowed: (c: number, track: number) => boolean;
  readonly heard: (query: number, track: number) => boolean;
}

const plain = { allowed: () => true, heard: () => false };
const queries = rowsOf(40, 16, 2);
const base = { ...plain, d: 16, lists: 20, k: 10, probe: 4, queries };
const cases: readonly Case[] = [
  { ...base, name: 'random vectors', vectors: rowsOf(900, 16, 1) },
  {
    ...base,
    name: '13 dimensions',
    vectors: rowsOf(500, 13, 1),
    d: 13,
    queries: rowsOf(30, 13, 2),
  },
  { ...base, name: 'one dimension', vectors: rowsOf(50, 1, 1), d: 1, queries: rowsOf(9, 1, 2) },
  { ...base, name: 'two levels of lists', vectors: rowsOf(900, 16, 1), flat: 4 },
  { ...base, name: 'two levels, one list each', vectors: rowsOf(60, 16, 1), lists: 60, flat: 0 },
  {
    ...base,
    name: 'floors guessed from samples',
    vectors: rowsOf(4000, 16, 1),
    queries: rowsOf(96, 16, 2),
    probe: 9,
    block: 96,
  },
  {
    ...base,
    name: 'floors guessed for classes and heard tracks',
    vectors: rowsOf(4000, 16, 1),
    queries: rowsOf(96, 16, 2),
    probe: 9,
    block: 96,
    allowed: (c, track) => (track + c) % 3 > 0,
    heard: (query, track) => (query * 7 + track) % 4 === 0,
  },
  {
    ...base,
    name: 'vectors along the axes',
    vectors: Float32Array.from({ length: 1600 }, (_, i) =>
      i % 16 === Math.floor(i / 16) % 16 ? 1 : 0,
    ),
  },
  { ...base, name: 'short vectors', vectors: rowsOf(300, 16, 1).map((x) => x / 1e4) },
  {
    ...base,
    name: 'long queries',
    vectors: rowsOf(300, 16, 1),
    queries: queries.map((x) => x * 1e9),
  },
  { ...base, name: 'fewer tracks than k', vectors: rowsOf(7, 16, 1) },
  { ...base, name: 'no tracks', vectors: new Float32Array() },
  { ...base, name: 'one track', vectors: rowsOf(1, 16, 1) },
  { ...base, name: 'one list', vectors: rowsOf(300, 16, 1), lists: 1 },
  { ...base, name: 'a list per track', vectors: rowsOf(60, 16, 1), lists: 60 },
  { ...base, name: 'equal vectors', vectors: new Float32Array(1600).fill(0.25) },
  { ...base, name: 'zero vectors', vectors: new Float32Array(1600) },
  { ...base, name: 'zero queries', vectors: rowsOf(90, 16, 1), queries: new Float32Array(64) },
  { ...base, name: 'no queries', vectors: rowsOf(90, 16, 1), queries: new Float32Array() },
  {
    ...base,
    name: 'classes and heard tracks',
    vectors: rowsOf(900, 16, 1),
    allowed: (c, track) => (track + c) % 3 > 0,
    heard: (query, track) => (query * 7 + track) % 4 === 0,
  },
  { ...base, name: 'everything heard', vectors: rowsOf(90, 16, 1), heard: () => true },
  {
    ...base,
    name: 'one eligible track',
    vectors: rowsOf(400, 16, 1),
    heard: (_, track) => track !== 123,
  },
];

it.each(cases)('the crate finds what the twin finds: $name', (c) => {
  const path = join(folder, 'index.col');
  buildIndex(c.vectors, c.d, new Uint8Array(), { lists: c.lists, flat: c.flat ?? 4096 }, path);
  const tracks = c.vectors.length / c.d;
  const count = c.queries.length / c.d;
  const heard = Array.from({ length: count }, (_, q) =>
    Array.from({ length: tracks }, (__, t) => t).filter((t) => c.heard(q, t)),
  );
  const excludedOff = new Uint32Array(count + 1);
  heard.forEach((list, q) => (excludedOff[q + 1] = (excludedOff[q] as number) + list.length));
  const found = new VectorIndex(path).search(
    c.queries,
    { k: c.k, probe: c.probe, block: c.block ?? 17 },
    {
      class: Uint32Array.from({ length: count }, (_, q) => q % 2),
      allowed: Uint8Array.from({ length: 2 * tracks }, (_, i) =>
        c.allowed(Math.floor(i / tracks), i % tracks) ? 1 : 0,
      ),
      tracks,
      excludedOff,
      excluded: Uint32Array.from(heard.flat()),
    },
  );
  const index = readIndex(ColFile.open(path));
  for (let q = 0; q < count; q++) {
    const eligible = (track: number) => c.allowed(q % 2, track) && !c.heard(q, track);
    const [from, to] = [found.off[q], found.off[q + 1]];
    const native = Array.from(found.track.subarray(from, to), (track, i) => ({
      track,
      integer: found.integer[(from as number) + i],
    }));
    expect(native).toEqual(
      joinTwin(index, c.queries.subarray(q * c.d, (q + 1) * c.d), c, eligible),
    );
  }
});

it('scanning all lists loses only what rounding turns over', () => {
  const path = join(folder, 'all.col');
  const vectors = rowsOf(3000, 32, 1);
  const asked = rowsOf(20, 32, 2);
  buildIndex(vectors, 32, new Uint8Array(), {}, path);
  const index = new VectorIndex(path);
  const found = index.search(asked, { k: 100, probe: index.lists });
  const truth = exactNeighbours(vectors, asked, 32, 100);
  let hits = 0;
  for (let q = 0; q < 20; q++) {
    const mine = new Set(found.track.subarray(q * 100, q * 100 + 100));
    hits += truth.subarray(q * 100, q * 100 + 100).filter((t) => mine.has(t)).length;
  }
  expect(hits / 2000).toBeGreaterThan(0.985);
});

it('refuses queries that are not finite, unknown options and shapes that do not fit', () => {
  const path = join(folder, 'small.col');
  buildIndex(rowsOf(30, 4, 1), 4, new Uint8Array(), {}, path);
  const index = new VectorIndex(path);
  const run = (queries: Float32Array, options: object) => () =>
    index.search(queries, { k: 3, probe: 2, ...options });
  expect(run(new Float32Array([Number.NaN, 0, 0, 0]), {})).toThrow('not finite');
  expect(run(new Float32Array(3), {})).toThrow('rows');
  expect(run(new Float32Array(4), { k: 0 })).toThrow('1 or more');
  expect(run(new Float32Array(4), { probes: 3 })).toThrow('unknown field');
  expect([index.dimensions, index.tracks, typeof hugePages()]).toEqual([4, 30, 'boolean']);
});
