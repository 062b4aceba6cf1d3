import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parquetParts } from '../bronze.ts';
import { TestLake, rowsOf } from '../test-lake.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const stored = (path: string, table = 'events') => rowsOf(parquetParts(path, table));

describe('other formats', () => {
  it('session-rec: files of its shape are read, others named and passed over', async () => {
    lake.file('in/a.txt', 'UserId\tSessionId\tItemId\tTime\tArtistId\n1\t10\t"7\t1400000000\t3\n');
    lake.file('in/b.txt', 'UserId\tSessionId\tItemId\tTime\n2\t11\t8\t1400000001\n');
    lake.file('in/README.txt', 'SOURCE  somewhere');
    lake.file('in/x.json', '{}');
    const report = await lake.ingest(join(lake.dir, 'in'), 'session-rec');
    expect(report.rows.events).toBe(2);
    expect(report.passedOver).toEqual(['README.txt', 'x.json']);
    expect((await stored(report.path))[0]).toMatchObject({
      user_id: '1',
      session_id: '10',
      track_id: '"7',
      artist_id: '3',
      ts: '2014-05-13 16:53:20',
    });
  });

  it('interactions: rows of a pair add up, names may be quoted, there is no clock', async () => {
    lake.file('in/inter.csv', 'user_id,track_id\n1,5\n1,5\n2,5\n');
    lake.file(
      'in/track_ids.csv',
      'track_id,track_artist,artist,track\n5,"So ""so"", yes;The Band","The Band","So ""so"", yes"\n',
    );
    const report = await lake.ingest(join(lake.dir, 'in'), 'interactions');
    expect(report).toMatchObject({ clock: false, newestEvent: null, quarantined: [] });
    const rows = await rowsOf(
      parquetParts(report.path, 'events'),
      'SELECT user_id, track_id, count, ts FROM t ORDER BY user_id',
    );
    expect(rows).toEqual([
      { user_id: '1', track_id: '5', count: 2, ts: '1970-01-01 00:00:00' },
      { user_id: '2', track_id: '5', count: 1, ts: '1970-01-01 00:00:00' },
    ]);
    expect(await stored(report.path, 'tracks')).toMatchObject([
      { title: 'So "so", yes', artist: 'The Band' },
    ]);
  });
});
