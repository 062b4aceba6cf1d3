import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listBronze } from '../bronze.ts';
import { TestLake, now } from '../test-lake.ts';

const dayMs = 86_400_000;
const events = (user: string): string => `user_id,track_id,ts\n${user},t1,2025-02-01 10:00:00\n`;

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

it('ingests keep the order in which they came when the clock goes back', async () => {
  const ids: string[] = [];
  for (const [i, time] of [now, now - dayMs, now - 10_000 * dayMs, now].entries()) {
    const path = lake.file(`${i}/events.csv`, events(`u${i}`));
    const report = await lake.ingest(path, 'generic', time);
    expect(report.rows.events).toBe(1);
    ids.push(report.ingestId);
  }
  expect(listBronze(lake.dataDir).map(({ manifest }) => manifest.ingestId)).toEqual(ids);
});

it('a first ingest by a clock before all its events is refused and leaves nothing', async () => {
  const path = lake.file('events.csv', events('u'));
  await expect(lake.ingest(path, 'generic', now - 10_000 * dayMs)).rejects.toMatchObject({
    code: 'ingest.clock',
  });
  expect(readdirSync(lake.dataDir, { recursive: true })).toEqual(['lake', 'lake/bronze']);
  expect((await lake.ingest(path)).rows.events).toBe(1);
});
