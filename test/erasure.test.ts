import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ErasureReceipt } from '../src/app/index.ts';
import { presets } from '../src/simulation/index.ts';
import { checkBackfill } from './suites/backfill.ts';
import { ErasureSuite, someListeners } from './suites/erasure.ts';
import { deepcuts } from './support/command-line.ts';
import { filesNaming } from './support/contents.ts';
import { removeFolder, runSunday, temporaryFolder, worldLake } from './support/workspaces.ts';

let suite: ErasureSuite;
beforeAll(async () => {
  suite = await ErasureSuite.open();
});
afterAll(() => suite.close());

it('a forgotten listener leaves a world in which they never existed', async () => {
  for (const user of ['u0000007', 'u0000100'])
    expect(await suite.check(user)).toMatchObject({ differences: [] });
});

it('repaired days leave a world in which they were never broken', async () => {
  const check = await checkBackfill(someListeners(100), 12, 3);
  expect(check).toMatchObject({ differences: [], equalListeners: 100 });
  expect(check.broken).toBeGreaterThan(20);
});

it('the command forgets a file of listeners, and serves the others on', async () => {
  const dataDir = temporaryFolder('forget');
  try {
    await worldLake(dataDir, presets.tiny);
    await runSunday(dataDir);
    const { code, stdout, stderr } = await deepcuts(
      'forget',
      'u0000003',
      'nobody',
      '--data',
      dataDir,
      '--json',
    );
    expect([code, stderr.includes('[')]).toEqual([0, false]);
    const receipt = JSON.parse(stdout) as ErasureReceipt;
    expect(receipt).toMatchObject({ listeners: 2, storeLists: 1, runLists: 1, snapshotRows: 1 });
    expect(receipt.artifactsInUse).toBeGreaterThan(0);
    expect(await filesNaming(dataDir, 'u0000003')).toEqual([]);
    const shown = await deepcuts('show', 'u0000004', '--data', dataDir);
    expect([shown.code, shown.stdout.split('\n').length > 30]).toEqual([0, true]);
    expect((await deepcuts('show', 'u0000003', '--data', dataDir)).stdout).toMatch(/fallback/);
    const exported = await deepcuts(
      'export',
      '--format',
      'csv',
      '--out',
      `${dataDir}/x.csv`,
      '--data',
      dataDir,
    );
    expect(exported.code).toBe(0);
    const again = await deepcuts('forget', 'u0000003', '--data', dataDir);
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringContaining('0  rows taken out of bronze'),
    ]);
    const none = await deepcuts('forget', '--resume', '--data', dataDir);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('erasure.none')]);
  } finally {
    removeFolder(dataDir);
  }
});

it.each([
  [['--from', '2026-11-02'], 'backfill.days'],
  [['--from', '2026-11-02', '--to', '2026-11-01'], 'backfill.days'],
  [['--from', '2026-11-02', '--to', '2026-11-32'], 'cli.time'],
])('a backfill of the days %j is refused', async (days, error) => {
  const { code, stderr } = await deepcuts('backfill', 'events.csv', ...days);
  expect([code, stderr]).toEqual([2, expect.stringContaining(error)]);
});
