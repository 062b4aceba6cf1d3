import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataError } from '../../domain/index.ts';
import { TestLake, now, table } from '../test-lake.ts';
import { eventSpans, newestEvent, readQuality, refine } from './refine.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const day = 86_400_000;
const at = (text: string) => `2025-02-${text}`;

describe('refine', () => {
  it('refuses an empty lake', async () => {
    await expect(refine({ dataDir: lake.dataDir })).rejects.toThrow(DataError);
  });

  it('puts listeners into the bucket of their md5, one row for everybody seen anywhere', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts\na,t,${at('01 10:00:00')}\nb,t,${at('01 10:00:00')}\n`,
      listeners: 'user_id,country\nc,se\na,DE\n',
    });
    const rows = await table(silver, 'listeners', 'SELECT * FROM t ORDER BY user_id');
    const bucket = (id: string) =>
      Number(BigInt(`0x${createHash('md5').update(id).digest('hex').slice(0, 15)}`) % 4n);
    expect(rows).toMatchObject([
      { user_id: 'a', bucket: bucket('a'), country: 'DE', derived: false },
      { user_id: 'b', bucket: bucket('b'), country: null, derived: true },
      { user_id: 'c', bucket: bucket('c'), country: 'SE', derived: false, explicit_ok: true },
    ]);
    const plays = await table(silver, 'plays', 'SELECT user_id, bucket FROM t ORDER BY user_id');
    expect(plays.map((row) => Number(row['bucket']))).toEqual([bucket('a'), bucket('b')]);
  });

  it('keeps one of rows that say the same twice, and of each event id the first', async () => {
    await lake.ingest(
      lake.file(
        'events-1.csv',
        `user_id,track_id,ts,ms_played,event_id
a,t,${at('01 10:00:00')},,
a,t,${at('01 10:00:00')},5000,
a,t,${at('01 11:00:00')},1000,x
a,t,${at('01 12:00:00')},1,y
a,t,${at('01 12:00:00')},2,z
`,
      ),
    );
    await lake.ingest(
      lake.file('events-2.csv', `user_id,track_id,ts,event_id\na,u,${at('09 10:00:00')},x\n`),
      'generic',
      now + 1,
    );
    const silver = await lake.refine();
    expect(
      await table(silver, 'plays', 'SELECT track_id, ms_played FROM t ORDER BY ts, ms_played'),
    ).toEqual([
      { track_id: 't', ms_played: 5000 },
      { track_id: 't', ms_played: 1000 },
      { track_id: 't', ms_played: 1 },
      { track_id: 't', ms_played: 2 },
    ]);
    expect(readQuality(silver).repeatedEvents).toBe(2);
  });

  it('puts negative and impossible durations into quarantine', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,ms_played\na,t,1738404000,-1\na,t,1738404001,86400001\na,t,1738404002,0\n`,
    });
    expect(silver.manifest.counts).toMatchObject({ plays: 1, quarantine: 2 });
    expect(readQuality(silver).quarantine).toEqual([
      { table: 'events', reason: 'ms_played is longer than a day', rows: 1 },
      { table: 'events', reason: 'ms_played is negative', rows: 1 },
    ]);
  });

  it('refuses tracks that no catalogue names where there is one, and derives them where not', async () => {
    const events = `user_id,track_id,ts\na,t,1738404000\na,ghost,1738404001\n`;
    const withCatalogue = await lake.silverOf({ events, tracks: 'track_id,title\nt,T\n' });
    expect(await table(withCatalogue, 'quarantine', 'SELECT reason, source_row FROM t')).toEqual([
      { reason: 'track is not in the catalogue', source_row: 2 },
    ]);
    const other = new TestLake();
    try {
      const derived = await other.silverOf({ events });
      expect(
        await table(
          derived,
          'tracks',
          'SELECT track_id, artist_id, derived FROM t ORDER BY track_id',
        ),
      ).toEqual([
        { track_id: 'ghost', artist_id: 'unknown:ghost', derived: true },
        { track_id: 't', artist_id: 'unknown:t', derived: true },
      ]);
    } finally {
      other.remove();
    }
  });

  it('takes the newest row of a track, over all ingests', async () => {
    await lake.ingest(lake.file('tracks-1.csv', 'track_id,title\nt,old\nt,newer\nu,U\n'));
    await lake.ingest(
      lake.file('tracks-2.csv', 'track_id,tempo,key\nu,9999,12\n'),
      'generic',
      now + 1,
    );
    const silver = await lake.refine();
    const rows = await table(
      silver,
      'tracks',
      'SELECT track_id, title, tempo FROM t ORDER BY track_id',
    );
    expect(rows[0]).toEqual({ track_id: 't', title: 'newer', tempo: null });
    const failed = readQuality(silver).expectations.filter((each) => !each.passed);
    expect(failed.map((each) => each.name)).toContain('tempo is between 20 and 400');
  });
});

describe('a silver artifact', () => {
  const events = `user_id,track_id,ts,kind,list_id,slot
a,t1,${at('01 10:00:00')},play,,
a,t2,${at('02 10:00:00')},skip,,
a,t2,${at('02 10:00:01')},save,,
b,t1,${at('02 10:00:00')},impression,l1,3
b,t1,${at('05 10:00:00')},play,l1,3
b,,${at('05 11:00:00')},banner_click,l1,
`;

  it('has the same content for any number of threads, and is not built twice', async () => {
    const silver = await lake.silverOf({ events });
    expect(await lake.refine()).toEqual(silver);
    const other = await lake.refine(2);
    expect(other.manifest.contentDigest).toBe(silver.manifest.contentDigest);
    expect(silver.manifest.counts).toMatchObject({
      plays: 3,
      library: 1,
      impressions: 1,
      banners: 1,
    });
    await lake.ingest(lake.file('events-x.csv', `user_id,track_id,ts\nz,t1,1738404000\n`));
    expect((await lake.refine()).manifest.contentDigest).not.toBe(silver.manifest.contentDigest);
  });

  it('knows its newest event and its spans without a gap of two days', async () => {
    const silver = await lake.silverOf({ events });
    expect(newestEvent(silver)).toBe(Date.UTC(2025, 1, 5, 11));
    expect(eventSpans(silver)).toEqual([
      { start: Date.UTC(2025, 1, 1, 10), end: Date.UTC(2025, 1, 2, 10, 0, 1) },
      { start: Date.UTC(2025, 1, 5, 10), end: Date.UTC(2025, 1, 5, 11) },
    ]);
  });

  it('tells freshness and volume', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => {
      const time = now - 2 * day - Math.floor(i / 30) * day + (i % 30) * 1000;
      return `a,t${i % 30},${Math.floor(time / 1000)}\n`;
    });
    const silver = await lake.silverOf({ events: `user_id,track_id,ts\n${rows.join('')}` });
    const byKind = (kind: string) =>
      readQuality(silver).expectations.find((each) => each.kind === kind)?.passed;
    expect([byKind('freshness'), byKind('volume')]).toEqual([true, true]);
  });
});
