import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Artifact } from '../../platform/index.ts';
import { TestLake, rowsOf } from '../test-lake.ts';
import { type SilverRef, dayChain, refineDay } from '../index.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const header = 'event_id,user_id,track_id,ts,kind,ms_played';
const tracks = 'track_id,artist_id,duration_ms\nt1,a,200000\nt2,a,20000\n';

async function base(): Promise<SilverRef> {
  const events = `${header}\ne1,u1,t1,2025-01-01T10:00:00Z,play,60000\ne2,u2,t2,2025-01-01T11:00:00Z,play,20000\n`;
  return lake.silverOf({ events, tracks });
}

async function ingest(name: string, rows: readonly string[], catalogue = ''): Promise<void> {
  lake.file(`${name}/events.csv`, `${[header, ...rows].join('\n')}\n`);
  if (catalogue !== '') lake.file(`${name}/tracks.csv`, catalogue);
  await lake.ingest(join(lake.dir, name));
}

async function nextDay(silver: SilverRef): Promise<Artifact | null> {
  const limits = { threads: 1, memoryMb: 256 };
  return (await refineDay({ dataDir: lake.dataDir, silver, limits })).day;
}

const table = (day: Artifact | null, name: string) =>
  rowsOf([join(day?.path ?? '', `${name}.parquet`)]);

it('a day holds what its own plays, skips and saves say, by the rules of silver and gold', async () => {
  const silver = await base();
  await ingest('one', [
    'f1,u1,t1,2025-01-02T10:00:00Z,play,60000',
    'f2,u1,t2,2025-01-02T10:03:00Z,play,19500',
    'f3,u2,t1,2025-01-02T12:00:00Z,skip,1000',
    'f4,u2,t1,2025-01-02T12:01:00Z,save,',
    'f5,u1,t1,2025-01-02T11:00:00Z,play,60000',
  ]);
  const day = await nextDay(silver);
  expect(await table(day, 'track_stats')).toEqual([
    { track_id: 't1', plays: 2, listeners: 1, skips: 1, saves: 1 },
    { track_id: 't2', plays: 1, listeners: 1, skips: 0, saves: 0 },
  ]);
  const responses = await table(day, 'responses');
  expect(responses.map(({ track_id, weight, liked }) => [track_id, weight, liked])).toEqual(
    expect.arrayContaining([
      ['t1', 1000, true],
      ['t2', 1000, true],
      ['t1', -1000, false],
      ['t1', 5000, false],
    ]),
  );
  const sessions = responses.filter((row) => row['user_id'] === 'u1').map((r) => r['session_id']);
  expect(new Set(sessions).size).toBe(2);
  expect(day?.manifest.counts).toMatchObject({ events: 5, late: 0, repeated: 0, listeners: 2 });
  expect(day?.manifest.maxEventTime).toBe(Date.UTC(2025, 0, 2, 12, 1));
});

it('events not later than what was counted are late, and an event repeated later counts once', async () => {
  const silver = await base();
  await ingest('one', [
    'f1,u1,t1,2025-01-02T10:00:00Z,play,60000',
    'f1,u1,t1,2025-01-02T10:00:00Z,play,60000',
    'f0,u1,t1,2025-01-01T09:00:00Z,play,60000',
    'e2,u2,t2,2025-01-01T11:00:00Z,play,20000',
  ]);
  const one = await nextDay(silver);
  expect(one?.manifest.counts).toMatchObject({ events: 1, late: 2, repeated: 1 });
  await ingest('two', [
    'f1,u1,t1,2025-01-03T10:00:00Z,play,60000',
    'f2,u1,t1,2025-01-02T09:00:00Z,play,60000',
    'f3,u1,t1,2025-01-03T10:00:00Z,play,60000',
  ]);
  const two = await nextDay(silver);
  expect(two?.manifest.counts).toMatchObject({ events: 1, late: 1, repeated: 1, track_stats: 1 });
  expect(dayChain(lake.dataDir, silver).map(({ path }) => path)).toEqual([one?.path, two?.path]);
  // nothing is lost: the full path counts the late ones
  const full = await lake.refine();
  expect(full.manifest.counts['plays']).toBe(2 + 1 + 1 + 1 + 1);
});

it('the same ingests again are nothing new', async () => {
  const silver = await base();
  expect(await nextDay(silver)).toBeNull();
  await ingest('one', ['f1,u1,t1,2025-01-02T10:00:00Z,play,60000']);
  const day = await nextDay(silver);
  expect(await nextDay(silver)).toBeNull();
  await ingest('one', ['f1,u1,t1,2025-01-02T10:00:00Z,play,60000']);
  expect(await nextDay(silver)).toBeNull();
  expect(dayChain(lake.dataDir, silver).map(({ path }) => path)).toEqual([day?.path]);
});

it('a track the base does not know comes with its catalogue row, else its events are set aside', async () => {
  const silver = await base();
  await ingest(
    'one',
    [
      'f1,u1,t3,2025-01-02T10:00:00Z,play,60000',
      'f2,u1,t4,2025-01-02T10:05:00Z,play,60000',
      'f3,u1,t1,2025-01-02T10:10:00Z,play,60000',
    ],
    'track_id,title,artist_id,duration_ms\nt3,Third,a,180000\n',
  );
  const day = await nextDay(silver);
  const found = await table(day, 'tracks');
  expect(found.map(({ track_id, title }) => [track_id, title])).toEqual([['t3', 'Third']]);
  expect(day?.manifest.counts).toMatchObject({ events: 2, quarantined: 1, tracks: 1 });
});

it('without any catalogue unknown tracks are made up from events, as refine does', async () => {
  const events = 'user_id,track_id,ts\nu1,t1,2025-01-01T10:00:00Z\n';
  const silver = await lake.silverOf({ events });
  lake.file('one/events.csv', 'user_id,track_id,ts\nu1,t9,2025-01-02T10:00:00Z\n');
  await lake.ingest(join(lake.dir, 'one'));
  const day = await nextDay(silver);
  const found = await table(day, 'tracks');
  expect(found.map(({ track_id, derived }) => [track_id, derived])).toEqual([['t9', true]]);
});

it('a machine counts in nothing', async () => {
  const silver = await base();
  const plays = Array.from(
    { length: 120 },
    (_, i) =>
      `m${i},bot,t1,2025-01-02T10:${String(i % 60).padStart(2, '0')}:${i < 60 ? '00' : '30'}Z,play,31000`,
  );
  await ingest('one', [...plays, 'f1,u1,t1,2025-01-02T20:00:00Z,play,60000']);
  const day = await nextDay(silver);
  expect(await table(day, 'track_stats')).toEqual([
    { track_id: 't1', plays: 1, listeners: 1, skips: 0, saves: 0 },
  ]);
});

it('an ingest that goes beyond the as-of time is left whole to a later run', async () => {
  const silver = await base();
  await ingest('one', ['f1,u1,t1,2025-01-02T10:00:00Z,play,60000']);
  await ingest('two', ['f2,u1,t1,2025-01-04T10:00:00Z,play,60000']);
  const options = { dataDir: lake.dataDir, silver };
  const first = await refineDay({ ...options, asOf: Date.UTC(2025, 0, 3) });
  expect([first.day?.manifest.counts['events'], first.heldBack]).toEqual([1, 1]);
  const second = await refineDay(options);
  expect([second.day?.manifest.counts['events'], second.heldBack]).toEqual([1, 0]);
});
