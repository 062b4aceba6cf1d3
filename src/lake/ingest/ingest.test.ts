import { existsSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, DataError } from '../../domain/index.ts';
import { openDuckDb } from '../../platform/index.ts';
import { parquetParts } from '../bronze.ts';
import { TestLake, now, rowsOf } from '../test-lake.ts';
import { ingest } from './ingest.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const header = 'user_id,track_id,ts\n';
const events = `${header}a,t1,2025-02-01 10:00:00\na,t2,1738404000\nb,t1,1738404000000\n`;
const bronze = () => join(lake.dataDir, 'lake', 'bronze');
const stored = (path: string, table = 'events') => rowsOf(parquetParts(path, table));

async function parquet(name: string, select: string): Promise<string> {
  const path = lake.file(name, '');
  await using sql = await openDuckDb({ threads: 1, memoryMb: 256, scratchDir: lake.dir });
  await sql.writeParquet(path, { name: 'test', text: select });
  return path;
}

describe('a good file', () => {
  it('becomes bronze rows with where they came from', async () => {
    const report = await lake.ingest(lake.file('in/events.csv', events));
    expect(report).toMatchObject({ repeated: false, clock: true, quarantined: [] });
    expect(report.rows.events).toBe(3);
    expect(report.newestEvent).toBe(Date.UTC(2025, 1, 1, 10));
    expect((await stored(report.path))[1]).toMatchObject({
      user_id: 'a',
      track_id: 't2',
      ts: '2025-02-01 10:00:00',
      kind: 'play',
      ms_played: null,
      source: 'generic',
      source_file: 'events.csv',
      source_row: 2,
    });
  });

  it.each(['events.csv', 'events.csv.gz', 'events.csv.zst', 'events-2025.csv', 'events/any.csv'])(
    'is known by the name %s',
    async (name) => {
      const bytes = Buffer.from(events);
      const packed = name.endsWith('.gz')
        ? gzipSync(bytes)
        : name.endsWith('.zst')
          ? zstdCompressSync(bytes)
          : bytes;
      lake.file(`in/${name}`, packed);
      expect((await lake.ingest(join(lake.dir, 'in'))).rows.events).toBe(3);
    },
  );

  it('may be Parquet, compressed around it or not, with numbers for ids', async () => {
    const select = `SELECT 7 AS user_id, 1.0::DOUBLE AS track_id, TIMESTAMPTZ '2025-02-01 10:00:00+02' AS ts`;
    const path = await parquet('one.parquet', select);
    const report = await lake.ingest(path);
    expect(await stored(report.path)).toMatchObject([
      { user_id: '7', track_id: '1', ts: '2025-02-01 08:00:00' },
    ]);
    const { readFileSync } = await import('node:fs');
    const packed = lake.file('in/events.parquet.gz', gzipSync(readFileSync(path)));
    expect((await lake.ingest(packed)).rows.events).toBe(1);
  });

  it('may be JSON lines', async () => {
    const line = '{"user_id":"a","track_id":"t","ts":1738404000,"kind":"SAVE","country":"se"}';
    const report = await lake.ingest(lake.file('events.jsonl', `${line}\n`));
    expect(await stored(report.path)).toMatchObject([{ kind: 'save', country: 'SE' }]);
  });

  it('may be an empty table', async () => {
    expect((await lake.ingest(lake.file('events.csv', header))).rows.events).toBe(0);
    expect((await lake.ingest(lake.file('events.jsonl', ''))).rows.events).toBe(0);
  });

  it('may have quotes and wildcards in its name', async () => {
    lake.file('[a]/events-1.csv', events);
    const report = await lake.ingest(lake.file(`[a]/o'h"no/events-?*[1].csv`, events));
    expect(report.rows.events).toBe(3);
    await lake.ingest(lake.file('[a]/events-?.csv', `${header}b,t9,1738404000\n`));
    expect((await lake.refine()).manifest.counts['plays']).toBe(4);
  });

  it('brings tracks, listeners, playlists and blocks', async () => {
    lake.file('in/events.csv', events);
    lake.file(
      'in/tracks.csv',
      'track_id,genres,duration_ms,released_on\nt1,rock; pop,200000,2019\n',
    );
    lake.file('in/listeners.csv', 'user_id,explicit_ok\na,no\n');
    lake.file('in/playlists.csv', 'playlist_id,track_id\np,t1\n');
    lake.file('in/blocks.csv', 'user_id,artist_id\na,x\n');
    lake.file('in/notes.txt', 'hello');
    const report = await lake.ingest(join(lake.dir, 'in'));
    expect(report.rows).toEqual({ events: 3, tracks: 1, listeners: 1, playlists: 1, blocks: 1 });
    expect(report.passedOver).toEqual(['notes.txt']);
    expect(await stored(report.path, 'tracks')).toMatchObject([
      { genres: '[rock, pop]', duration_ms: 200000, released_on: '2019-01-01' },
    ]);
    expect(await stored(report.path, 'listeners')).toMatchObject([{ explicit_ok: false }]);
  });
});

describe('a bad row', () => {
  const reasons = async (text: string | Uint8Array, name = 'events.csv') => {
    const report = await lake.ingest(lake.file(name, text));
    const rows = await rowsOf(
      parquetParts(report.path, 'quarantine'),
      'SELECT source_row, reason, raw FROM t ORDER BY source_row',
    );
    return { kept: report.rows.events, rows, report };
  };

  it.each([
    [',t1,1738404000', 'user_id is missing'],
    ['a,,1738404000', 'track_id is missing'],
    ['a,t1,', 'ts is missing'],
    ['a,t1,yesterday', 'ts is not a time'],
    ['a,t1,12', 'ts is before the year 2000'],
    ['a,t1,2025-03-03 00:00:00', 'ts is from the future'],
    [`${'x'.repeat(256)},t1,1738404000`, 'user_id is longer than 255 bytes'],
    ['a,t1', 'broken line: missing columns'],
    ['a,t1,1,2', 'broken line: too many columns'],
  ])('such as "%s" goes to quarantine', async (line, reason) => {
    const { kept, rows } = await reasons(`${header}${line}\nb,t1,1738404000\n`);
    expect(kept).toBe(1);
    expect(rows).toMatchObject([{ source_row: 1, reason }]);
    expect(rows[0]?.['raw']).toContain(line.split(',')[1]);
  });

  it('of a wrong type or an unknown kind goes to quarantine', async () => {
    const { rows } = await reasons(
      'user_id,track_id,ts,ms_played,kind\na,t,1738404000,3:45,play\na,t,1738404000,5,burp\n',
    );
    expect(rows.map((row) => row['reason'])).toEqual([
      'ms_played is not a whole number',
      'kind is unknown',
    ]);
  });

  it('with broken UTF-8 goes to quarantine', async () => {
    const bytes = Buffer.concat([
      Buffer.from(header),
      Buffer.from([0x61, 0xff, 0xfe]),
      Buffer.from(',t1,1738404000\nb,t1,1738404000\n'),
    ]);
    const { kept, rows } = await reasons(bytes);
    expect(kept).toBe(1);
    expect(rows).toMatchObject([{ reason: 'broken line: invalid encoding' }]);
  });

  it('of JSON lines goes to quarantine', async () => {
    const { kept, rows } = await reasons(
      '{"user_id":"a","track_id":"t","ts":1738404000}\n{"user_id":\n',
      'events.jsonl',
    );
    expect(kept).toBe(1);
    expect(rows).toMatchObject([{ source_row: 2, reason: 'broken line: not json' }]);
  });

  it('is counted in the report', async () => {
    const { report } = await reasons(`${header}a,t1,x\na,t1,y\nb,t1,1738404000\n`);
    expect(report.quarantined).toEqual([{ table: 'events', reason: 'ts is not a time', rows: 2 }]);
  });
});

describe('a bad file', () => {
  const untouched = () => !existsSync(bronze()) || readdirSync(bronze()).length === 0;

  it('without a required column is an error that names it', async () => {
    const path = lake.file('events.csv', 'user_id,ts\na,1738404000\n');
    await expect(lake.ingest(path)).rejects.toThrow(DataError);
    await expect(lake.ingest(path)).rejects.toMatchObject({
      code: 'ingest.column_missing',
      message: `${path} has no column track_id.`,
      remedy: expect.stringContaining('user_id, track_id, ts'),
    });
    expect(untouched()).toBe(true);
  });

  it('of JSON lines that never give a required key is an error', async () => {
    const path = lake.file('events.jsonl', '{"user":"a"}\n');
    await expect(lake.ingest(path)).rejects.toMatchObject({ code: 'ingest.column_missing' });
  });

  it('with a column of a type that cannot hold it is an error', async () => {
    const path = await parquet(
      'events.parquet',
      `SELECT 'a' AS user_id, 't' AS track_id, TRUE AS ts`,
    );
    await expect(lake.ingest(path)).rejects.toMatchObject({
      code: 'ingest.column_type',
      message: expect.stringContaining('ts (BOOLEAN)'),
    });
  });

  it('such as cut-off Parquet leaves the lake as it was', async () => {
    const path = await parquet(
      'events.parquet',
      `SELECT 'a' AS user_id, 't' || range AS track_id, TIMESTAMP '2025-02-01' AS ts FROM range(9999)`,
    );
    truncateSync(path, 5000);
    const good = lake.file('in/events.csv', events);
    await lake.ingest(good);
    const before = readdirSync(bronze());
    await expect(lake.ingest([good, path])).rejects.toMatchObject({
      code: 'ingest.unreadable',
      message: expect.stringContaining(path),
    });
    expect(readdirSync(bronze())).toEqual(before);
  });

  it('such as garbage behind a Zstandard frame, or too much inside, is an error', async () => {
    const packed = zstdCompressSync(Buffer.from(events));
    const garbage = lake.file('a/events.csv.zst', Buffer.concat([packed, Buffer.from('garbage')]));
    const nothing = zstdCompressSync(Buffer.alloc(80 << 20));
    const bomb = lake.file('b/events.csv.zst', Buffer.concat([packed, nothing]));
    await expect(lake.ingest([garbage])).rejects.toMatchObject({ code: 'ingest.unreadable' });
    await expect(lake.ingest([bomb])).rejects.toMatchObject({ code: 'ingest.unpacked' });
  });

  it('such as cut-off gzip is an error', async () => {
    const path = lake.file('events.csv.gz', gzipSync(Buffer.from(events)).subarray(0, 40));
    await expect(lake.ingest(path)).rejects.toThrow(DataError);
  });

  it('that does not exist, or a folder without one of the format, is an error', async () => {
    await expect(lake.ingest(join(lake.dir, 'no'))).rejects.toMatchObject({ code: 'ingest.path' });
    lake.file('in/readme.md', '');
    await expect(lake.ingest(join(lake.dir, 'in'))).rejects.toMatchObject({
      code: 'ingest.nothing',
    });
  });

  it('is not read when the format or the bucket count is wrong', async () => {
    const path = lake.file('events.csv', events);
    await expect(lake.ingest(path, 'xml' as 'generic')).rejects.toThrow(ConfigError);
    await lake.ingest(path);
    const options = { dataDir: lake.dataDir, paths: [path], format: 'generic', now } as const;
    await expect(ingest({ ...options, buckets: 8 })).rejects.toMatchObject({
      code: 'lake.buckets',
    });
  });
});

describe('repeating an ingest', () => {
  it('changes nothing and says so, under whatever name the bytes come', async () => {
    const first = await lake.ingest(lake.file('in/events.csv', events));
    const again = await lake.ingest(lake.file('other/events-2.csv', events));
    expect(again).toEqual({ ...first, repeated: true });
    expect(readdirSync(bronze())).toEqual([`ingest_id=${first.ingestId}`]);
  });
});
