import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listBronze, parquetParts } from '../bronze.ts';
import { openDuckDb } from '../../platform/index.ts';
import { TestLake, rowsOf } from '../test-lake.ts';
import { affectedArtifacts } from './affected.ts';
import { eraseBronze } from './erase-bronze.ts';
import { closeJournal, journalPath, openJournal, pendingErasure } from './journal.ts';
import { rowsNamingErased } from './search.ts';
import { erasureDir, markListeners, markOf, readTombstones } from './tombstones.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const events = `user_id,track_id,ts,ms_played
anna,t1,2025-02-01 10:00:00,60000
bö,t1,2025-02-01 10:01:00,60000
anna,t2,2025-02-01 10:02:00,-5
bö,t2,2025-02-01 10:03:00,-5
anna,t3,never,1
bö,t3,never,1
`;
const tables = {
  events,
  listeners: 'user_id,country\nanna,de\nbö,de\n',
  playlists: 'playlist_id,track_id,owner_id\np1,t1,anna\np2,t1,bö\np2,t2,bö\np3,t1,\n',
  blocks: 'user_id,artist_id\nanna,a1\nbö,a1\n',
};

const everywhere = (): Promise<number> =>
  rowsNamingErased(lake.dataDir, join(lake.dataDir, 'lake'));
async function columnsOf(paths: readonly string[]): Promise<string[]> {
  await using sql = await openDuckDb({ threads: 1, memoryMb: 256, scratchDir: lake.dir });
  const path = paths[0] as string;
  await sql.input('file', { path, format: 'parquet', columns: [] });
  return [...(await sql.columns('file')).keys()];
}
const stored = (table: string) =>
  rowsOf(listBronze(lake.dataDir).flatMap(({ path }) => parquetParts(path, table)));

describe('an erasure', () => {
  it('takes a listener out of every table of bronze, out of quarantine too, and no one else', async () => {
    await lake.silverOf(tables);
    const [before] = listBronze(lake.dataDir);
    const paths = listBronze(lake.dataDir).flatMap(({ path }) => parquetParts(path, 'events'));
    const columns = await columnsOf(paths);
    openJournal(lake.dataDir, ['anna']);
    expect(await everywhere()).toBeGreaterThan(10);
    expect(await eraseBronze(lake.dataDir)).toBe(6);
    const [after] = listBronze(lake.dataDir);
    expect(after?.manifest.rows).toMatchObject({
      events: 2,
      listeners: 1,
      playlists: 3,
      blocks: 1,
    });
    expect(after?.manifest.quarantined).toEqual([
      { table: 'events', reason: 'ts is not a time', rows: 1 },
    ]);
    expect(after?.manifest.erased).toBe(6);
    expect(after?.manifest.contentDigest).not.toBe(before?.manifest.contentDigest);
    expect((await stored('events')).map((row) => row['user_id'])).toEqual(['bö', 'bö']);
    expect(await columnsOf(paths)).toEqual(columns);
    expect(await stored('quarantine')).toMatchObject([{ raw: expect.stringContaining('bö') }]);
    expect(await eraseBronze(lake.dataDir)).toBe(0);
  });

  it('finds what was made of the rows, and what was made of that', async () => {
    const silver = await lake.silverOf(tables);
    const gold = await lake.gold(silver, Date.UTC(2025, 1, 2));
    await lake.snapshot(gold);
    openJournal(lake.dataDir, ['anna']);
    const kinds = (await affectedArtifacts(lake.dataDir)).map(({ manifest }) => manifest.kind);
    expect(kinds.toSorted()).toEqual(['gold', 'silver', 'snapshot']);
    openJournal(lake.dataDir, ['nobody']);
    closeJournal(lake.dataDir);
    openJournal(lake.dataDir, ['nobody']);
    expect(await affectedArtifacts(lake.dataDir)).toEqual([]);
  });

  it('that was stopped stands in the way of what would build on half of it', async () => {
    await lake.silverOf(tables);
    openJournal(lake.dataDir, ['anna']);
    const pending = expect.objectContaining({ code: 'erasure.pending' }) as Error;
    await expect(lake.refine()).rejects.toThrow(pending);
    await expect(lake.ingest(lake.file('more.csv', events))).rejects.toThrow(pending);
    const begun = pendingErasure(lake.dataDir);
    const again = openJournal(lake.dataDir, ['bö', 'anna']);
    expect(again).toEqual({ users: ['anna', 'bö'], receipt: begun?.receipt });
    expect(pendingErasure(lake.dataDir)).toEqual(again);
    closeJournal(lake.dataDir);
    expect(existsSync(journalPath(lake.dataDir))).toBe(false);
    await lake.refine();
  });
});

describe('a tombstone', () => {
  it('keeps the forgotten out of files read later, in any table, and says how many rows it cost', async () => {
    await lake.ingest(lake.file('first.csv', 'user_id,track_id,ts\nx,t1,1738404000\n'));
    markListeners(lake.dataDir, ['anna', 'with, "comma']);
    const folder = 'again';
    for (const [name, text] of Object.entries(tables)) lake.file(`${folder}/${name}.csv`, text);
    const report = await lake.ingest(join(lake.dir, folder));
    expect(report.rows).toMatchObject({ events: 2, listeners: 1, playlists: 3, blocks: 1 });
    expect(report.erased).toBe(6);
    const line = JSON.stringify({ user_id: 'with, "comma', track_id: 't', ts: 'no time' });
    expect((await lake.ingest(lake.file('events.jsonl', `${line}\n`))).erased).toBe(1);
  });

  it('names nobody, and only the lake can tell whom it stands for', () => {
    markListeners(lake.dataDir, ['anna', 'bö', 'anna']);
    const text = readFileSync(join(erasureDir(lake.dataDir), 'tombstones.csv'), 'utf8');
    expect(text).not.toContain('anna');
    expect(statSync(join(erasureDir(lake.dataDir), 'key')).mode & 0o077).toBe(0);
    const { key, marks } = readTombstones(lake.dataDir) as NonNullable<
      ReturnType<typeof readTombstones>
    >;
    expect(marks).toEqual([markOf(key, 'anna'), markOf(key, 'bö')].toSorted());
  });

  it('can be lifted', async () => {
    markListeners(lake.dataDir, ['anna']);
    markListeners(lake.dataDir, ['anna'], 'lift');
    expect((await lake.ingest(lake.file('events.csv', events))).erased).toBe(0);
  });
});
