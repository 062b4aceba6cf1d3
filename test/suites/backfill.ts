import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backfill, openWorkspace } from '../../src/app/index.ts';
import { ingest } from '../../src/lake/index.ts';
import { generateWorld, presets } from '../../src/simulation/index.ts';
import { contentsOf, liveLists, rowsByListener } from '../support/contents.ts';
import { removeFolder, runSunday, temporaryFolder } from '../support/workspaces.ts';
import { type BrokenKind, brokenKinds, worldBroken } from '../support/world-broken.ts';
import { worldWhere } from '../support/world-without.ts';
import { someListeners } from './erasure.ts';

const config = presets.tiny;
const dayMs = 86_400_000;

/** A broken day, repaired: who and what differs from a world in which it was never broken. */
export interface BackfillCheck {
  readonly day: string;
  readonly days: number;
  readonly listeners: number;
  /** Of these, how many had other rows before the repair. */
  readonly broken: number;
  readonly equalListeners: number;
  readonly artifacts: number;
  readonly differences: readonly string[];
}

/** Breaks days (the first counted back from the end) for these listeners, each in one way, and repairs them. */
export async function checkBackfill(
  users: readonly string[],
  daysBack: number,
  days = 1,
): Promise<BackfillCheck> {
  const folder = temporaryFolder('backfill');
  try {
    const from = Math.floor(config.endsAt / dayMs - daysBack) * dayMs;
    const range = { from, to: from + days * dayMs };
    const world = join(folder, 'world');
    await generateWorld(config, world, {});
    const whole = join(folder, 'whole');
    await published(whole, world);
    const repaired = join(folder, 'repaired');
    const breaks = new Map(
      users.map((user, i): [string, BrokenKind] => [
        user,
        brokenKinds[i % brokenKinds.length] as BrokenKind,
      ]),
    );
    await published(repaired, await worldBroken(world, join(folder, 'broken'), range, breaks));
    const brokenRows = await rowsByListener(repaired);
    const inDay = `ts >= make_timestamp(${range.from * 1000}) AND ts < make_timestamp(${range.to * 1000})`;
    const none = { tracks: 'FALSE', listeners: 'FALSE', playlists: 'FALSE' };
    const day = await worldWhere(world, join(folder, 'day'), { events: inDay, ...none });
    await backfill(await openWorkspace(repaired), {
      paths: [day],
      format: 'generic',
      range,
      now: config.endsAt,
    });
    const differences: string[] = [];
    const theirs = contentsOf(whole);
    const missing = (): string[] => {
      const mine = contentsOf(repaired);
      return theirs.filter((line) => !mine.includes(line));
    };
    for (const line of missing().filter((each) => !/^(exploration|model-set)/.test(each)))
      differences.push(`not made anew by the backfill: ${line}`);
    await runSunday(repaired);
    for (const line of missing()) differences.push(`not made anew: ${line}`);
    if ((await liveLists(repaired, users)) !== (await liveLists(whole, users)))
      differences.push('lists');
    const [rows, expected] = [
      await rowsByListener(repaired, theirs),
      await rowsByListener(whole, theirs),
    ];
    const equal = users.filter((user) => rows.get(user) === expected.get(user));
    const broken = users.filter((user) => brokenRows.get(user) !== expected.get(user));
    if (broken.length === 0) differences.push('nothing was broken');
    return {
      day: new Date(from).toISOString().slice(0, 10),
      days,
      listeners: users.length,
      broken: broken.length,
      equalListeners: equal.length,
      artifacts: theirs.length,
      differences,
    };
  } finally {
    removeFolder(folder);
  }
}

async function published(dataDir: string, input: string): Promise<void> {
  await ingest({ dataDir, paths: [input], format: 'generic', now: config.endsAt, buckets: 4 });
  await runSunday(dataDir);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { listeners: { type: 'string', default: '100' } } });
  const users = someListeners(Number(values.listeners));
  let failed = 0;
  for (const [daysBack, days] of [
    [1, 1],
    [9, 1],
    [12, 3],
    [20, 7],
    [50, 30],
  ] as const) {
    const check = await checkBackfill(users, daysBack, days);
    const { equalListeners, listeners, artifacts, differences } = check;
    if (equalListeners < listeners || differences.length > 0) failed++;
    process.stdout.write(
      `Backfill of ${check.days} days from ${check.day}: ${equalListeners} of ${listeners} listeners (${check.broken} had other rows before), ${artifacts} artifacts${differences.length === 0 ? ', and the lists: equal' : `; differ: ${differences.join('; ')}`}\n`,
    );
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

if (import.meta.main) await main();
