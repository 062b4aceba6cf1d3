import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ColFile } from '../platform/index.ts';
import { writePrefixBucket } from './prefix-bucket.ts';
import { variants } from './next-track-variants.ts';
import { prefixQueries } from './prefix-queries.ts';

const known = {
  track: new Map([
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ]),
  recording: [0, 1, 1],
  heard: new Map([['u', new Set([0])]]),
};

it('every prefix asks for the next track; what training does not know is left out', () => {
  const { queries, sessions } = prefixQueries(
    [
      { user: 'u', tracks: ['a', 'x', 'b', 'c'] },
      { user: 'v', tracks: ['x', 'a'] },
    ],
    known,
  );
  expect(sessions).toBe(1);
  expect(queries.map(({ user, prefix, target }) => [user, prefix, target])).toEqual([
    ['u', [0], 1],
    ['u', [0, 1], 2],
  ]);
});

it('what a listener heard grows with the sessions of the day', () => {
  const { queries } = prefixQueries(
    [
      { user: 'v', tracks: ['a', 'b'] },
      { user: 'v', tracks: ['a', 'c'] },
    ],
    known,
  );
  expect(queries.map(({ heardBefore }) => [...heardBefore])).toEqual([[], [0, 1]]);
  const [everything, unrepeated, fresh] = variants.map((variant) =>
    queries.map((query) => [
      variant.counts(query, known.recording),
      ...variant.heard(query, known.recording),
    ]),
  );
  expect(everything).toEqual([[true], [true]]);
  expect(unrepeated).toEqual([
    [true, 0],
    [true, 0],
  ]);
  expect(fresh).toEqual([
    [true, 0],
    [false, 0, 1, 0],
  ]);
});

it('a bucket holds a prefix newest first, a place a day, repeats once, history behind it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'deepcuts-prefix-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const path = join(dir, 'bucket.col');
  const day = 86_400;
  const row = { positives: [3, 3], positives28: [1, 1], positives7: [0, 0], skips: [0, 0] };
  const query = { user: 'u', prefix: [2, 1, 2], target: 0, heardBefore: new Set([7, 4]) };
  await writePrefixBucket(path, [query], {
    at: 100 * day,
    heard: ({ heardBefore }) => heardBefore,
    history: () => ({ ...row, track: [1, 9], last: [99 * day, 98 * day], weight: [10, 20] }),
  });
  const file = ColFile.open(path);
  expect([...file.u32('hist.track')]).toEqual([2, 1, 9]);
  expect([...file.u32('hist.last')]).toEqual([99 * day, 98 * day, 94 * day]);
  expect([...file.u16('hist.positives')]).toEqual([2, 1, 3]);
  expect([...file.i32('hist.weight')]).toEqual([2000, 1000, 20]);
  expect([...file.u32('heard.recording')]).toEqual([4, 7]);
});
