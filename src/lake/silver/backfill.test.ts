import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestLake, now, table } from '../test-lake.ts';
import { ingest } from '../ingest/ingest.ts';

let lake: TestLake;
beforeEach(() => {
  lake = new TestLake();
});
afterEach(() => lake.remove());

const header = 'event_id,user_id,track_id,ts,ms_played\n';
const day = { from: Date.UTC(2025, 1, 2), to: Date.UTC(2025, 1, 3) };

function repair(name: string, rows: string, time = now) {
  const paths = [lake.file(name, header + rows)];
  const { dataDir } = lake;
  return ingest({ dataDir, paths, format: 'generic', now: time, replaces: day });
}

const plays = async () =>
  (
    await table(
      await lake.refine(),
      'plays',
      'SELECT user_id, track_id, ms_played FROM t ORDER BY ts',
    )
  ).map((row) => Object.values(row).join(' '));

it('a repaired day stands in place of all that came of it before, and of nothing else', async () => {
  const first = `e1,a,t1,2025-02-01 23:59:59,40000
e2,a,wrong,2025-02-02 00:00:00,40000
e3,ghost,t1,2025-02-02 23:59:59,40000
e4,a,t4,2025-02-03 00:00:00,40000
`;
  await lake.ingest(lake.file('events.csv', header + first));
  const report = await repair(
    'events-repaired.csv',
    'e2,a,t2,2025-02-02 00:00:00,40000\ne9,a,t9,2025-02-03 00:00:00,40000\n',
  );
  expect(report.quarantined).toEqual([
    { table: 'events', reason: 'ts is outside the repaired days', rows: 1 },
  ]);
  expect(await plays()).toEqual(['a t1 40000', 'a t2 40000', 'a t4 40000']);
  const silver = await lake.refine();
  expect(await table(silver, 'listeners', 'SELECT user_id FROM t')).toEqual([{ user_id: 'a' }]);
  expect(await table(silver, 'tracks', "SELECT 1 AS n FROM t WHERE track_id = 'wrong'")).toEqual(
    [],
  );
});

it('a later repair stands in place of an earlier one, whatever the clock said', async () => {
  await lake.ingest(lake.file('events.csv', `${header}e1,a,t1,2025-02-02 10:00:00,1000\n`));
  await repair('events-1.csv', 'e1,a,t1,2025-02-02 10:00:00,2000\n');
  await repair('events-2.csv', 'e1,a,t1,2025-02-02 10:00:00,3000\n', now - 10 * 86_400_000);
  expect(await plays()).toEqual(['a t1 3000']);
});
