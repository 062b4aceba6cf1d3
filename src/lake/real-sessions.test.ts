import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ColFile } from '../platform/index.ts';
import { bucketFile, eventSpans, firstPlays, gold, newestEvent, snapshot } from './index.ts';
import { TestLake } from './test-lake.ts';

const data = join(import.meta.dirname, '../../../shared/data/30music_sessions');
const present = existsSync(data);
if (!present) process.stderr.write('real-sessions: 30music_sessions is not here; skipped\n');

const lake = new TestLake();
afterAll(() => lake.remove());
const dayMs = 86_400_000;

describe.skipIf(!present)('30Music sessions', () => {
  it('give the listeners and windows of the published split', async () => {
    const report = await lake.ingest(data, 'session-rec');
    expect(report.rows.events).toBe(121_547);
    expect(report.quarantined).toEqual([]);
    const silver = await lake.refine();
    expect(silver.manifest.counts).toMatchObject({
      listeners: 4620,
      tracks: 57_684,
      plays: 118_342,
    });
    const spans = eventSpans(silver);
    expect(spans).toHaveLength(5);
    expect(spans.at(-1)?.end).toBe(newestEvent(silver));
    const judged: number[] = [];
    for (const { end } of spans.slice(2)) {
      const from = end - 3 * dayMs;
      const tables = await lake.gold(silver, from);
      const columns = await lake.snapshot(tables);
      const out = join(lake.dir, 'truth.col');
      const inputs = { silver, gold: tables, snapshot: columns };
      await firstPlays({ ...inputs, from, to: end + 1, out });
      judged.push(countKnown(ColFile.open(out), columns.path));
    }
    expect(judged).toEqual([164, 188, 305]);
  });

  it('give the same content with two threads as with one', async () => {
    const one = await lake.refine();
    const two = await lake.refine(2);
    expect(two.manifest.contentDigest).toBe(one.manifest.contentDigest);
    const asOf = newestEvent(one) - dayMs;
    const tables = await lake.gold(one, asOf);
    const columns = await lake.snapshot(tables);
    const { dataDir } = lake;
    const limits = { threads: 2, memoryMb: 512 };
    const again = await gold({ dataDir, silver: two, asOf, limits, force: true });
    expect(again.manifest.contentDigest).toBe(tables.manifest.contentDigest);
    const columnsAgain = await snapshot({ dataDir, gold: again, limits, force: true });
    expect(columnsAgain.manifest).toEqual(columns.manifest);
  });
});

/** Listeners with truth who had at least five plays before it. */
function countKnown(truth: ColFile, snapshot: string): number {
  const buckets = truth.u32('bucket.off');
  const index = truth.u32('listener');
  let known = 0;
  for (let bucket = 0; bucket + 1 < buckets.length; bucket++) {
    const flags = ColFile.open(join(snapshot, bucketFile('listeners', bucket))).u8('flags');
    for (let i = buckets[bucket] as number; i < (buckets[bucket + 1] as number); i++)
      if (((flags[index[i] as number] ?? 0) & 8) !== 0) known++;
  }
  return known;
}
