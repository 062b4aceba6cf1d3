import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Rng } from '../../domain/index.ts';
import { type FitParams, fitColumns, fitSessions } from '../../native/index.ts';
import { ColWriter } from '../../platform/index.ts';
import { type TwinListener, fitTwin } from './session-fit-twin.ts';

const dir = mkdtempSync(join(tmpdir(), 'deepcuts-fit-'));
afterAll(() => rmSync(dir, { recursive: true }));

const params: FitParams = {
  dimensions: 32,
  farSeconds: 700,
  nearSeconds: 50,
  leastReferences: 3,
  mostReferences: 6,
  neighbours: 2,
};

function draw(seed: number, count: number): TwinListener[] {
  const rng = new Rng(seed);
  let number = 1;
  return Array.from({ length: count }, (_, i) => {
    let start = 1000;
    const sessions = Array.from({ length: rng.below(14) }, () => {
      start += rng.below(200);
      const plays = Array.from({ length: rng.below(6) }, () => ({
        artist: 1 + rng.below(12),
        track: 1 + rng.below(40),
        genre: rng.below(4),
        count: 1 + rng.below(20),
      }));
      return { number: number++, start, reference: rng.uniform() < 0.9, plays };
    });
    return { seed: rng.next() + i, counted: rng.uniform() < 0.8, sessions };
  });
}

async function write(path: string, listeners: readonly TwinListener[]): Promise<void> {
  const writer = new ColWriter(path);
  const sessions = listeners.flatMap((one) => one.sessions);
  const plays = sessions.flatMap((one) => one.plays);
  const ends = (lengths: readonly number[]): number[] => {
    let end = 0;
    return [0, ...lengths.map((length) => (end += length))];
  };
  const u32 = (name: string, values: readonly number[]): void =>
    writer.column(name, 'u32').push(values);
  const u8 = (name: string, values: readonly boolean[]): void =>
    writer.column(name, 'u8').push(values.map(Number));
  u32(
    'seed',
    listeners.map((one) => one.seed >>> 0),
  );
  u8(
    'counted',
    listeners.map((one) => one.counted),
  );
  u32('session.off', ends(listeners.map((one) => one.sessions.length)));
  u32(
    'session.number',
    sessions.map((one) => one.number),
  );
  u32(
    'session.start',
    sessions.map((one) => one.start),
  );
  u8(
    'session.reference',
    sessions.map((one) => one.reference),
  );
  u32('play.off', ends(sessions.map((one) => one.plays.length)));
  for (const column of ['artist', 'track', 'genre', 'count'] as const)
    u32(
      `play.${column}`,
      plays.map((play) => play[column]),
    );
  await writer.close({});
}

async function native(buckets: readonly (readonly TwinListener[])[]): Promise<number[][]> {
  const paths = buckets.map((_, i) => join(dir, String(i)));
  for (const [i, bucket] of buckets.entries()) await write(`${paths[i]}.col`, bucket);
  const lines = paths.map((path) => `${path}.csv`);
  const sessions = await fitSessions(
    params,
    13,
    paths.map((path) => `${path}.col`),
    lines,
  );
  const rows = lines.flatMap((path) => readFileSync(path, 'utf8').trim().split('\n').slice(1));
  expect(rows).toHaveLength(sessions);
  return rows.map((row) => row.split(',').map(Number));
}

it('the kernel gives the numbers of its twin, in any division into buckets', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const listeners = draw(seed, 12);
    const expected = fitTwin(params, listeners);
    expect(expected[0]).toHaveLength(fitColumns.length);
    expect(await native([listeners])).toEqual(expected);
    expect(await native([listeners.slice(0, 5), [], listeners.slice(5)])).toEqual(expected);
  }
});

it('nobody and a listener without sessions give no lines', async () => {
  expect(await native([[]])).toEqual([]);
  expect(await native([[{ seed: 1, counted: true, sessions: [] }]])).toEqual([]);
});

it('an artist number beyond the given count is refused', async () => {
  const plays = [{ artist: 13, track: 1, genre: 0, count: 1 }];
  const sessions = [{ number: 1, start: 1, reference: true, plays }];
  await expect(native([[{ seed: 1, counted: true, sessions }]])).rejects.toMatchObject({
    code: 'kernel.shape',
  });
});
