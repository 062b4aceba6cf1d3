import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../domain/index.ts';
import { TestLake, table } from '../test-lake.ts';
import { gold } from './gold.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const T = Date.UTC(2025, 1, 20);
const ago = (days: number, seconds = 0) => Math.floor(T / 1000) - days * 86_400 + seconds;

describe('gold as of T', () => {
  it('counts what a listener and a track have to do with each other before T, and nothing at T', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,kind,ms_played
a,t1,${ago(40)},play,60000
a,t1,${ago(20)},play,60000
a,t1,${ago(3)},play,60000
a,t1,${ago(2)},skip,1000
a,t1,${ago(1)},save,
a,t1,${ago(0)},play,60000
a,t2,${ago(30)},save,
a,t2,${ago(29)},unsave,
a,t3,${ago(6)},play,60000
a,t3,${ago(5)},dislike,
b,t4,${ago(-1)},play,60000
`,
      tracks: 'track_id,released_on\nt1,2020-01-01\nt2,\nt3,2025-01-01\nt4,2025-06-01\n',
    });
    const tables = await lake.gold(silver, T);
    expect(tables.manifest.maxEventTime).toBe(ago(1) * 1000);
    const rows = await table(tables, 'listener_tracks', 'SELECT * FROM t ORDER BY track_id');
    expect(rows).toMatchObject([
      {
        user_id: 'a',
        track_id: 't1',
        events: 4,
        positives: 4,
        positives_28d: 3,
        positives_7d: 2,
        skips: 1,
        saved: 1,
        disliked: 0,
        weight: 3 * 1000 - 1000 + 5000,
        first_ts: '2025-01-11 00:00:00',
        last_ts: '2025-02-19 00:00:00',
        last_positive_ts: '2025-02-19 00:00:00',
      },
      { track_id: 't2', events: 0, positives: 0, saved: 0, weight: 0, last_positive_ts: null },
      { track_id: 't3', events: 1, positives: 1, disliked: 1, saved: 0 },
    ]);
  });

  it('knows the listeners and tracks there were', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,country
a,t1,${ago(30)},SE
a,t1,${ago(29)},DE
a,t1,${ago(29, 60)},DE
late,t1,${ago(-1)},SE
`,
      tracks: 'track_id,released_on\nt1,\nold,2025-02-19\ntoday,2025-02-20\nnext,2025-02-21\n',
      listeners: 'user_id,joined_on,country\nquiet,2025-01-01,FR\nlater,2025-03-01,\n',
    });
    const tables = await lake.gold(silver, T);
    const profiles = await table(
      tables,
      'listener_profile',
      'SELECT user_id, country, events, active, event_timestamp FROM t ORDER BY user_id',
    );
    expect(profiles).toEqual([
      { user_id: 'a', country: 'DE', events: 3, active: 0, event_timestamp: '2025-02-20 00:00:00' },
      {
        user_id: 'quiet',
        country: 'FR',
        events: 0,
        active: 0,
        event_timestamp: '2025-02-20 00:00:00',
      },
    ]);
    const tracks = await table(tables, 'track_stats', 'SELECT track_id FROM t');
    expect(tracks.map((row) => row['track_id'])).toEqual(['old', 't1', 'today']);
  });

  it('counts listeners and plays per track, country, artist and genre week', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,kind,country,list_id,slot
a,t1,${ago(3)},play,,,
a,t1,${ago(2)},play,,,
b,t1,${ago(20)},play,,,
b,t2,${ago(10)},play,,,
b,t2,${ago(9)},skip,,,
c,t2,${ago(60)},play,,,
c,t2,${ago(60, 1)},save,,,
c,t2,${ago(1)},impression,,l,0
`,
      tracks: 'track_id,artist_id,artist,genres\nt1,x,X,pop;rock\nt2,x,X,pop\n',
      listeners: 'user_id,country\na,SE\nb,SE\nc,DE\n',
    });
    const tables = await lake.gold(silver, T);
    expect(await table(tables, 'track_stats', 'SELECT * FROM t ORDER BY track_id')).toMatchObject([
      {
        track_id: 't1',
        listeners_all: 2,
        listeners_28d: 2,
        listeners_7d: 1,
        plays_all: 3,
        plays_7d: 2,
      },
      {
        track_id: 't2',
        listeners_all: 2,
        listeners_90d: 2,
        listeners_28d: 1,
        plays_all: 2,
        plays_28d: 1,
        skips_90d: 1,
        saves_90d: 1,
        impressions_90d: 1,
      },
    ]);
    expect(await table(tables, 'track_country', 'SELECT * FROM t ORDER BY track_id')).toEqual([
      { track_id: 't1', country: 'SE', listeners_28d: 2, plays_28d: 3 },
      { track_id: 't2', country: 'SE', listeners_28d: 1, plays_28d: 1 },
    ]);
    expect(await table(tables, 'artist_stats')).toMatchObject([
      { artist_id: 'x', artist: 'X', tracks: 2, listeners_all: 3, listeners_28d: 2, plays_all: 5 },
    ]);
    expect(
      await table(tables, 'genre_weeks', `SELECT * FROM t WHERE genre = 'pop' ORDER BY week_no`),
    ).toEqual([
      { genre: 'pop', week_start: '2025-02-13', week_no: 0, plays: 2 },
      { genre: 'pop', week_start: '2025-02-06', week_no: 1, plays: 1 },
      { genre: 'pop', week_start: '2025-01-30', week_no: 2, plays: 1 },
      { genre: 'pop', week_start: '2024-12-19', week_no: 8, plays: 1 },
    ]);
  });

  it('takes the training days from those that have plays', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts\na,t1,${ago(200)}\na,t2,${ago(100)}\na,t3,${ago(1)}\na,t4,${ago(1, 5)}\n`,
    });
    const responses = async (days: number) => {
      const rows = await table(
        await lake.gold(silver, T, days),
        'responses',
        'SELECT track_id FROM t ORDER BY ts',
      );
      return rows.map((row) => row['track_id']);
    };
    expect(await responses(1)).toEqual(['t3', 't4']);
    expect(await responses(2)).toEqual(['t2', 't3', 't4']);
    expect(await responses(90)).toEqual(['t1', 't2', 't3', 't4']);
  });

  it('keeps playlists of people and editors as they stood before T', async () => {
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts\na,t1,${ago(3)}\n`,
      tracks: 'track_id\nt1\nt2\nt3\n',
      playlists: `playlist_id,track_id,position,kind,added_at
p,t2,1,user,${ago(5)}
p,t1,0,user,${ago(5)}
p,t3,2,user,${ago(0)}
e,t1,0,editorial,
ours,t1,0,algorithmic,${ago(9)}
`,
    });
    const rows = await table(
      await lake.gold(silver, T),
      'playlists',
      'SELECT playlist_id, track_id FROM t',
    );
    expect(rows).toEqual([
      { playlist_id: 'e', track_id: 't1' },
      { playlist_id: 'p', track_id: 't1' },
      { playlist_id: 'p', track_id: 't2' },
    ]);
  });

  it('counts what bots played as heard, and in nothing else', async () => {
    const rows = Array.from({ length: 1001 }, (_, i) => `bot,t${i % 10},${ago(3, i)},60000\n`);
    const silver = await lake.silverOf({
      events: `user_id,track_id,ts,ms_played\n${rows.join('')}a,t1,${ago(2)},60000\n`,
    });
    const tables = await lake.gold(silver, T);
    const [row] = await table(tables, 'listener_tracks', `SELECT * FROM t WHERE user_id = 'bot'`);
    expect(row).toMatchObject({ positives: 0, weight: 0, last_positive_ts: null });
    expect(row?.['events']).toBeGreaterThan(99);
    expect(
      await table(tables, 'track_stats', 'SELECT sum(plays_all)::INTEGER AS n FROM t'),
    ).toEqual([{ n: 1 }]);
    expect(
      await table(tables, 'listener_profile', `SELECT active FROM t WHERE user_id = 'bot'`),
    ).toEqual([{ active: 0 }]);
  });

  it('keeps the counts of interactions', async () => {
    const path = lake.file('in/inter.csv', 'user_id,track_id,count\n1,5,3\n1,6,1\n');
    await lake.ingest(path, 'interactions');
    const tables = await lake.gold(await lake.refine(), 1);
    expect(
      await table(
        tables,
        'listener_tracks',
        'SELECT events, positives, weight FROM t ORDER BY track_id',
      ),
    ).toEqual([
      { events: 3, positives: 3, weight: 3000 },
      { events: 1, positives: 1, weight: 1000 },
    ]);
  });

  it('is empty before the first event, and one artifact per time', async () => {
    const silver = await lake.silverOf({ events: `user_id,track_id,ts\na,t1,${ago(2)}\n` });
    const empty = await lake.gold(silver, ago(3) * 1000);
    expect(empty.manifest).toMatchObject({
      maxEventTime: null,
      counts: { listener_profile: 0, track_stats: 0 },
    });
    const later = await lake.gold(silver, T);
    expect(await lake.gold(silver, T)).toEqual(later);
    expect(later.path).not.toBe(empty.path);
    await expect(gold({ dataDir: lake.dataDir, silver, asOf: Number.NaN })).rejects.toThrow(
      ConfigError,
    );
  });
});
