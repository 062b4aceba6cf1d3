import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  ColFile,
  dropRows,
  inside,
  sha256OfFile,
  sweepTemporaries,
  syncPath,
  writeFileAtomic,
} from '../platform/index.ts';
import { type Accepted, type AcceptedBucket, type Plan, RunFolder } from './run-folder.ts';

/**
 * Takes listeners out of the runs: a run that lists in use came from loses their lists and keeps its
 * name, any other that made or was asked for a list of theirs is removed whole. Returns the lists taken
 * out of kept runs and the runs removed. Stopped anywhere and repeated, it ends the same.
 */
export async function takeFromRuns(
  dataDir: string,
  users: ReadonlySet<string>,
  inUse: ReadonlySet<string>,
): Promise<{ lists: number; runsRemoved: number }> {
  let [lists, runsRemoved] = [0, 0];
  for (const run of runPaths(dataDir)) {
    if (inUse.has(run)) lists += await takeFromRun(dataDir, run, users);
    else if (concerns(RunFolder.reopen(dataDir, run), users)) {
      rmSync(join(dataDir, run, 'plan.json'), { force: true });
      rmSync(join(dataDir, run), { recursive: true, force: true });
      runsRemoved++;
    }
  }
  return { lists, runsRemoved };
}

/** Runs with a plan, as paths below the data folder; what is left of a removed one is removed. */
export function runPaths(dataDir: string): string[] {
  const weeks = join(dataDir, 'runs');
  if (!existsSync(weeks)) return [];
  const all = readdirSync(weeks)
    .filter((week) => !week.startsWith('.'))
    .toSorted()
    .flatMap((week) => readdirSync(join(weeks, week)).map((name) => join('runs', week, name)));
  const whole = all.filter((run) => existsSync(join(dataDir, run, 'plan.json')));
  for (const run of all)
    if (!whole.includes(run)) rmSync(join(dataDir, run), { recursive: true, force: true });
  return whole;
}

function concerns(run: RunFolder, users: ReadonlySet<string>): boolean {
  if (names(run.plan, users)) return true;
  return run.attemptFiles().some((path) =>
    ColFile.open(path)
      .strings('user_id')
      .some((id) => users.has(id)),
  );
}

const names = ({ selection }: Plan, users: ReadonlySet<string>): boolean =>
  typeof selection !== 'string' && selection.some((id) => users.has(id));

async function takeFromRun(
  dataDir: string,
  path: string,
  users: ReadonlySet<string>,
): Promise<number> {
  const run = RunFolder.reopen(dataDir, path);
  run.sweepAttempts();
  let taken = 0;
  for (const shard of run.accepted()) {
    const buckets: AcceptedBucket[] = [];
    for (const bucket of shard.buckets) buckets.push(await withoutLists(run, bucket, users));
    const gone = listeners(shard.buckets) - listeners(buckets);
    if (gone > 0) {
      const changed: Accepted = { ...shard, buckets };
      writeFileAtomic(run.acceptedPath(shard.shard), `${JSON.stringify(changed, null, 1)}\n`);
      taken += gone;
    }
    const kept = new Set(buckets.map((bucket) => run.listsPath(bucket)));
    for (const file of run.attemptFiles(shard.attempt)) if (!kept.has(file)) rmSync(file);
  }
  if (names(run.plan, users)) {
    const selection = (run.plan.selection as readonly string[]).filter((id) => !users.has(id));
    run.write('plan.json', { ...run.plan, selection });
  }
  return taken;
}

/** A bucket without the lists of these listeners, in a file of its own beside the old one. */
async function withoutLists(
  run: RunFolder,
  bucket: AcceptedBucket,
  users: ReadonlySet<string>,
): Promise<AcceptedBucket> {
  const path = run.listsPath(bucket);
  sweepTemporaries(dirname(path));
  const file = ColFile.open(path);
  const ids = file.strings('user_id');
  const dropped = new Set(ids.flatMap((id, row) => (users.has(id) ? [row] : [])));
  if (dropped.size === 0) return bucket;
  const status = file.u8('status');
  const fallback = [...dropped].filter((row) => status[row] !== 0).length;
  const name = bucket.file.replace(/(-erased-\d+)?\.col$/, `-erased-${ids.length}.col`);
  const next = inside(join(run.path, 'attempts'), name);
  await dropRows(file, next, { count: ids.length, dropped });
  syncPath(dirname(next));
  return {
    ...bucket,
    file: name,
    sha256: await sha256OfFile(next),
    listeners: bucket.listeners - dropped.size,
    ready: bucket.ready - (dropped.size - fallback),
    fallback: bucket.fallback - fallback,
  };
}

function listeners(buckets: readonly AcceptedBucket[]): number {
  return buckets.reduce((sum, bucket) => sum + bucket.listeners, 0);
}
