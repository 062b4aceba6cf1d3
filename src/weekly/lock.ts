import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../domain/index.ts';
import {
  linked,
  markLives,
  processMark,
  sha256,
  sweepTemporaries,
  temporaryName,
} from '../platform/index.ts';

const name = '.lock';

/**
 * Holds `runs/.lock` while `work` runs, so that no two runs of one folder overlap. The lock of a dead
 * process is taken over, whoever has its number now; the lock of a living one is a ConfigError.
 */
export async function withRunLock<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  const dir = join(dataDir, 'runs');
  mkdirSync(dir, { recursive: true });
  const path = join(dir, name);
  take(path);
  try {
    return await work();
  } finally {
    if (read(path) === processMark()) rmSync(path, { force: true });
  }
}

/** The lock appears with its process's mark in it, never empty: an empty one would look abandoned. */
function take(path: string): void {
  sweepTemporaries(dirname(path), path);
  const mine = temporaryName(path);
  try {
    writeFileSync(mine, processMark());
    if (!linked(mine, path) && !(cleared(path, mine) && linked(mine, path)))
      throw locked(read(path));
  } finally {
    rmSync(mine, { force: true });
  }
  sweepGuards(dirname(path));
}

/**
 * Removes a lock that a dead process left; false where its holder, or who removes it, lives. Only the
 * holder of a guard named after the dead mark may remove it: two that found the same dead lock could
 * otherwise take one another's new one.
 */
function cleared(path: string, mine: string): boolean {
  const mark = read(path);
  if (mark === null) return true;
  if (markLives(mark) && mark !== String(process.pid)) return false;
  const guard = `${path}.${sha256(mark).slice(0, 16)}`;
  if (!linked(mine, guard) && !(cleared(guard, mine) && linked(mine, guard))) return false;
  try {
    if (read(path) === mark) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
  return true;
}

/** Guards of processes that died while they removed a lock. */
function sweepGuards(dir: string): void {
  for (const guard of readdirSync(dir).filter((each) => each.startsWith(`${name}.`)))
    if (!markLives(read(join(dir, guard)) ?? '')) rmSync(join(dir, guard), { force: true });
}

/** What a lock holds; null where there is none. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function locked(mark: string | null): ConfigError {
  const who = mark === null ? '' : ` (process ${mark.split('.')[0]})`;
  return new ConfigError(`Another run${who} works in this data folder.`, {
    code: 'weekly.locked',
    remedy: 'Wait for it, or stop it and run this command again.',
  });
}
